/** Which claims are made of the scenario migration-vs-writeback, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationVsWriteback } from '../../../spec/scenarios/migration-vs-writeback.ts'
import type { Moved } from '../../migration.ts'
import { type LockUse, locksOfMigration, migrationReturns, noLockCycle } from '../../migration-progress.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { twoCachedFolios } from './waivers.ts'

/** Folio by folio, the first form of batched migration, and the form that was released. */
export const rows = ['v6.2', 'patch:migrate-batch-v6.3-rc1', 'v6.3', 'v7.3']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migrationVsWriteback(
    on,
    values,
    (mm) => [noCycle(on), migrationReturns(), refcountConserved(mm)] as readonly Claim<Mm>[],
    twoCachedFolios(on.settings),
  )
}

type Scene = Moved & { readonly migration: { readonly alone: boolean }; readonly worker: { readonly pc: string } }

/** The writeback of folio 1 is held by the worker, and waited for like a lock. */
function noCycle({ settings }: Kernel): Claim<Scene> {
  const waitsInBatch = settings['migrate-list'] === 'per-folio' || settings['batch-locks'] === 'as-asked'
  const migration = ({ migration, folio }: Scene): LockUse => {
    const waits = migration.pc === 'writeback?' && (waitsInBatch || migration.alone) && folio[1].PG_writeback
    return locksOfMigration(migration, waits && migration.src === 1 ? 1 : null)
  }
  const worker = ({ worker, folio, cache }: Scene): LockUse => ({
    holds: folio[1].PG_writeback ? [1] : [],
    wants: worker.pc === 'folio_lock' ? cache[0] : null,
  })
  return noLockCycle<Scene>(
    'migration does not wait for writeback that needs a folio which it has locked',
    'mm/migrate.c, migrate_pages_sync (fb3592c41a44, 2ef7dbb26990)',
    [migration, worker],
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const found = kernel(kernelName).settings['batch-locks'] === 'as-asked' ? 'violated' : 'holds'
  return { 'no-lock-cycle': found, 'migration-returns': found, 'refcount-conserved': 'holds' }
}

export const migrationVsWritebackScenario = scenario({
  name: 'migration-vs-writeback',
  area: 'migration',
  about: 'migration of two folios, one of them written back by a worker that needs the other',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
