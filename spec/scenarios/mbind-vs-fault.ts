/**
 * One call of mbind on a VMA of two pages, of which one is there; the other one is touched meanwhile. Does the fault read a
 * policy that is still there, and does its page end up where the call has put all others?
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { type AddressSpace, addressSpace, bootAddressSpace } from '../address-space.ts'
import { anonFault } from '../anon-fault.ts'
import type { Kernel } from '../kernels.ts'
import type { Call } from '../mbind/call.ts'
import type { Layout, Machine } from '../mbind/layout.ts'
import { mbind } from '../mbind.ts'
import type { FaultScene } from './scenes.ts'

/** Whether there is one page more. */
export const constants = { deep: false } satisfies Constants

const machineFor = ({ deep }: typeof constants): Machine => ({
  nodes: 2,
  cpus: 2,
  pagesPerTable: 1,
  free: deep ? [0, 1, 1, 1] : [0, 1, 1],
})

/** The page that is touched is the last one. */
const layoutFor = ({ deep }: typeof constants): Layout => ({
  vmas: [{ off: 0, n: deep ? 3 : 2, policy: { mode: 'BIND', nodes: [0] } }],
  pages: deep ? [{ maps: 0 }, { maps: 1 }, 'none'] : [{ maps: 0 }, 'none'],
  folios: deep ? [{ node: 0 }, { node: 0 }] : [{ node: 0 }],
})

/** The call: to the other node, with MOVE and STRICT. */
export const callFor = ({ deep }: typeof constants): Call => ({
  off: 0,
  n: deep ? 3 : 2,
  mode: 'BIND',
  nodes: [1],
  flags: 'MOVE|STRICT',
})

/** The bounds in words. */
export const boundsFor = (values: typeof constants): string =>
  `1 VMA of ${callFor(values).n} pages, the last one absent; 2 nodes, 2 CPUs; one call, one fault`

/** The model of the scenario on a kernel. */
export function mbindVsFault(
  kernel: Kernel,
  values: typeof constants,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  const { settings } = kernel
  const [layout, call] = [layoutFor(values), callFor(values)]
  const space = addressSpace({ machine: machineFor(values), cases: [{ layout, calls: [call] }], readers: 1 }, settings)
  return model(
    'mbind-vs-fault',
    {
      state: space.state,
      processes: {
        mbind: mbind(space, { cpu: 0, settings, calls: [call] }),
        fault: anonFault(space, { cpu: 1, settings }),
      },
    },
    {
      init: (s: FaultScene) => {
        bootAddressSpace(s, space, layout)
        s.fault.page = layout.pages.length - 1
      },
      claims: claimsOn(space),
      waive,
    },
  )
}
