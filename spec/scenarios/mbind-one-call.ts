/**
 * Some hundred small situations: one call of mbind(2) on an address space in which something stands in its way, and
 * behind that, where it shows whether the call went on, a page that can be moved.
 */
import type { Constants } from '../../checker/language/index.ts'
import type { Call, Mode } from '../mbind/call.ts'
import { FLAGS, type Flags } from '../mbind/call.ts'
import type { FolioText, Layout, Machine, PageText, VmaText } from '../mbind/layout.ts'
import { chosen } from './chosen.ts'
import type { Situation } from './mbind-calls.ts'

/** Two nodes, page tables of two pages, and room on node 1 for everything that may be moved there. */
export const MACHINE: Machine = { nodes: 2, cpus: 1, pagesPerTable: 2, free: [1, 1] }

const MOVABLE: FolioText = { node: 0 }
const none: PageText = 'none'

/** What stands in the first page table of one VMA; the second one has a page that can be moved. */
const KINDS: Readonly<Record<string, { pages: readonly [PageText, PageText]; folio?: FolioText }>> = {
  'page on the right node': { pages: [{ maps: 1 }, none], folio: { node: 1 } },
  'page that can be moved': { pages: [{ maps: 1 }, none], folio: { node: 0 } },
  'page in a batch': { pages: [{ maps: 1 }, none], folio: { node: 0, lru: 'batch' } },
  'shared page': { pages: [{ maps: 1 }, none], folio: { node: 0, elsewhere: 1 } },
  'page off the LRU': { pages: [{ maps: 1 }, none], folio: { node: 0, lru: 'off' } },
  'page that somebody holds': { pages: [{ maps: 1 }, none], folio: { node: 0, held: true } },
  'zero page': { pages: ['special', none] },
  'migration entry': { pages: [{ migrating: 1 }, none], folio: { node: 0 } },
  'migration entry of a page on the right node': { pages: [{ migrating: 1 }, none], folio: { node: 1 } },
  'large folio': { pages: [{ maps: 1 }, { maps: 1 }], folio: { node: 0, size: 'large' } },
  'page mapped twice': { pages: [{ maps: 1 }, { maps: 1 }], folio: { node: 0 } },
}

/** The same, and a few more, with nothing behind. */
const ALONE: Readonly<Record<string, Layout>> = {
  'only a large folio': alone([{ maps: 0 }, { maps: 0 }], { node: 0, size: 'large' }),
  'only a page mapped twice': alone([{ maps: 0 }, { maps: 0 }], { node: 0 }),
  'only a hugetlb page': alone([{ maps: 0 }, none], { node: 0, size: 'hugetlb' }, { kind: 'hugetlb' }),
  'only a hugetlb page that cannot be isolated': alone(
    [{ maps: 0 }, none],
    { node: 0, size: 'hugetlb', lru: 'off' },
    { kind: 'hugetlb' },
  ),
  'only a PMD migration entry of a folio on the right node': {
    ...alone([{ migrating: 0 }, { migrating: 0 }], { node: 1 }),
    huge: [0],
  },
}

function alone(pages: readonly PageText[], folio: FolioText, vma: Partial<VmaText> = {}): Layout {
  return { vmas: [{ off: 0, n: 2, ...vma }], pages, folios: [folio] }
}

/** The movable page behind it is folio 0. */
function inOneVma({ pages, folio }: (typeof KINDS)[string]): Layout {
  const folios = folio === undefined ? [MOVABLE] : [MOVABLE, folio]
  return { vmas: [{ off: 0, n: 4 }], pages: [...pages, { maps: 0 }, none], folios }
}

/** Two VMAs with a page each: what the first one is makes the difference. */
function inTwoVmas(first: Partial<VmaText>, folio: FolioText, page: PageText = { maps: 1 }): Layout {
  return {
    vmas: [
      { off: 0, n: 2, ...first },
      { off: 2, n: 2 },
    ],
    pages: [page, none, { maps: 0 }, none],
    folios: [MOVABLE, folio],
  }
}

/** A large folio that a PMD entry maps, in a VMA of its own, and a page behind it. */
const hugePage = (folio: FolioText, vma: Partial<VmaText> = {}): Layout => ({
  vmas: [
    { off: 0, n: 2, ...vma },
    { off: 2, n: 2 },
  ],
  pages: [{ maps: 1 }, { maps: 1 }, { maps: 0 }, none],
  folios: [MOVABLE, { ...folio, size: 'large' }],
  huge: [0],
})

const withHoles = (vmas: readonly VmaText[], first: FolioText = MOVABLE): Layout => ({
  vmas,
  pages: [vmas.some(({ off }) => off === 0) ? { maps: 0 } : none, none, none, none, none, none],
  folios: vmas.some(({ off }) => off === 0) ? [first] : [],
})

