/**
 * One call of mbind with MOVE and STRICT on one page, while somebody takes the page off the LRU and puts it back, and
 * somebody holds a reference to it for a while. Does 0 mean that the page was moved?
 */
import type { Claim } from '../../checker/language/index.ts'
import type { AddressSpace } from '../address-space.ts'
import { holder, isolator } from '../bystanders.ts'
import type { Kernel } from '../kernels.ts'
import type { Call } from '../mbind/call.ts'
import { mbindRace } from './mbind-race.ts'

export const CALL: Call = { off: 0, n: 1, mode: 'BIND', nodes: [1], flags: 'MOVE|STRICT' }

/** The bounds in words. */
export const boundsFor = (): string =>
  '1 page on node 0, one call of mbind to node 1, one isolation by somebody else, one transient reference, 3 CPUs'

/** The model of the scenario on a kernel. */
export function mbindVsIsolation(
  kernel: Kernel,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  return mbindRace(
    kernel,
    {
      name: 'mbind-vs-isolation',
      machine: { nodes: 2, cpus: 3, free: [1] },
      layout: { vmas: [{ off: 0, n: 1 }], pages: [{ maps: 0 }], folios: [{ node: 0 }] },
      calls: { mbind: CALL },
      others: (space) => ({ reclaim: isolator(space, 1), gup: holder(space, 2) }),
    },
    claimsOn,
    waive,
  )
}
