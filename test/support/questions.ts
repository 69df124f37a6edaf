/** Random questions about mbind: small address spaces with every kind of VMA and page, and calls of every kind. */
import fc from 'fast-check'
import {
  type AskedPage,
  type AskedVma,
  KINDS,
  MOST,
  type PageState,
  type Situation,
  STATES,
} from '../../questions/outcome/read.ts'
import { type Call, FLAGS, type Mode, type PolicyText } from '../../spec/mbind/call.ts'

const node = fc.integer({ min: 0, max: MOST.nodes - 1 })
const someNodes = fc.constantFrom<readonly number[]>([0], [1], [0, 1])
const policies: fc.Arbitrary<PolicyText | null> = fc.oneof(
  fc.constant(null),
  fc
    .tuple(fc.constantFrom('BIND', 'INTERLEAVE', 'PREFERRED_MANY' as const), someNodes)
    .map(([mode, nodes]) => ({ mode, nodes }) as PolicyText),
  node.map((each) => ({ mode: 'PREFERRED' as const, nodes: [each] })),
  fc.constant({ mode: 'LOCAL' as const, nodes: [] }),
)

/** A gap of so many pages, most often none, and a VMA behind it. */
const stretch = fc.tuple(
  fc.constantFrom(0, 0, 0, 0, 1),
  fc.integer({ min: 1, max: 3 }),
  fc.constantFrom(...KINDS, 'isolation-fails' as const),
  policies,
)

/** Up to three of them, most often as many as there is room for. */
const stretches = fc
  .oneof(
    { weight: 1, arbitrary: fc.array(stretch, { maxLength: 1 }) },
    { weight: 9, arbitrary: fc.array(stretch, { minLength: MOST.vmas, maxLength: MOST.vmas }) },
  )
  .map((all) => {
    const vmas: AskedVma[] = []
    let end = 0
    for (const [gap, n, kind, policy] of all) {
      if (end + gap + n > MOST.pages) break
      vmas.push({ off: end + gap, n, kind, policy })
      end += gap + n
    }
    return { vmas, end }
  })

const inVma = STATES.filter((state): state is Exclude<PageState, 'hole'> => state !== 'hole')

function pagesOf(vmas: readonly AskedVma[], end: number): fc.Arbitrary<AskedPage[]> {
  const each = Array.from({ length: end }, (_, page): fc.Arbitrary<AskedPage> => {
    const vma = vmas.find(({ off, n }) => off <= page && page < off + n)
    if (vma === undefined) return fc.constant({ state: 'hole', node: null })
    const state = fc.constantFrom(...inVma, 'present' as const, 'present' as const)
    return fc.tuple(state, node).map(([state, node]) => ({ state, node }))
  })
  return fc.tuple(...each) as fc.Arbitrary<AskedPage[]>
}

/** Calls with a mode and a mask that go together. */
const orderlyCalls: fc.Arbitrary<Call> = fc
  .record({
    from: fc.constantFrom(0, 0, 0, 1, 2, 3),
    n: fc.constantFrom(1, 2, 3, 4, 5, 6),
    mode: fc.constantFrom<Mode>('BIND', 'BIND', 'BIND', 'PREFERRED', 'INTERLEAVE', 'DEFAULT', 'LOCAL'),
    nodes: fc.constantFrom<readonly number[]>([0], [1], [1], [0, 1]),
    flags: fc.constantFrom(...FLAGS, 'MOVE|STRICT' as const, 'ALL|STRICT' as const),
  })
  .map(({ from, n, mode, nodes, flags }) => ({
    off: from,
    n: Math.min(n, MOST.pages - from),
    mode,
    nodes: mode === 'DEFAULT' || mode === 'LOCAL' ? [] : nodes,
    flags,
  }))

/** The same, and calls that the checks of the arguments refuse. */
const anyCalls: fc.Arbitrary<Call> = fc
  .record({
    call: orderlyCalls,
    nodes: fc.option(fc.constantFrom<readonly number[]>([], [0], [0, 1])),
    n: fc.constantFrom(null, null, 0),
    mode: fc.option(fc.constantFrom<Mode>('PREFERRED_MANY', 'WEIGHTED_INTERLEAVE', 'LOCAL')),
    raw: fc.constantFrom<Call['raw']>(
      undefined,
      undefined,
      { modeFlags: ['STATIC'] },
      { modeFlags: ['RELATIVE'] },
      { modeFlags: ['STATIC', 'RELATIVE'] },
      { capSysNice: false },
      { flags: 'LAZY' },
    ),
  })
  .map(({ call, nodes, n, mode, raw }) => ({
    ...call,
    ...(nodes !== null && { nodes }),
    ...(n !== null && { n }),
    ...(mode !== null && { mode }),
    ...(raw !== undefined && { raw }),
  }))

const situations = (calls: fc.Arbitrary<Call>): fc.Arbitrary<Situation> =>
  fc
    .tuple(stretches, calls, node, fc.constantFrom(true, true, true, false))
    .chain(([{ vmas, end }, call, local, stays]) => {
      // Most calls end where the VMAs end: beyond there is nothing but a hole.
      const n = stays && call.n > 0 ? Math.max(1, Math.min(call.n, end - call.off)) : call.n
      return pagesOf(vmas, end).map((pages) => ({ vmas, pages, call: { ...call, n }, local, shown }))
    })

const shown = (policy: PolicyText | null) => policy

/** Questions whose calls have arguments that are in order. */
export const orderlyQuestions = situations(orderlyCalls)

/** Questions of every kind. */
export const anyQuestions = situations(anyCalls)
