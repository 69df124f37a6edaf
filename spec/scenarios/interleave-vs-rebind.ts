/** An allocation by an interleaving policy of nodes 2 and 3, while the cpuset of the task becomes nodes 0 and 1. */
import { type Claim, model } from '../../checker/language/index.ts'
import { cpusetRebind, interleaver, policyState } from '../interleave.ts'
import type { Kernel } from '../kernels.ts'

/** The bounds in words. */
export const boundsFor = (): string => '4 nodes, an interleaving policy of two of them, one allocation, one rebind'

/** The model of the scenario on a kernel. */
export function interleaveVsRebind(
  { settings }: Kernel,
  claims: readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  return model(
    'interleave-vs-rebind',
    { state: policyState, processes: { allocation: interleaver({ settings, n: 1 }), cpuset: cpusetRebind([0, 1]) } },
    {
      init: (s) => {
        s.mask = new Set([2, 3]) as never
      },
      claims,
      waive,
    },
  )
}
