/**
 * What mbind(2) promises, as a machine that knows nothing of walks, lists and locks: a call is refused before it has changed
 * anything, or it installs the policy on the whole range, tries to move what it may move, and returns. The manual page says
 * so, and Hugh Dickins' mail of 18 Sep 2023 where the page leaves room. EIO with MOVE and STRICT need not give a reason.
 */
import { collection, forAll, model, oneOf, range, type StateOf, setOf, when } from '../../checker/language/index.ts'
import { isMove, isStrict } from '../mbind/call.ts'
import type { SituationFacts } from '../mbind/facts.ts'

export type ContractResult = 'running' | '0' | 'EIO' | 'EFAULT' | 'EINVAL' | 'EPERM'

/** What the machine has to know of a situation. */
export interface Promised {
  readonly facts: SituationFacts
  /** the arguments make no sense, or are not allowed */
  readonly refused: boolean
  /** pages that have the policy of the call before it is made, and pages that lie on a node of its mask */
  readonly installed: readonly number[]
  readonly placed: readonly number[]
}

function contractState(situations: readonly string[], length: number, folios: number) {
  const page = collection('page', length)
  return {
    situation: oneOf<string[]>(...situations),
    /** pages of the range whose VMA has the policy of the call */
    installed: setOf(page),
    /** pages of the range that lie on a node of the mask */
    placed: setOf(page),
    tried: setOf(collection('F', folios)),
    result: oneOf<ContractResult[]>('running', '0', 'EIO', 'EFAULT', 'EINVAL', 'EPERM'),
  }
}

export type Contract = StateOf<ReturnType<typeof contractState>>

/** The machine, for calls in these situations. */
export function mbindContract(situations: Readonly<Record<string, Promised>>, length: number, folios: number) {
  const names = Object.keys(situations)
  const pages = Array.from({ length }, (_, page) => page)
  const of = (s: Contract) => situations[s.situation]
  const inRange = (s: Contract, test: (page: number) => boolean) =>
    pages.every((page) => !of(s).facts.inRange[page] || test(page))

  const running = (s: Contract) => when(s.result === 'running')
  /** Nothing that the user can see has changed yet. */
  const untouched = (s: Contract) =>
    pages.every((page) => s.installed.has(page) === of(s).installed.includes(page)) &&
    pages.every((page) => s.placed.has(page) === of(s).placed.includes(page))
  const noneMapped = (s: Contract) => pages.every((page) => !of(s).facts.mapped[page])
  const hasBadHole = (s: Contract) => of(s).facts.hole && (of(s).facts.call.mode !== 'DEFAULT' || noneMapped(s))
  const tooStrict = (s: Contract) => of(s).facts.strictAlone && of(s).facts.misplaced
  /** Whether STRICT looks at huge pages, and at pages that are being migrated, is left open. */
  const mayBeTooStrict = (s: Contract) => {
    const { strictAlone, misplaced, misplacedHugetlb, onTheWay } = of(s).facts
    return strictAlone && (misplaced || misplacedHugetlb || onTheWay)
  }
  const accepted = (s: Contract) => !of(s).refused && !hasBadHole(s) && !tooStrict(s)
  const complete = (s: Contract) => pages.every((page) => !of(s).facts.mapped[page] || s.installed.has(page))
  /** Every page that may be moved, and is not where it belongs, was at least tried. */
  const allTried = (s: Contract) =>
    inRange(s, (page) => !of(s).facts.eligible[page] || s.tried.has(of(s).facts.folioAt[page]!))
  const allPlaced = (s: Contract) => inRange(s, (page) => !of(s).facts.mayMove[page] || s.placed.has(page))

  return model(
    'the contract of mbind(2)',
    { state: contractState(names, length, folios) },
    {
      init: Object.fromEntries(
        names.map((name) => [
          name,
          (s: Contract) => {
            const { installed, placed } = situations[name]
            Object.assign(s, { situation: name, result: 'running', tried: new Set() })
            Object.assign(s, { installed: new Set(installed), placed: new Set(placed) })
          },
        ]),
      ),
      actions: {
        'refuse the arguments': forAll({ ret: oneOf('EINVAL', 'EPERM') }, (s: Contract, { ret }) => {
          running(s)
          when(of(s).refused && untouched(s))
          s.result = ret
        }),
        'refuse the range': (s: Contract) => {
          running(s)
          when(hasBadHole(s) && untouched(s))
          s.result = 'EFAULT'
        },
        'refuse, being strict': (s: Contract) => {
          running(s)
          when(mayBeTooStrict(s) && untouched(s))
          s.result = 'EIO'
        },
        // One VMA after the other, as they were before: the pages of it that are in the range.
        'install the policy': forAll({ v: range(0, 2) }, (s: Contract, { v }) => {
          const vma = of(s).facts.layout.vmas[v]
          running(s)
          when(vma !== undefined && accepted(s))
          for (const page of pages)
            if (vma.off <= page && page < vma.off + vma.n && of(s).facts.inRange[page]) s.installed.add(page)
        }),
        'try a folio': forAll({ f: collection('F', folios) }, (s: Contract, { f }) => {
          const { facts } = of(s)
          running(s)
          when(isMove(facts.call.flags) && inRange(s, (page) => facts.folioAt[page] !== f || facts.mayTry[page]))
          s.tried.add(f)
        }),
        'move a page': forAll({ page: collection('page', length) }, (s: Contract, { page }) => {
          const f = of(s).facts.folioAt[page] ?? null
          running(s)
          when(f !== null && s.tried.has(f) && complete(s) && accepted(s))
          s.placed.add(page)
        }),
        'return 0': (s: Contract) => {
          const { flags, mode } = of(s).facts.call
          running(s)
          when(accepted(s) && complete(s) && allTried(s))
          when(!(isMove(flags) && isStrict(flags) && mode === 'BIND') || allPlaced(s))
          s.result = '0'
        },
        'return EIO': (s: Contract) => {
          const { flags } = of(s).facts.call
          running(s)
          when(accepted(s) && complete(s) && allTried(s) && isMove(flags) && isStrict(flags))
          s.result = 'EIO'
        },
      },
      deadlock: 'off',
    },
  )
}
