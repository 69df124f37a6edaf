/** Which claims are made of the scenario gup-fast-vs-collapse, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, gupFastVsCollapse } from '../../../spec/scenarios/gup-fast-vs-collapse.ts'
import { pinnedPageIsMapped } from '../../gup-fast.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'

/** The last kernel that reads only the page-table entry again, and kernels that read the PMD too. */
export const rows = ['v6.0', 'v6.1', 'v6.17']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return gupFastVsCollapse(on, [pinnedPageIsMapped()], {})
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'pinned-page-mapped': settings['gup-fast-rechecks-pmd'] === 'yes' ? 'holds' : 'violated',
  }
}

export const gupFastVsCollapseScenario = scenario({
  name: 'gup-fast-vs-collapse',
  area: 'pinning',
  about: 'gup-fast pins a small page while khugepaged replaces its page table',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
