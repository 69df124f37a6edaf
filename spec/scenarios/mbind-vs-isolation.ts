/**
 * One call of mbind with MOVE and STRICT on one page, while somebody takes the page off the LRU and puts it back, and
 * somebody holds a reference to it for a while. Does 0 mean that the page was moved?
 */
import type { Claim } from '../../checker/language/index.ts'
import type { AddressSpace } from '../address-space.ts'
import { holder, isolator } from '../bystanders.ts'
import type { Kernel } from '../kernels.ts'
import type { Call } from '../mbind/call.ts'
import { type constants, freeOn, mbindRace, oneVma, pagesFor } from './mbind-race.ts'

/** The call: to the other node, with MOVE and STRICT. */
export const callFor = (values: typeof constants): Call => ({
  off: 0,
  n: pagesFor(values),
  mode: 'BIND',
  nodes: [1],
  flags: 'MOVE|STRICT',
})

/** The bounds in words. */
export const boundsFor = (values: typeof constants): string =>
  `${pagesFor(values)} page${values.deep ? 's' : ''} on node 0, one call of mbind to node 1, one isolation by somebody else, one transient reference, 3 CPUs`

/** The model of the scenario on a kernel. */
export function mbindVsIsolation(
  kernel: Kernel,
  values: typeof constants,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  const n = pagesFor(values)
  return mbindRace(
    kernel,
    {
      name: 'mbind-vs-isolation',
      machine: { nodes: 2, cpus: 3, free: freeOn([1], n) },
      layout: oneVma(n),
      calls: { mbind: callFor(values) },
      others: (space) => ({ reclaim: isolator(space, 1), gup: holder(space, 2) }),
    },
    claimsOn,
    waive,
  )
}
