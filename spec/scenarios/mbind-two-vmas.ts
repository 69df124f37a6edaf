/**
 * The syzbot report "kernel BUG in vma_replace_policy" of September 2023: one call of mbind over several VMAs, with a mask
 * that makes every page misplaced and STRICT with MOVE, while a page of the last VMA is touched. What if the walk ends early?
 */
import { type Claim, type Constants, model, oneOf } from '../../checker/language/index.ts'
import { type AddressSpace, addressSpace, bootAddressSpace } from '../address-space.ts'
import { anonFault } from '../anon-fault.ts'
import type { Kernel } from '../kernels.ts'
import { type Call, callName } from '../mbind/call.ts'
import type { FolioText, Layout, Machine, PageText } from '../mbind/layout.ts'
import { mbind } from '../mbind.ts'
import { chosen } from './chosen.ts'
import type { FaultScene } from './scenes.ts'

const MACHINE: Machine = { nodes: 2, cpus: 2, pagesPerTable: 1, free: [0, 1] }

/** As in the reproducer: MPOL_LOCAL without a mask, flags 3. */
const call = (n: number): Call => ({ off: 0, n, mode: 'LOCAL', nodes: [], flags: 'MOVE|STRICT' })

const OFF_LRU: FolioText = { node: 0, lru: 'off' }

/** VMAs of one page, at these addresses, each with a policy; the first one has a page that cannot be isolated. */
function layout(offs: readonly number[], other: Partial<Layout> = {}): Layout {
  const pages: PageText[] = Array.from({ length: offs[offs.length - 1] + 1 }, () => 'none')
  pages[0] = { maps: 0 }
  const vmas = offs.map((off) => ({ off, n: 1, policy: { mode: 'BIND', nodes: [1] } as const }))
  return { vmas, pages, folios: [OFF_LRU], ...other }
}

/** The address spaces; in each the page of the last VMA is touched. */
export const LAYOUTS: Readonly<Record<string, Layout>> = {
  'two VMAs': layout([0, 1]),
  'two VMAs, a gap and a third': layout([0, 1, 3]),
  'a page that is being migrated between them': layout([0, 1, 2], {
    pages: [{ maps: 0 }, { migrating: 1 }, 'none'],
    folios: [OFF_LRU, { node: 0 }],
    huge: [1],
  }),
}

/** `layout`: one of the address spaces by its name, or all of them. */
export const constants = { layout: 'all' } satisfies Constants

/** The bounds in words. */
export const boundsFor = (): string =>
  `2 or 3 VMAs of one page, each in a page table of its own, with or without a gap; 2 nodes, 2 CPUs; one call, one fault`

/** The model of the scenario on a kernel. */
export function mbindTwoVmas(
  kernel: Kernel,
  values: typeof constants,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  const { settings } = kernel
  const begin = chosen(LAYOUTS, values.layout)
  const layouts = begin.map(([, layout]) => layout)
  const calls = [...new Set(layouts.map(({ pages }) => pages.length))].map(call)
  const cases = layouts.map((layout) => ({ layout, calls: [call(layout.pages.length)] }))
  const space = addressSpace({ machine: MACHINE, cases, readers: 1 }, settings)
  return model(
    'mbind-two-vmas',
    {
      state: { ...space.state, situation: oneOf<string[]>(...begin.map(([name]) => name)) },
      processes: {
        mbind: mbind(space, { cpu: 0, settings, calls }),
        fault: anonFault(space, { cpu: 1, settings }),
      },
    },
    {
      init: Object.fromEntries(
        begin.map(([name, layout]) => [
          name,
          (s: FaultScene) => {
            bootAddressSpace(s, space, layout)
            ;(s as { situation?: string }).situation = name
            s.mbind.call = callName(call(layout.pages.length))
            s.fault.page = layout.pages.length - 1
          },
        ]),
      ),
      claims: claimsOn(space),
      waive,
    },
  )
}
