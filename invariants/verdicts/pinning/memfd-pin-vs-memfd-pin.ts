/** Which claims are made of the scenario memfd-pin-vs-memfd-pin, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, memfdPinVsMemfdPin } from '../../../spec/scenarios/memfd-pin-vs-memfd-pin.ts'
import { bothCanPin, dropsOnlyItsOwnReferences, memfdReferencesConserved } from '../../memfd-pin.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'

/** The release that brought memfd_pin_folios, and the one that repaired it. */
export const rows = ['v6.11', 'v6.12', 'v6.17']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return memfdPinVsMemfdPin(on, [dropsOnlyItsOwnReferences(), memfdReferencesConserved(), bothCanPin()], {})
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'drops-only-its-own': settings['memfd-pin-after-lost-race'] === 'nothing' ? 'holds' : 'violated',
    'memfd-references-conserved': 'holds',
    'both-can-pin': 'reached',
  }
}

export const memfdPinVsMemfdPinScenario = scenario({
  name: 'memfd-pin-vs-memfd-pin',
  area: 'pinning',
  about: 'two tasks pin an index of a memfd that nobody has touched',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
