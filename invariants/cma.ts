/** What an allocation from a CMA area owes. */
import { type Claim, invariant } from '../checker/language/index.ts'
import type { CmaCall } from '../spec/cma.ts'
import type { Memory, Mm } from '../spec/memory.ts'

/** L5, for batches: a page that nobody holds on to is moved out of the way. */
export const cmaNotBusyForBatches = ({ cpus }: Memory): Claim<Mm & { readonly cma: CmaCall }> =>
  invariant('cma_alloc does not fail because of what waits in a batch', {
    name: 'cma-not-busy-for-batches',
    source: 'd479960e44f2, 361a2a229fa3: the batches are disabled for the whole operation',
    over: { cpu: cpus },
    given: (s: Mm & { readonly cma: CmaCall }) => s.cma.result !== 'running',
    holds: (s: Mm & { readonly cma: CmaCall }, { cpu }) =>
      s.cma.result === 'success' || !(s.activateBatch[cpu].includes(0) || s.batch[cpu].includes(0)),
  })
