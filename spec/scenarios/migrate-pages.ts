/**
 * One call of migrate_pages(2) from node 0 to node 1 on small address spaces in which something stands in the way. Does 0
 * mean that everything was moved, and does a count say how much was not?
 */
import { type Claim, type Constants, model, oneOf } from '../../checker/language/index.ts'
import { type AddressSpace, type As, addressSpace, bootAddressSpace } from '../address-space.ts'
import type { Kernel } from '../kernels.ts'
import type { FolioText, Layout, Machine, PageText } from '../mbind/layout.ts'
import { migratePagesCall } from '../migrate-pages.ts'
import { chosen } from './chosen.ts'
import type { MbindTask } from './scenes.ts'

const MACHINE: Machine = { nodes: 2, cpus: 1, pagesPerTable: 2, free: [1, 1] }
const MOVABLE: FolioText = { node: 0 }

/** Something in the first page table, and behind it a page that can be moved: folio 0. */
const before = (pages: readonly [PageText, PageText], folio: FolioText, more: Partial<Layout> = {}): Layout => ({
  vmas: [{ off: 0, n: 4 }],
  pages: [...pages, { maps: 0 }, 'none'],
  folios: [MOVABLE, folio],
  ...more,
})

/** The address spaces by name. */
export const LAYOUTS: Readonly<Record<string, Layout>> = {
  'pages that can be moved': before([{ maps: 1 }, 'none'], MOVABLE),
  'a page off the LRU': before([{ maps: 1 }, 'none'], { node: 0, lru: 'off' }),
  'a page that somebody holds': before([{ maps: 1 }, 'none'], { node: 0, held: true }),
  'a shared page': before([{ maps: 1 }, 'none'], { node: 0, elsewhere: 1 }),
  'a page on the target': before([{ maps: 1 }, 'none'], { node: 1 }),
  'a migration entry': before([{ migrating: 1 }, 'none'], MOVABLE),
  'a PMD migration entry': before([{ migrating: 1 }, { migrating: 1 }], MOVABLE, { huge: [0] }),
  'a large folio off the LRU': before([{ maps: 1 }, { maps: 1 }], { node: 0, size: 'large', lru: 'off' }),
  'a huge page': before([{ maps: 1 }, { maps: 1 }], { node: 0, size: 'large' }, { huge: [0] }),
  'a huge page off the LRU': before([{ maps: 1 }, { maps: 1 }], { node: 0, size: 'large', lru: 'off' }, { huge: [0] }),
  'no memory on the target': before([{ maps: 1 }, 'none'], MOVABLE, { free: [0, 0] }),
}

/** `layout`: one of the address spaces by its name, or all of them. */
export const constants = { layout: 'all' } satisfies Constants

/** The bounds in words. */
export const boundsFor = (): string =>
  `${Object.keys(LAYOUTS).length} address spaces of 4 pages in 2 page tables, one call from node 0 to node 1, 1 CPU`

/** What claims may speak of. */
export type MigratePagesScene = As & { situation: string; call: MbindTask & { count: number } }

/** The model of the scenario on a kernel. */
export function migratePagesScenarioModel(
  { settings }: Kernel,
  { layout }: typeof constants,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  const begin = chosen(LAYOUTS, layout)
  const cases = begin.map(([, layout]) => ({ layout, calls: [] }))
  const space = addressSpace({ machine: MACHINE, cases, readers: 1 }, settings)
  return model(
    'migrate-pages',
    {
      state: { ...space.state, situation: oneOf<string[]>(...begin.map(([name]) => name)) },
      processes: { call: migratePagesCall(space, { cpu: 0, settings, from: 0, to: 1 }) },
    },
    {
      init: Object.fromEntries(
        begin.map(([name, layout]) => [
          name,
          (s: MigratePagesScene) => {
            bootAddressSpace(s, space, layout)
            s.situation = name
          },
        ]),
      ),
      claims: claimsOn(space),
      waive,
    },
  )
}
