/** Which claims are made of the scenario pin-zero-page, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, pinZeroPage } from '../../../spec/scenarios/pin-zero-page.ts'
import { refcountConserved, zeroPageNotCounted, zeroPagePinReturns } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { neverMigrates, spare } from './spare.ts'

/** Each answer to whether the zero page may be pinned, and both ways of counting. */
export const rows = [
  'patch:longterm-movable-v3',
  'v5.13',
  'patch:isolate-unpinnable-rc',
  'v5.19',
  'patch:device-coherent-rc',
  'v6.4',
  'v6.5',
  'v6.17',
]

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return pinZeroPage(on, (mm) => [zeroPagePinReturns(), zeroPageNotCounted(), refcountConserved(mm)], waivers(on))
}

/** What is expected of each claim on a kernel. Where a failed isolation is accepted, the zero page is pinned all the same. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'zero-page-pin-granted':
      settings['zero-page-pinnable'] === 'yes' || settings['on-isolation-failure'] === 'accept' ? 'holds' : 'violated',
    'zero-page-not-counted': settings['zero-page-counts-pins'] === 'yes' ? 'violated' : 'holds',
    'refcount-conserved': 'holds',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers({ settings }: Kernel): Record<string, string> {
  return {
    ...spare,
    ...neverMigrates('the zero page cannot be isolated'),
    ...(settings['zero-page-counts-pins'] === 'no' && {
      'folio[*].pins never changes': 'which is what the claim says of this kernel',
    }),
  }
}

export const pinZeroPageScenario = scenario({
  name: 'pin-zero-page',
  area: 'pinning',
  about: 'a long-term pin of the zero page',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
