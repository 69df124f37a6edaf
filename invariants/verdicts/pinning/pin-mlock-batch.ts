/** Which claims are made of the scenario pin-mlock-batch, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, pinMlockBatch } from '../../../spec/scenarios/pin-mlock-batch.ts'
import { inOnePlace, sourceHasNoOwner } from '../../folio-owners.ts'
import { lruCacheEnabledAgain } from '../../offlining.ts'
import {
  batchesDoNotMatter,
  idleBatchesDoNotMatter,
  pinCanSucceed,
  pinOutsideMovable,
  refcountConserved,
  succeedsAlone,
} from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { expectedOfBatches, waiversOf } from './pin-vs-batches.ts'
import { looksForMovable, returnsErrors } from './pin-vs-isolation.ts'
import { neverFails } from './spare.ts'

/** The kernels that the matrix shows: before mlock batches, with them, and each drain rule that was ever thought of. */
export const rows = [
  'v5.17',
  'v5.18',
  'v6.11',
  'v6.16',
  'v6.17',
  'patch:exact-pin-refs',
  'patch:pin-disables-lru-cache',
]

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return pinMlockBatch(
    on,
    values,
    (mm) => [
      succeedsAlone(),
      idleBatchesDoNotMatter(mm),
      batchesDoNotMatter(mm),
      pinOutsideMovable(mm),
      lruCacheEnabledAgain('pinner'),
      refcountConserved(mm),
      sourceHasNoOwner(),
      inOnePlace(mm),
      pinCanSucceed(),
    ],
    waivers(on),
  )
}

/**
 * What is expected of each claim on a kernel. Disabled batches are the only ones that nobody can fill again. v6.1 takes the
 * isolation for a failure, finds PG_lru clear in the next round, and so drains every CPU all the same.
 */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const fails = settings['munlock-decides-by'] === 'mlock-count' && returnsErrors(settings)
  return {
    ...expectedOfBatches(settings, fails),
    'pin-outside-movable': looksForMovable(settings) ? 'holds' : 'violated',
    'lru-cache-enabled-again': 'holds',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(on: Kernel): Record<string, string> {
  const { settings } = on
  const frozen = 'a folio of the page cache is frozen instead'
  return {
    ...waiversOf(on, rows),
    ...(settings['copy-order'] === 'after-freeze'
      ? { "action 'pinner: refcount as expected?'": frozen }
      : { "action 'pinner: copied, refcount as expected?'": frozen }),
    ...(settings['munlock-decides-by'] === 'rmap-walk' && neverFails('this kernel has no mlock batches')),
  }
}

export const pinMlockBatchScenario = scenario({
  name: 'pin-mlock-batch',
  area: 'pinning',
  about: 'a long-term pin of a page that waits in the mlock batch of another CPU',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
