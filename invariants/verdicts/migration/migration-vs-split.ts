/** Which claims are made of the scenario migration-vs-split, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationVsSplit } from '../../../spec/scenarios/migration-vs-split.ts'
import type { Moved } from '../../migration.ts'
import { type LockUse, locksOfMigration, migrationReturns, noLockCycle } from '../../migration-progress.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { twoCachedFolios } from './waivers.ts'

/** Where a batch may wait for the lock of a folio that it wants to split. */
export const rows = ['v6.2', 'v6.3', 'v6.10', 'v6.11', 'v7.3']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migrationVsSplit(
    on,
    values,
    (mm) => [noCycle(on), migrationReturns(), refcountConserved(mm)] as readonly Claim<Mm>[],
    twoCachedFolios(on.settings),
  )
}

type Scene = Moved & { readonly reader: { readonly pc: string; readonly held: number | null } }

function noCycle({ settings }: Kernel): Claim<Scene> {
  const migration = ({ migration, folio }: Scene): LockUse => {
    const { pc, src } = migration
    const waits = pc === 'split_folio' && settings['split-lock'] === 'waits' && folio[src!].PG_locked
    return locksOfMigration(migration, waits ? src : null)
  }
  const reader = ({ reader, cache }: Scene): LockUse => ({
    holds: reader.held === null ? [] : [reader.held],
    wants: reader.pc === 'folio_lock' ? cache[0] : null,
  })
  return noLockCycle<Scene>(
    'migration does not wait for the lock of one folio while it holds that of another',
    'mm/migrate.c, try_split_folio (2e6506e1c4ee)',
    [migration, reader],
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const found = settings['migrate-list'] === 'batched' && settings['split-lock'] === 'waits' ? 'violated' : 'holds'
  return { 'no-lock-cycle': found, 'migration-returns': found, 'refcount-conserved': 'holds' }
}

export const migrationVsSplitScenario = scenario({
  name: 'migration-vs-split',
  area: 'migration',
  about: 'migration of two folios, one of them large and locked by readahead that needs the other',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
