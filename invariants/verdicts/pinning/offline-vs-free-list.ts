/** Which claims are made of the scenario offline-vs-free-list, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, offlineVsFreeList } from '../../../spec/scenarios/offline-vs-free-list.ts'
import { isolatedBlockNotAllocatedFrom, offliningSeesFreePages } from '../../offlining.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'

/** One kernel for each treatment of the free lists per CPU. */
export const rows = ['v5.8', 'v5.9', 'v5.11', 'v6.17']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return offlineVsFreeList(on, [offliningSeesFreePages(), isolatedBlockNotAllocatedFrom()], waivers(on))
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'offlining-sees-free-pages': settings['offline-pcp-lists'] === 'drain-once' ? 'violated' : 'holds',
    'isolated-block-not-allocated-from': settings['offline-pcp-lists'] === 'disable' ? 'holds' : 'violated',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers({ settings }: Kernel): Record<string, string> {
  const lists = settings['offline-pcp-lists']
  return lists === 'disable'
    ? { 'takenFromIsolated never changes': 'which is what the claim says of this kernel' }
    : {
        'page is never buddy': 'before the block is isolated nothing drains the lists of this kernel',
        'pcpDisabled never changes': 'this kernel does not disable them',
      }
}

export const offlineVsFreeListScenario = scenario({
  name: 'offline-vs-free-list',
  area: 'pinning',
  about: 'memory offlining while another CPU frees the last page of the range',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
