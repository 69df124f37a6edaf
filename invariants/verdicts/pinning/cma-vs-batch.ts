/** Which claims are made of the scenario cma-vs-batch, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, cmaVsBatch, constants } from '../../../spec/scenarios/cma-vs-batch.ts'
import { cmaNotBusyForBatches, cmaSucceedsAlone } from '../../cma.ts'
import { inOnePlace, sourceHasNoOwner } from '../../folio-owners.ts'
import { lruCacheEnabledAgain } from '../../offlining.ts'
import { isolatedOnOneList, refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { neverFails, spare, spareOf } from './spare.ts'

/** The kernels that the matrix shows: draining once, disabling, and the time when waiting cleared PG_lru. */
export const rows = ['v5.12', 'v5.13', 'v6.13', 'v6.17']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return cmaVsBatch(
    on,
    values,
    (mm) => [
      cmaSucceedsAlone(),
      cmaNotBusyForBatches(mm),
      isolatedOnOneList(mm, ['cma']),
      lruCacheEnabledAgain('cma'),
      refcountConserved(mm),
      sourceHasNoOwner(['cma']),
      inOnePlace(mm),
    ],
    waivers(on),
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'cma-succeeds-alone': settings['cma-lru-batches'] === 'disable' ? 'holds' : 'violated',
    'cma-not-busy-for-batches': settings['cma-lru-batches'] === 'disable' ? 'holds' : 'violated',
    'isolated-on-one-list': 'holds',
    'lru-cache-enabled-again': 'holds',
    'refcount-conserved': 'holds',
    'source-has-no-owner': 'holds',
    'in-one-place': 'holds',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers({ settings }: Kernel): Record<string, string> {
  return {
    ...spare,
    ...spareOf('cma'),
    ...(settings['cma-lru-batches'] === 'disable' && neverFails('nothing else holds a reference', 'cma')),
  }
}

export const cmaVsBatchScenario = scenario({
  name: 'cma-vs-batch',
  area: 'pinning',
  about: 'a CMA area is allocated while its page is in use on another CPU',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
