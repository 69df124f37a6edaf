/** Which claims are made of the scenario mlock-drain, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, mlockDrain } from '../../../spec/scenarios/mlock-drain.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { migratesDespiteRemoteEntry, migratesMlocked, migrationCanSucceed } from '../../mlock-migration.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { countersHaveRoom, nobodyLocks, oneWay, sectionsOfTheLruLockAreSteps } from './waivers.ts'

/** The series without its drain, the drain that was rejected, the one that was merged, and the end of the story. */
export const rows = ['v5.17', 'patch:mlock-batch-no-drain', 'patch:mlock-drain-after-walk', 'v5.18', 'v6.7', 'v6.17']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return mlockDrain(
    on,
    values,
    false,
    (mm) => [migratesMlocked(), migratesDespiteRemoteEntry(), refcountConserved(mm), migrationCanSucceed()],
    waivers(on),
  )
}

/**
 * What is expected of each claim on a kernel. An entry on another CPU is out of reach of every local drain; a long-term
 * pin looks at the refcount, and therefore drains every CPU, since v6.17.
 */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const batches = settings['munlock-decides-by'] === 'mlock-count'
  const own = settings['migration-drains-mlock'] === 'in-page-table-lock'
  return {
    'migrates-mlocked': batches && !own ? 'violated' : 'holds',
    'migrates-despite-remote-entry': neverFailsOn(settings) ? 'holds' : 'violated',
    'refcount-conserved': 'holds',
    'migration-can-succeed': 'reached',
  }
}

/** Whether no batch can make the migration fail: there is none, or both its own CPU's and all others' are drained. */
export function neverFailsOn(settings: Settings): boolean {
  if (settings['munlock-decides-by'] === 'rmap-walk') return true
  return settings['migration-drains-mlock'] === 'in-page-table-lock' && settings['drain-when'] !== 'lru-clear'
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers({ settings }: Kernel): Record<string, string> {
  const neverFails = 'this kernel drains every batch that could make the migration fail'
  return {
    ...countersHaveRoom,
    ...nobodyLocks,
    ...sectionsOfTheLruLockAreSteps,
    ...oneWay('migration'),
    ...(settings['munlock-decides-by'] === 'rmap-walk' && {
      "the premise of 'migrates-despite-remote-entry' is never true": 'this kernel has no mlock batches',
      'start never changes': 'this kernel has no mlock batches',
    }),
    ...(neverFailsOn(settings) && {
      "action 'migration: restore ptes' is never": neverFails,
      "action 'migration: unlock, -EAGAIN' is never": neverFails,
      "action 'migration: putback' is never": neverFails,
      'migration.pass never': neverFails,
      'migration.failed never': neverFails,
      'migration.phase is never undo': neverFails,
      'migration.alone never': neverFails,
    }),
  }
}

export const mlockDrainScenario = scenario({
  name: 'mlock-drain',
  area: 'mlock',
  about: 'migration of a folio that a VM_LOCKED VMA maps, which the mlock batch holds a reference of',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
