/**
 * Two threads call mbind on the same page, each for another node. Whose node does the page lie on, when the policy is that of
 * the later call and both have returned 0?
 */
import type { Claim } from '../../checker/language/index.ts'
import type { AddressSpace } from '../address-space.ts'
import type { Kernel } from '../kernels.ts'
import type { Call } from '../mbind/call.ts'
import { mbindRace } from './mbind-race.ts'

const to = (node: number): Call => ({ off: 0, n: 1, mode: 'BIND', nodes: [node], flags: 'MOVE|STRICT' })

/** The bounds in words. */
export const boundsFor = (): string => '1 page on node 0, one call of mbind to each of 2 nodes, 2 CPUs'

/** The model of the scenario on a kernel. */
export function mbindVsMbind(
  kernel: Kernel,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  return mbindRace(
    kernel,
    {
      name: 'mbind-vs-mbind',
      machine: { nodes: 2, cpus: 2, free: [0, 1] },
      layout: { vmas: [{ off: 0, n: 1 }], pages: [{ maps: 0 }], folios: [{ node: 0 }] },
      calls: { toNode1: to(1), toNode0: to(0) },
    },
    claimsOn,
    waive,
  )
}
