/** Which claims are made of the scenario migration-results, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationResults } from '../../../spec/scenarios/migration-results.ts'
import { nothingNamesFree } from '../../migration.ts'
import {
  destinationHasOwner,
  everyFolioCounted,
  nomemMovesTheRest,
  nothingLeaks,
  resultTells,
} from '../../migration-results.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { MEMORY_WAIVERS } from './waivers.ts'

/** Folio by folio, and in batches, with either order of copying. */
export const rows = ['v5.16', 'v5.18', 'v6.2', 'v6.3', 'v6.12', 'v7.3']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migrationResults(
    on,
    values,
    (mm) =>
      [
        everyFolioCounted(),
        resultTells(),
        nomemMovesTheRest(),
        nothingLeaks(mm),
        nothingNamesFree(mm),
        refcountConserved(mm),
        destinationHasOwner(),
      ] as readonly Claim<Mm>[],
    {
      ...MEMORY_WAIVERS,
      'migration.src is never F2': 'there is one call, and F2 is free before it',
      'migration.next never changes': 'with one free folio no second one is unmapped in the same batch',
      ...countsHidden(on),
    },
  )
}

/** Counters of which something is hidden within one step, or that a kernel does not use. */
function countsHidden({ settings }: Kernel): Record<string, string> {
  const { 'migrate-list': list, 'migrate-counts': counts } = settings
  const alone = 'no second folio is tried before the counter begins anew'
  if (list === 'batched')
    return { 'migration.stats.retry never changes': alone, 'migration.stats.nr_retry_pages never changes': alone }
  const unused = 'this kernel does not count the pages that it has tried again'
  return {
    'migration.stats.retry is never 2': alone,
    'migration.stats.nr_retry_pages is never 2': alone,
    ...(counts !== 'folios-and-retries' && { 'migration.stats.nr_retry_pages never changes': unused }),
    ...(counts === 'folios' && { 'migration.stats.nr_failed_pages is never 2': unused }),
  }
}

/** Whether PGMIGRATE_FAIL leaves out what was tried in every pass (v5.17 to v6.0). */
export const leavesOutRetried = ({ settings }: Kernel): boolean =>
  settings['migrate-list'] === 'per-folio' && settings['migrate-counts'] === 'folios'

/**
 * What is expected of each claim on a kernel. PGMIGRATE_FAIL left out, for a while, what was tried to the end. Whoever unmaps the page while its entry is a migration entry leaves the
 * destination without an owner: the put of which a comment says that it does not free anything does.
 */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  return {
    'every-folio-counted': leavesOutRetried(kernel(kernelName)) ? 'violated' : 'holds',
    'result-tells': 'holds',
    'nomem-and-moved': 'reached',
    'nothing-leaks': 'holds',
    'nothing-names-a-free-folio': 'holds',
    'refcount-conserved': 'holds',
    'destination-has-owner': 'violated',
  }
}

export const migrationResultsScenario = scenario({
  name: 'migration-results',
  area: 'migration',
  about: 'what migrate_pages returns and counts, with too little memory and pages that are unmapped meanwhile',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
