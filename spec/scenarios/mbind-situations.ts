/**
 * One page, or one folio, in every state that mbind(2) tells apart: the rows of the outcome table. Pages lie on node 0 and
 * the calls ask for node 1, unless the row says otherwise.
 */
import type { Call, Flags } from '../mbind/call.ts'
import { FLAGS } from '../mbind/call.ts'
import type { FolioText, Layout, Machine, PageText, VmaText } from '../mbind/layout.ts'
import type { Situation } from './mbind-calls.ts'

/** Two nodes, one free folio on each; a page table covers two pages. */
export const MACHINE: Machine = { nodes: 2, cpus: 1, free: [1, 0], pagesPerTable: 2 }

interface Kind {
  readonly about: string
  readonly layout: Layout
}

const page = (
  folio: Partial<FolioText> = {},
  vma: Partial<VmaText> = {},
  pages: readonly PageText[] = [{ maps: 0 }],
) => ({
  vmas: [{ off: 0, n: pages.length, ...vma }],
  pages,
  folios: [{ node: 0, ...folio }],
})
const empty = (what: 'none' | 'special') => ({ vmas: [{ off: 0, n: 1 }], pages: [what], folios: [] })

/** The rows of the table, by the names that it gives them. */
export const KINDS = {
  absent: { about: 'no page, or a swap entry', layout: empty('none') },
  right: { about: 'on a node of the mask already', layout: page({ node: 1 }) },
  movable: { about: 'exclusive, can be isolated and migrated', layout: page() },
  shared: { about: 'mapped by others too', layout: page({ elsewhere: 1 }) },
  noiso: { about: 'cannot be isolated', layout: page({ lru: 'off' }) },
  nomig: { about: 'can be isolated, not migrated: somebody holds it', layout: page({ held: true }) },
  unmigvma: { about: 'movable, in a VMA that is not migratable', layout: page({}, { kind: 'unmigratable' }) },
  special: { about: 'the zero page, a reserved page, a PFN', layout: empty('special') },
  ptemig: { about: 'a migration entry', layout: page({}, {}, [{ migrating: 0 }]) },
  pmdmig: {
    about: 'a page table that is one PMD migration entry',
    layout: { ...page({}, {}, [{ migrating: 0 }]), huge: [0] },
  },
  large: {
    about: 'a large folio mapped by two entries',
    layout: page({ size: 'large' }, {}, [{ maps: 0 }, { maps: 0 }]),
  },
  thp: {
    about: 'a movable huge page that a PMD entry maps',
    layout: { ...page({ size: 'large' }, {}, [{ maps: 0 }, { maps: 0 }]), huge: [0] },
  },
  thpniso: {
    about: 'such a huge page that cannot be isolated',
    layout: { ...page({ size: 'large', lru: 'off' }, {}, [{ maps: 0 }, { maps: 0 }]), huge: [0] },
  },
  thpunmig: {
    about: 'such a huge page in a VMA that is not migratable',
    layout: { ...page({ size: 'large' }, { kind: 'unmigratable' }, [{ maps: 0 }, { maps: 0 }]), huge: [0] },
  },
  dup: { about: 'a small folio mapped twice in the range', layout: page({}, {}, [{ maps: 0 }, { maps: 0 }]) },
  htlb: { about: 'a movable hugetlb folio', layout: page({ size: 'hugetlb' }, { kind: 'hugetlb' }) },
  htlbniso: {
    about: 'a hugetlb folio that cannot be isolated',
    layout: page({ size: 'hugetlb', lru: 'off' }, { kind: 'hugetlb' }),
  },
} as const satisfies Record<string, Kind>

export type KindName = keyof typeof KINDS
export const KIND_NAMES = Object.keys(KINDS) as KindName[]

/** The name of a cell of the table, as the states of the model have it. */
export const cellName = (kind: KindName, flags: Flags): string => `${kind} ${flags}`

/** The call of a cell: the whole range to node 1. */
export const callOn = ({ pages }: Layout, flags: Flags): Call => ({
  off: 0,
  n: pages.length,
  mode: 'BIND',
  nodes: [1],
  flags,
})

/** Every cell of the table as a situation: a layout, and a call. */
export function cells(): Record<string, Situation> {
  const all = KIND_NAMES.flatMap((kind) => {
    const { layout } = KINDS[kind]
    return FLAGS.map((flags) => [cellName(kind, flags), { layout, call: callOn(layout, flags) }] as const)
  })
  return Object.fromEntries(all)
}
