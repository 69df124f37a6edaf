/** Which claims are made of the scenario cma-vs-short-pin, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, cmaVsShortPin, constants } from '../../../spec/scenarios/cma-vs-short-pin.ts'
import { cmaNotBusyForShortPins, shortPinsOnlyDelayCma } from '../../cma.ts'
import { sourceHasNoOwner } from '../../folio-owners.ts'
import { pinIsMapped, refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { expectedOfPin, rows, waiversOf } from './short-pins.ts'

export { rows }

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return cmaVsShortPin(
    on,
    values,
    (mm) => [
      shortPinsOnlyDelayCma(),
      cmaNotBusyForShortPins(),
      pinIsMapped(mm),
      refcountConserved(mm),
      sourceHasNoOwner(['cma'], ['pinner']),
    ],
    waiversOf('cma', on.settings['cma-lru-batches'] === 'disable'),
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'short-pins-only-delay-cma': 'holds',
    'cma-not-busy-for-short-pins': 'violated',
    ...expectedOfPin(settings),
  }
}

export const cmaVsShortPinScenario = scenario({
  name: 'cma-vs-short-pin',
  area: 'pinning',
  about: 'direct I/O pins a page of a CMA area while it is being allocated',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
