/** What single calls of mbind(2) come to, cell by cell of the outcome table, and claims that compare it with a table. */
import { type Claim, invariant } from '../checker/language/index.ts'
import { FLAGS, policyName } from '../spec/mbind/call.ts'
import type { CallScene } from '../spec/scenarios/mbind-calls.ts'
import { cellName, KIND_NAMES, KINDS, type KindName } from '../spec/scenarios/mbind-situations.ts'
import { expectedCell, PARTS, type Part, partOf } from './tables/mbind-variants.ts'

const WALK = {
  nothing: 'n',
  everything: 'c',
  'up to the end of a page table': 't',
  'up to a page': 's',
} as const

/**
 * The text of a cell in a state where its call is over: what was queued (Q migrated, q put back), how far the walk went (n
 * nowhere, c to the end, t to the end of a page table, s to the page), whether the policy was applied, and the result.
 */
export function cellOf(s: CallScene, kind: KindName): string {
  const { pages } = KINDS[kind].layout
  const policy = policyName({ mode: 'BIND', nodes: [1] })
  const applied = s.vma.filter(({ vm_policy }) => vm_policy !== null && s.policy[vm_policy].value === policy)
  const covered = applied.reduce((sum, { start, end }) => sum + end - start, 0)
  const moved = pages.every((_, page) => {
    const pte = s.pte[page]
    return pte.kind === 'present' && s.folio[pte.folio].node === 1
  })
  const queued = s.mbind.queued.size === 0 ? '-' : moved ? 'Q' : 'q'
  return [queued, WALK[s.mbind.walk], covered === pages.length ? 'P' : covered === 0 ? '.' : '?', s.mbind.ret].join(' ')
}

const SENTENCES: Readonly<Record<Part, string>> = {
  queued: 'a call isolates and migrates what the table of outcomes says',
  walk: 'the walk of a call goes as far as the table of outcomes says',
  policy: 'a call applies its policy where the table of outcomes says so',
  return: 'a call returns what the table of outcomes says',
}

/** One claim for each part of a cell: in every cell, the call ends as the table says. */
export function asStated(kernelName: string): Claim<CallScene>[] {
  const stated = new Map<string, { kind: KindName; text: string | null }>()
  for (const kind of KIND_NAMES)
    for (const flags of FLAGS) stated.set(cellName(kind, flags), { kind, text: expectedCell(kernelName, kind, flags) })
  return PARTS.map((part) =>
    invariant(SENTENCES[part], {
      name: `${part}-as-stated`,
      source: 'invariants/tables/mbind-outcomes.tsv',
      given: (s: CallScene) => s.mbind.pc === 'done' && stated.get(s.situation)!.text !== null,
      holds: (s: CallScene) => {
        const { kind, text } = stated.get(s.situation)!
        return partOf(cellOf(s, kind), part) === partOf(text!, part)
      },
    }),
  )
}
