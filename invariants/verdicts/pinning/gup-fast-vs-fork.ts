/** Which claims are made of the scenario gup-fast-vs-fork, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, gupFastVsFork } from '../../../spec/scenarios/gup-fast-vs-fork.ts'
import { forkCanPrecedePin, parentKeepsPinnedPage, pinnedPageIsExclusive } from '../../gup-fast.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'

/** One kernel for each way in which fork treated pinned pages. */
export const rows = ['v5.8', 'v5.10', 'v5.11', 'v6.17']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return gupFastVsFork(on, [parentKeepsPinnedPage(), pinnedPageIsExclusive(), forkCanPrecedePin()], waivers())
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'parent-keeps-pinned-page': settings['fork-write-protect-seq'] === 'yes' ? 'holds' : 'violated',
    'pinned-page-exclusive': settings['fork-write-protect-seq'] === 'yes' ? 'holds' : 'violated',
    'pin-during-fork': 'reached',
  }
}

/** What no kernel can do, with the reason; everything else that never happens fails the run. */
function waivers(): Record<string, string> {
  return {
    'folio[*].refs is never 3': 'a pinned page is mapped by somebody',
  }
}

export const gupFastVsForkScenario = scenario({
  name: 'gup-fast-vs-fork',
  area: 'pinning',
  about: 'gup-fast pins an anonymous page without a lock while the process forks',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
