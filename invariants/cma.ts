/** What an allocation from a CMA area owes. */
import { type Claim, eventually, invariant } from '../checker/language/index.ts'
import type { CmaCall } from '../spec/cma.ts'
import type { Memory, Mm } from '../spec/memory.ts'
import type { Scene as ShortPin } from '../spec/scenarios/cma-vs-short-pin.ts'

type Allocating = Mm & { readonly cma: CmaCall }

/** L5: where nobody holds on to the page it is moved out of the way. */
export const cmaSucceedsAlone = (): Claim<Allocating> =>
  invariant('cma_alloc succeeds if nobody holds on to the page', {
    name: 'cma-succeeds-alone',
    source: 'mm/cma.c, cma_alloc',
    given: (s: Allocating) => s.cma.result !== 'running',
    holds: (s: Allocating) => s.cma.result === 'success',
  })

/** L5, for batches: the same, with the batch that is to blame. */
export const cmaNotBusyForBatches = ({ cpus }: Memory): Claim<Allocating> =>
  invariant('cma_alloc does not fail because of what waits in a batch', {
    name: 'cma-not-busy-for-batches',
    source: 'd479960e44f2, 361a2a229fa3: the batches are disabled for the whole operation',
    over: { cpu: cpus },
    given: (s: Allocating) => s.cma.result !== 'running',
    holds: (s: Allocating, { cpu }) => s.cma.result === 'success' || !s.activateBatch[cpu].includes(0),
  })

/** L5, for short pins: an allocation that is tried again succeeds when they have ended. */
export const shortPinsOnlyDelayCma = (): Claim<ShortPin> =>
  eventually('cma_alloc, tried again, succeeds once no more short pins are taken', {
    name: 'short-pins-only-delay-cma',
    source: 'Documentation/core-api/pin_user_pages.rst',
    given: (s: ShortPin) => s.pinner.pc === 'read pte',
    holds: (s: ShortPin) => s.cma.pc === 'done',
  })

/** Stronger, and nobody promises it: the tries of one call outlast a short pin. */
export const cmaNotBusyForShortPins = (): Claim<ShortPin> =>
  invariant('cma_alloc does not fail because of a short pin', {
    name: 'cma-not-busy-for-short-pins',
    source: 'nobody; mm/page_alloc.c, __alloc_contig_migrate_range tries five times, without sleeping',
    given: (s: ShortPin) => s.cma.result !== 'running',
    holds: (s: ShortPin) => s.cma.result === 'success',
  })
