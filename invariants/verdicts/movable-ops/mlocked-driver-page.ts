/** What is expected of the scenario mlocked-driver-page on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, mlockedDriverPage } from '../../../spec/scenarios/mlocked-driver-page.ts'
import { freePageNotMlocked } from '../../movable-ops.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'

/** The kernels that the matrix shows: the last unmapping clears PG_mlocked, the release of a folio does, the allocator does. */
export const rows = ['v5.17', 'v5.18', 'v6.12']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return mlockedDriverPage(on, (mm) => [freePageNotMlocked(mm)], waivers)
}

const oneLife = 'the page is on no LRU list, nobody isolates it, and it is used once'

/** What never happens here, with the reason. */
const waivers = {
  'folio[*].refs is never': 'the counter has room to spare',
  'folio[*].zone never changes': oneLife,
  'folio[*].isolated never changes': oneLife,
  'folio[*].PG_lru never changes': oneLife,
  'folio[*].PG_unevictable never changes': oneLife,
  'lruLock never changes': oneLife,
  'vma[*].VM_IO never changes': 'the VMA was VM_LOCKED before the page was touched: mlock(2) does not walk',
  'pte[*].kind is never special': 'the driver maps a page, not a PFN',
}

/** What is expected on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const outlives = settings['munlock-decides-by'] === 'mlock-count' && settings['free-clears-mlocked'] !== 'allocator'
  return { 'free-page-not-mlocked': outlives ? 'violated' : 'holds' }
}

export const mlockedDriverPageScenario = scenario({
  name: 'mlocked-driver-page',
  area: 'movable-ops',
  about: 'a driver frees a page that user space has mlocked (D6)',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
