/**
 * One call of mbind with MOVE, which leaves shared pages alone, while the task forks. Whether a page is shared is looked at
 * when it is isolated.
 */
import type { Claim } from '../../checker/language/index.ts'
import type { AddressSpace } from '../address-space.ts'
import { fork } from '../fork.ts'
import type { Kernel } from '../kernels.ts'
import { type constants, freeOn, mbindRace, oneVma, pagesFor } from './mbind-race.ts'

/** The bounds in words. */
export const boundsFor = (values: typeof constants): string =>
  `${pagesFor(values)} page${values.deep ? 's' : ''} on node 0, one call of mbind to node 1, one fork, 2 CPUs`

/** The model of the scenario on a kernel. */
export function mbindVsFork(
  kernel: Kernel,
  values: typeof constants,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  const n = pagesFor(values)
  return mbindRace(
    kernel,
    {
      name: 'mbind-vs-fork',
      machine: { nodes: 2, cpus: 2, free: freeOn([1], n) },
      layout: oneVma(n),
      calls: { mbind: { off: 0, n, mode: 'BIND', nodes: [1], flags: 'MOVE' } },
      space: { childPages: n },
      others: (space, settings) => ({ fork: fork(space, { cpu: 1, settings }) }),
    },
    claimsOn,
    waive,
  )
}
