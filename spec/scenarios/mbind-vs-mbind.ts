/**
 * Two threads call mbind on the same page, each for another node. Whose node does the page lie on, when the policy is that of
 * the later call and both have returned 0?
 */
import type { Claim } from '../../checker/language/index.ts'
import type { AddressSpace } from '../address-space.ts'
import type { Kernel } from '../kernels.ts'
import type { Call } from '../mbind/call.ts'
import { type constants, freeOn, mbindRace, oneVma, pagesFor } from './mbind-race.ts'

const to = (node: number, n: number): Call => ({ off: 0, n, mode: 'BIND', nodes: [node], flags: 'MOVE|STRICT' })

/** The bounds in words. */
export const boundsFor = (values: typeof constants): string =>
  `${pagesFor(values)} page${values.deep ? 's' : ''} on node 0, one call of mbind to each of 2 nodes, 2 CPUs`

/** The model of the scenario on a kernel. */
export function mbindVsMbind(
  kernel: Kernel,
  values: typeof constants,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  const n = pagesFor(values)
  return mbindRace(
    kernel,
    {
      name: 'mbind-vs-mbind',
      machine: { nodes: 2, cpus: 2, free: freeOn([0, 1], n) },
      layout: oneVma(n),
      calls: { toNode1: to(1, n), toNode0: to(0, n) },
    },
    claimsOn,
    waive,
  )
}
