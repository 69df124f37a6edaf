/** Which claims are made of the scenario zspage-emptied, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, zspageEmptied } from '../../../spec/scenarios/zspage-emptied.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { isolatedOnce, pageRefsConserved, releasedPageIsFreed } from '../../movable-ops.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import {
  compacts,
  emptyZspageHasFreer,
  handleNamesZspage,
  workerHoldsEveryPage,
  type ZsScene,
  zspageMoves,
  zspageNotFreedIsolated,
} from '../../zsmalloc.ts'
import { beforeMovableOps, roomToSpare } from './waivers.ts'

export const rows = ['v4.8', 'v4.14', 'v5.3', 'v5.17', 'v5.19', 'v6.17']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return zspageEmptied(
    on,
    values,
    (mm) => [
      emptyZspageHasFreer(),
      workerHoldsEveryPage(mm),
      zspageNotFreedIsolated(mm),
      handleNamesZspage(),
      releasedPageIsFreed<ZsScene>(mm, compacts),
      isolatedOnce(mm),
      pageRefsConserved(mm),
      zspageMoves(),
    ],
    waivers(on.settings),
  )
}

/**
 * What is expected of each claim on a kernel. Where an isolated zspage is off its list, freeing is left to the one who puts it
 * back, who must not forget it. Where it stays on its list, it may be freed meanwhile, and the worker meets migration.
 */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const stays = settings['zspage-while-isolated'] === 'stays'
  const forgets = settings['zs-migrate-empty'] === 'done' && settings['zs-migrated-empty'] === 'ignores'
  return {
    'empty-zspage-has-freer': !stays && forgets ? 'violated' : 'holds',
    'worker-holds-every-page': stays && settings['lock-zspage'] === 'along-the-chain' ? 'violated' : 'holds',
    'zspage-not-freed-isolated': stays ? 'violated' : 'holds',
    'handle-names-zspage': 'holds',
    'released-page-freed': 'holds',
    'isolated-once': 'holds',
    'page-refs-conserved': 'holds',
    'zspage-moves': 'reached',
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

export const zspageEmptiedScenario = scenario({
  name: 'zspage-emptied',
  area: 'movable-ops',
  about: 'the last object of a zspage is freed while compaction moves its pages',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  silentOn: beforeMovableOps,
  module: import.meta.url,
  build,
})
