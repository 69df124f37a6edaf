/** What is so before a call of mbind(2) is made, worked out from the description of its situation alone. */

import type { Situation } from '../scenarios/mbind-calls.ts'
import { type Call, conforms, isAll, isMove, isStrict, isStrictAlone, normalised, policyName } from './call.ts'
import type { Layout } from './layout.ts'

/** Facts about each page, by its number, and about the range as a whole. */
export interface SituationFacts {
  readonly layout: Layout
  /** the call as do_mbind goes on with it */
  readonly call: Call
  readonly movesStrictly: boolean
  readonly strictAlone: boolean
  readonly inRange: readonly boolean[]
  /** lies in a VMA; and lies in a VMA and in the range */
  readonly vmaAt: readonly boolean[]
  readonly mapped: readonly boolean[]
  /** some of the range lies in no VMA */
  readonly hole: boolean
  readonly policyAt: readonly (string | null)[]
  readonly unmigratable: readonly boolean[]
  /** the folio that is mapped, or null */
  readonly folioAt: readonly (number | null)[]
  /** the nodes of the pages in the range */
  readonly nodesBefore: readonly number[]
  /** in the range, of a VMA that can be migrated, not hugetlb, and exclusive or to be moved by ALL */
  readonly mayMove: readonly boolean[]
  /** may be tried: of a VMA that can be migrated, and exclusive or to be moved by ALL */
  readonly mayTry: readonly boolean[]
  /** to be moved by this call: may be moved, and lies on a node that is not in the mask */
  readonly eligible: readonly boolean[]
  /** some page of the range lies on a node that is not in the mask: an ordinary one, one of hugetlb, one being migrated */
  readonly misplaced: boolean
  readonly misplacedHugetlb: boolean
  readonly misplacedOnTheWay: boolean
  /** some page of the range is being migrated, so that nobody can tell where it lies */
  readonly onTheWay: boolean
}

/** The facts of a situation, for the pages below `length`. */
export function factsOf({ layout, call: asked }: Situation, length: number): SituationFacts {
  const call = normalised(asked)
  const { off, n, flags } = call
  const { vmas, pages, folios } = layout
  const all = Array.from({ length }, (_, page) => page)
  const each = <T>(of: (page: number) => T): T[] => all.map(of)
  const inRange = each((page) => off <= page && page < off + n)
  const vma = each((page) => vmas.find((text) => text.off <= page && page < text.off + text.n) ?? null)
  const mapped = each((page) => inRange[page] && vma[page] !== null)
  const folioAt = each((page) => {
    const text = pages[page]
    return typeof text === 'object' && 'maps' in text ? text.maps : null
  })
  const unmigratable = each((page) => vma[page]?.kind === 'unmigratable')
  const hugetlb = (f: number) => folios[f].size === 'hugetlb'
  const exclusive = (f: number) => {
    const { size = 'small', elsewhere = 0 } = folios[f]
    return elsewhere === 0 && (size !== 'small' || folioAt.filter((each) => each === f).length === 1)
  }
  const mayMove = each((page) => {
    const f = folioAt[page]
    return mapped[page] && !unmigratable[page] && f !== null && !hugetlb(f) && (isAll(flags) || exclusive(f))
  })
  const offMask = (f: number | null) => f !== null && !conforms(call, folios[f].node)
  const inRangeFolios = all.filter((page) => inRange[page]).map((page) => folioAt[page])
  return {
    layout,
    call,
    movesStrictly: isMove(flags) && isStrict(flags),
    strictAlone: isStrictAlone(flags),
    inRange,
    vmaAt: each((page) => vma[page] !== null),
    mapped,
    hole: Array.from({ length: n }, (_, at) => off + at).some((page) => (vma[page] ?? null) === null),
    policyAt: each((page) => (vma[page]?.policy ? policyName(vma[page].policy) : null)),
    unmigratable,
    folioAt,
    nodesBefore: inRangeFolios.flatMap((f) => (f === null ? [] : [folios[f].node])),
    mayMove,
    mayTry: each(
      (page) =>
        mapped[page] && !unmigratable[page] && folioAt[page] !== null && (isAll(flags) || exclusive(folioAt[page])),
    ),
    eligible: each((page) => isMove(flags) && mayMove[page] && offMask(folioAt[page])),
    misplaced: inRangeFolios.some((f) => f !== null && !hugetlb(f) && offMask(f)),
    misplacedHugetlb: inRangeFolios.some((f) => f !== null && hugetlb(f) && offMask(f)),
    onTheWay: all.some((page) => inRange[page] && typeof pages[page] === 'object' && 'migrating' in pages[page]),
    misplacedOnTheWay: all.some((page) => {
      const text = pages[page]
      return inRange[page] && typeof text === 'object' && 'migrating' in text && offMask(text.migrating)
    }),
  }
}
