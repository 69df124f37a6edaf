/** One call of mbind that moves a page, while the page is unmapped. Does the page go, and does the call take that well? */
import type { Claim } from '../../checker/language/index.ts'
import type { AddressSpace } from '../address-space.ts'
import type { Kernel } from '../kernels.ts'
import { munmap } from '../munmap.ts'
import { mbindRace } from './mbind-race.ts'

/** The bounds in words. */
export const boundsFor = (): string => '1 page on node 0, one call of mbind to node 1, one munmap, 2 CPUs'

/** The model of the scenario on a kernel. */
export function mbindVsMunmap(
  kernel: Kernel,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  return mbindRace(
    kernel,
    {
      name: 'mbind-vs-munmap',
      machine: { nodes: 2, cpus: 2, free: [1] },
      layout: { vmas: [{ off: 0, n: 1 }], pages: [{ maps: 0 }], folios: [{ node: 0 }] },
      calls: { mbind: { off: 0, n: 1, mode: 'BIND', nodes: [1], flags: 'MOVE|STRICT' } },
      others: (space, settings) => ({ munmap: munmap(space, { cpu: 1, settings }) }),
    },
    claimsOn,
    waive,
  )
}
