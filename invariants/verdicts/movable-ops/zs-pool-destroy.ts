/** Which claims are made of the scenario zs-pool-destroy, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, zsPoolDestroy } from '../../../spec/scenarios/zs-pool-destroy.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { isolatedOnce, pageRefsConserved } from '../../movable-ops.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { nothingOutlivesPool, poolDestroyReturns } from '../../zsmalloc.ts'
import { beforeMovableOps, roomToSpare } from './waivers.ts'

export const rows = ['v4.8', 'v5.3', 'patch:z3fold-wait-negated', 'v5.17', 'v6.17']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return zsPoolDestroy(
    on,
    values,
    (mm) => [nothingOutlivesPool(mm), poolDestroyReturns(), isolatedOnce(mm), pageRefsConserved(mm)],
    waivers(on.settings),
  )
}

/**
 * What is expected of each claim on a kernel. Where freeing is left to the one who puts a zspage back, the end of the pool has
 * to wait for isolated pages, in the right sense. Where a zspage is freed although a page of it is isolated, it need not.
 */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const deferred = settings['zspage-while-isolated'] === 'off-its-list'
  const waits = settings['pool-destroy-waits-for']
  return {
    'nothing-outlives-pool': deferred && waits !== 'no-isolated-page' ? 'violated' : 'holds',
    'pool-destroy-returns': waits === 'an-isolated-page' ? 'violated' : 'holds',
    'isolated-once': 'holds',
    'page-refs-conserved': 'holds',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(settings: Settings): Record<string, string> {
  return {
    ...roomToSpare,
    ...(settings['zs-migrate-empty'] === 'done' && {
      "action 'compaction: not moved' is never enabled": 'this kernel refuses no page once there is a destination',
      "action 'compaction2: not moved' is never enabled": 'this kernel refuses no page once there is a destination',
    }),
  }
}

export const zsPoolDestroyScenario = scenario({
  name: 'zs-pool-destroy',
  area: 'movable-ops',
  about: 'a pool is destroyed while compaction has a page of it isolated',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  silentOn: beforeMovableOps,
  module: import.meta.url,
  build,
})
