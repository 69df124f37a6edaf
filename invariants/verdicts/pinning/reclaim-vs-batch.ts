/** Which claims are made of the scenario reclaim-vs-batch, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, reclaimVsBatch } from '../../../spec/scenarios/reclaim-vs-batch.ts'
import { inOnePlace } from '../../folio-owners.ts'
import { reclaimFindsAFolio } from '../../offlining.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { spare } from './spare.ts'

/** Before, with, and after the time when waiting in a batch cleared PG_lru. */
export const rows = ['v6.10', 'v6.11', 'v6.17']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return reclaimVsBatch(on, (mm) => [reclaimFindsAFolio(), refcountConserved(mm), inOnePlace(mm)], waivers(on))
}

/** What is expected of each claim on a kernel. What 0885ef470560 did about it in v6.12 is not modelled. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'reclaim-finds-a-folio': settings['lru-flag-in-batches'] === 'kept' ? 'holds' : 'violated',
    'refcount-conserved': 'holds',
    'in-one-place': 'holds',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers({ settings }: Kernel): Record<string, string> {
  return {
    ...spare,
    ...(settings['lru-flag-in-batches'] === 'kept' && {
      "action 'reclaim: out of memory'": 'which is what the claim says of this kernel',
    }),
  }
}

export const reclaimVsBatchScenario = scenario({
  name: 'reclaim-vs-batch',
  area: 'pinning',
  about: 'reclaim while the only page to reclaim waits in a batch of another CPU',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
