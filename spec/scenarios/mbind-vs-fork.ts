/**
 * One call of mbind with MOVE, which leaves shared pages alone, while the task forks. Whether a page is shared is looked at
 * when it is isolated.
 */
import type { Claim } from '../../checker/language/index.ts'
import type { AddressSpace } from '../address-space.ts'
import { fork } from '../fork.ts'
import type { Kernel } from '../kernels.ts'
import { mbindRace } from './mbind-race.ts'

/** The bounds in words. */
export const boundsFor = (): string => '1 page on node 0, one call of mbind to node 1, one fork, 2 CPUs'

/** The model of the scenario on a kernel. */
export function mbindVsFork(
  kernel: Kernel,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  return mbindRace(
    kernel,
    {
      name: 'mbind-vs-fork',
      machine: { nodes: 2, cpus: 2, free: [1] },
      layout: { vmas: [{ off: 0, n: 1 }], pages: [{ maps: 0 }], folios: [{ node: 0 }] },
      calls: { mbind: { off: 0, n: 1, mode: 'BIND', nodes: [1], flags: 'MOVE' } },
      space: { childPages: 1 },
      others: (space, settings) => ({ fork: fork(space, { cpu: 1, settings }) }),
    },
    claimsOn,
    waive,
  )
}
