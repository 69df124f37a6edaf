/** Which claims are made of the scenario short-pin-vs-offline, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, shortPinVsOffline } from '../../../spec/scenarios/short-pin-vs-offline.ts'
import { sourceHasNoOwner } from '../../folio-owners.ts'
import { offliningOutlastsPins, shortPinsOnlyDelay } from '../../offlining.ts'
import { pinIsMapped, refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { expectedOfPin, rows, waiversOf } from './short-pins.ts'

export { rows }

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return shortPinVsOffline(
    on,
    values,
    (mm) => [
      shortPinsOnlyDelay(),
      offliningOutlastsPins(),
      pinIsMapped(mm),
      refcountConserved(mm),
      sourceHasNoOwner(['offline'], ['pinner']),
    ],
    waiversOf('offline', on.settings['offline-disables-lru-cache'] === 'yes'),
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'short-pins-only-delay': 'holds',
    'offlining-outlasts-short-pins': 'violated',
    ...expectedOfPin(settings),
  }
}

export const shortPinVsOfflineScenario = scenario({
  name: 'short-pin-vs-offline',
  area: 'pinning',
  about: 'direct I/O pins a page of ZONE_MOVABLE while it is being offlined',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