const FOR_ALL_FLAGS: Readonly<Record<string, { layout: Layout; n?: number }>> = {
  ...Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, { layout: inOneVma(kind) }])),
  'PMD migration entry': {
    layout: { ...inOneVma({ pages: [{ migrating: 1 }, { migrating: 1 }], folio: { node: 0 } }), huge: [0] },
  },
  'PMD migration entry of a folio on the right node': {
    layout: { ...inOneVma({ pages: [{ migrating: 1 }, { migrating: 1 }], folio: { node: 1 } }), huge: [0] },
  },
  'huge page': { layout: hugePage({ node: 0 }) },
  'huge page on the right node': { layout: hugePage({ node: 1 }) },
  'huge page that cannot be isolated': { layout: hugePage({ node: 0, lru: 'off' }) },
  'huge page in an unmigratable VMA': { layout: hugePage({ node: 0 }, { kind: 'unmigratable' }) },
  'unmigratable VMA': { layout: inTwoVmas({ kind: 'unmigratable' }, { node: 0 }) },
  'hugetlb page': { layout: inTwoVmas({ kind: 'hugetlb' }, { node: 0, size: 'hugetlb' }) },
  'hugetlb page that cannot be isolated': {
    layout: inTwoVmas({ kind: 'hugetlb' }, { node: 0, size: 'hugetlb', lru: 'off' }),
  },
  ...Object.fromEntries(Object.entries(ALONE).map(([name, layout]) => [name, { layout }])),
  'hole at the head': { layout: withHoles([{ off: 2, n: 2 }]), n: 4 },
  'hole in the middle': {
    layout: withHoles([
      { off: 0, n: 2 },
      { off: 4, n: 2 },
    ]),
    n: 6,
  },
  'hole two VMAs behind a page off the LRU': {
    layout: withHoles(
      [
        { off: 0, n: 2 },
        { off: 2, n: 2 },
      ],
      { node: 0, lru: 'off' },
    ),
    n: 6,
  },
  'hole at the tail, a VMA above': {
    layout: withHoles([
      { off: 0, n: 2 },
      { off: 4, n: 2 },
    ]),
    n: 4,
  },
  'hole at the tail': { layout: withHoles([{ off: 0, n: 2 }]), n: 4 },
  'nothing mapped': { layout: withHoles([{ off: 4, n: 2 }]), n: 4 },
  'unmigratable VMA between two others': {
    layout: withHoles([
      { off: 0, n: 2 },
      { off: 2, n: 2, kind: 'unmigratable' },
      { off: 4, n: 2 },
    ]),
    n: 6,
  },
  'hole below an unmigratable VMA': {
    layout: withHoles([
      { off: 0, n: 2 },
      { off: 4, n: 2, kind: 'unmigratable' },
    ]),
    n: 6,
  },
}

const call = (n: number, flags: Flags, mode: Mode = 'BIND', off = 0): Call => ({
  off,
  n,
  mode,
  nodes: mode === 'DEFAULT' || mode === 'LOCAL' ? [] : [1],
  flags,
})

/** A VMA of which the call covers the middle, or an end of which a neighbour has the policy already. */
const EDGES: Readonly<Record<string, Situation>> = {
  'the middle of a VMA': {
    layout: { vmas: [{ off: 0, n: 4 }], pages: [none, { maps: 0 }, none, none], folios: [MOVABLE] },
    call: call(2, 'MOVE', 'BIND', 1),
  },
  'a VMA between two that have the policy': {
    layout: {
      vmas: [
        { off: 0, n: 1, mapping: 0, policy: { mode: 'BIND', nodes: [1] } },
        { off: 1, n: 2, mapping: 0 },
        { off: 3, n: 1, mapping: 0, policy: { mode: 'BIND', nodes: [1] } },
      ],
      pages: [none, { maps: 0 }, none, none],
      folios: [MOVABLE],
    },
    call: call(2, 'MOVE', 'BIND', 1),
  },
  'the end of a VMA, the next one has the policy': {
    layout: {
      vmas: [
        { off: 0, n: 3, mapping: 0 },
        { off: 3, n: 1, mapping: 0, policy: { mode: 'BIND', nodes: [1] } },
      ],
      pages: [none, { maps: 0 }, none, none],
      folios: [MOVABLE],
    },
    call: call(2, 'MOVE', 'BIND', 1),
  },
}

/** `situation`: one of them by its name, or all of them. */
export const constants = { situation: 'all' } satisfies Constants

/** The situations that the constants ask for. */
export const situationsFor = ({ situation }: typeof constants): Record<string, Situation> =>
  Object.fromEntries(chosen(situations(), situation))

/** Every situation: what stands in the way, with all combinations of flags, and some with other modes. */
export function situations(): Record<string, Situation> {
  const plain = Object.entries(FOR_ALL_FLAGS).flatMap(([name, { layout, n = layout.pages.length }]) =>
    FLAGS.map((flags): [string, Situation] => [`${name}; ${flags}`, { layout, call: call(n, flags) }]),
  )
  const withoutPolicy = ['hole at the head', 'hole in the middle', 'nothing mapped'].flatMap((name) =>
    (['0', 'MOVE'] as const).map((flags): [string, Situation] => {
      const { layout, n = layout.pages.length } = FOR_ALL_FLAGS[name]
      return [`${name}; DEFAULT, ${flags}`, { layout, call: call(n, flags, 'DEFAULT') }]
    }),
  )
  const movable = inOneVma(KINDS['page that can be moved'])
  return {
    ...Object.fromEntries([...plain, ...withoutPolicy]),
    ...EDGES,
    'LOCAL, page on the local node; STRICT': { layout: movable, call: call(4, 'STRICT', 'LOCAL') },
    'a mask without nodes of the cpuset': { layout: movable, call: { ...call(4, 'MOVE'), nodes: [2] } },
    'ALL without CAP_SYS_NICE': { layout: movable, call: { ...call(4, 'ALL'), raw: { capSysNice: false } } },
    'PREFERRED, the node is full; MOVE|STRICT': {
      layout: { ...movable, free: [0, 0] },
      call: call(4, 'MOVE|STRICT', 'PREFERRED'),
    },
  }
}
