/** Which claims are made of the scenario gup-fast-vs-secretmem, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, gupFastVsSecretmem } from '../../../spec/scenarios/gup-fast-vs-secretmem.ts'
import { secretsAreNotPinned } from '../../gup-fast.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'

/** The last kernel that asks PG_lru, and kernels that do not. */
export const rows = ['v6.8', 'v6.9', 'v6.17']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return gupFastVsSecretmem(on, [secretsAreNotPinned()], waivers(on))
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'secretmem-not-pinned': settings['gup-fast-secretmem'] === 'by-mapping' ? 'holds' : 'violated',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers({ settings }: Kernel): Record<string, string> {
  return settings['gup-fast-secretmem'] === 'by-mapping'
    ? { 'pinned never changes': 'which is what the claim says of this kernel' }
    : {}
}

export const gupFastVsSecretmemScenario = scenario({
  name: 'gup-fast-vs-secretmem',
  area: 'pinning',
  about: 'gup-fast meets a page of memfd_secret that still waits in a batch',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
