/** Which claims are made of the scenario migration-fallback, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationFallback } from '../../../spec/scenarios/migration-fallback.ts'
import { cacheIsValid, noLostUpdate, nothingNamesFree } from '../../migration.ts'
import { cleanIsOnDisk, fallbackMoves, notMovedUnderWriteback, storeIsNoticed } from '../../migration-fallback.ts'
import { everyFolioCounted, resultTells } from '../../migration-results.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { leavesOutRetried } from './migration-results.ts'
import { IN_PAGE_CACHE, MEMORY_WAIVERS } from './waivers.ts'

/** Folio by folio and in batches, and the kernels that write nothing out any more. */
export const rows = ['v6.2', 'v6.3', 'v6.15', 'v6.16', 'v7.3']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migrationFallback(
    on,
    values,
    (mm) =>
      [
        noLostUpdate(mm),
        cacheIsValid(mm),
        cleanIsOnDisk(),
        storeIsNoticed(mm),
        notMovedUnderWriteback(),
        everyFolioCounted(),
        resultTells(),
        fallbackMoves(),
        nothingNamesFree(mm),
        refcountConserved(mm),
      ] as readonly Claim<Mm>[],
    waivers(on),
  )
}

function waivers({ settings }: Kernel): Record<string, string> {
  const writesOut = settings['fallback-writeout'] === 'writes-out'
  const once = 'one call moves one folio'
  const hidden = 'with one folio the next pass begins at once, or there is none'
  return {
    ...MEMORY_WAIVERS,
    ...IN_PAGE_CACHE,
    "action 'migration: BUG' is never": 'whoever has hit a BUG does not go on',
    'buffer.folio is never F1': 'private data is released, and nobody attaches any to the destination',
    'migration.src is never F1': once,
    'migration.dst is never F0': once,
    'migration.stats.retry never changes': hidden,
    'migration.stats.nr_retry_pages never changes': hidden,
    ...(writesOut
      ? { 'migration.error is never -EBUSY': 'without a batch MIGRATE_SYNC has a remedy for everything here' }
      : { 'migration.error is never -EIO': 'this kernel writes nothing out' }),
  }
}

/** What is expected of each claim on a kernel, in MIGRATE_SYNC. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const writesOut = settings['fallback-writeout'] === 'writes-out'
  return {
    'no-lost-update': 'holds',
    'cache-is-valid': 'holds',
    'clean-is-on-disk': writesOut ? 'violated' : 'holds',
    'store-is-noticed': writesOut ? 'violated' : 'holds',
    'not-moved-under-writeback': writesOut && settings['migrate-list'] === 'batched' ? 'violated' : 'holds',
    'every-folio-counted': leavesOutRetried(kernel(kernelName)) ? 'violated' : 'holds',
    'result-tells': 'holds',
    'can-be-moved': 'reached',
    'nothing-names-a-free-folio': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const migrationFallbackScenario = scenario({
  name: 'migration-fallback',
  area: 'migration',
  about: 'migration of a dirty page of a file whose file system cannot migrate it, while it is stored to',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
