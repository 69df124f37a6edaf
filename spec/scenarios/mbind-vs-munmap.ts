/** One call of mbind that moves a page, while the page is unmapped. Does the page go, and does the call take that well? */
import type { Claim } from '../../checker/language/index.ts'
import type { AddressSpace } from '../address-space.ts'
import type { Kernel } from '../kernels.ts'
import { munmap } from '../munmap.ts'
import { type constants, freeOn, mbindRace, oneVma, pagesFor } from './mbind-race.ts'

/** The bounds in words. */
export const boundsFor = (values: typeof constants): string =>
  `${pagesFor(values)} page${values.deep ? 's' : ''} on node 0, one call of mbind to node 1, one munmap, 2 CPUs`

/** The model of the scenario on a kernel. */
export function mbindVsMunmap(
  kernel: Kernel,
  values: typeof constants,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  const n = pagesFor(values)
  return mbindRace(
    kernel,
    {
      name: 'mbind-vs-munmap',
      machine: { nodes: 2, cpus: 2, free: freeOn([1], n) },
      layout: oneVma(n),
      calls: { mbind: { off: 0, n, mode: 'BIND', nodes: [1], flags: 'MOVE|STRICT' } },
      others: (space, settings) => ({ munmap: munmap(space, { cpu: 1, settings }) }),
    },
    claimsOn,
    waive,
  )
}
