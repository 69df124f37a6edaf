/** Which claims are made of the scenario offline-fails, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, offlineFails } from '../../../spec/scenarios/offline-fails.ts'
import { lruCacheEnabledAgain } from '../../offlining.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { neverFails, spare, spareOf } from './spare.ts'

/** Before the batches were disabled, the first release that did, and its repair. */
export const rows = ['v5.12', 'v5.13', 'v5.14', 'v6.17']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return offlineFails(on, (mm) => [lruCacheEnabledAgain('offline'), refcountConserved(mm)], waivers(on))
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'lru-cache-enabled-again':
      settings['offline-disables-lru-cache'] === 'yes' && settings['offline-error-enables-lru-cache'] === 'no'
        ? 'violated'
        : 'holds',
    'refcount-conserved': 'holds',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(_: Kernel): Record<string, string> {
  return { ...spare, ...spareOf('offline'), ...neverFails('nothing else holds a reference', 'offline') }
}

export const offlineFailsScenario = scenario({
  name: 'offline-fails',
  area: 'pinning',
  about: 'memory offlining that gives up on its way',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
