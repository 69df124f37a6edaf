/** Which claims are made of the scenario migration-thp, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationThp } from '../../../spec/scenarios/migration-thp.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { everyFolioCounted, resultTells } from '../../migration-results.ts'
import {
  entriesAreRestored,
  nothingStaysIsolated,
  partsAreMoved,
  splitMayFail,
  tailIsNobodys,
  thpCountedAsDocumented,
  thpCountedOnce,
} from '../../migration-thp.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { MEMORY_WAIVERS } from './waivers.ts'

/** Ways of counting, ways of treating the parts of a THP, and a candidate of v6.10 that miscounted. */
export const rows = ['v5.16', 'v5.17', 'v6.2', 'patch:deferred-split-rc', 'v7.3']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  const { countsThps, countsFolios } = countingOn(on.settings)
  return migrationThp(
    on,
    values,
    (mm) =>
      [
        everyFolioCounted(),
        ...(countsThps ? [thpCountedAsDocumented()] : []),
        ...(countsFolios ? [thpCountedOnce()] : []),
        resultTells(),
        nothingStaysIsolated(mm),
        partsAreMoved(),
        splitMayFail(),
        entriesAreRestored(),
        tailIsNobodys(mm),
        refcountConserved(mm),
      ] as readonly Claim<Mm>[],
    waivers(on.settings),
  )
}

function waivers(settings: Settings): Record<string, string> {
  const { batched, countsThps, countsFolios, countsAllPages } = countingOn(settings)
  const once = 'one call, and what is free before it is not on its list'
  const rare = 'there is one reference in the way, and it is in the way of one folio'
  return {
    ...MEMORY_WAIVERS,
    'migration.src is never': once,
    'migration.dst is never': once,
    'migration.listed is never 1, 2': 'both folios are looked up before they are migrated',
    'migration.next is never': 'the THP is one folio of the list',
    'migration.stats.nr_failed is never': rare,
    'migration.stats.nr_failed_pages is never': rare,
    'migration.stats.retry is never': rare,
    'migration.stats.retry never changes': rare,
    'migration.stats.nr_retry_pages is never': rare,
    'walker.folio is never': rare,
    ...(!countsAllPages && {
      'migration.stats.nr_retry_pages never changes': 'this kernel does not count the pages that it has tried again',
    }),
    ...(!countsFolios && { 'migration.parts never changes': 'this kernel tries the parts like other folios' }),
    ...(!countsThps && {
      'migration.stats.nr_thp_succeeded never changes': 'this kernel does not count THPs',
      'migration.stats.nr_thp_failed never changes': 'this kernel does not count THPs',
      'migration.stats.nr_thp_split never changes': 'this kernel does not count THPs',
      'migration.stats.thp_retry never changes': 'this kernel does not count THPs',
    }),
    ...(settings['thp-unsupported'] === '-ENOMEM'
      ? { 'migration.error is never -ENOSYS, deferred': 'this kernel knows one reason for a split, -ENOMEM' }
      : settings['deferred-split'] === 'no' && {
          'migration.error is never deferred': 'this kernel migrates whole what waits to be split',
        }),
    ...(batched && { 'migration.returned is never': 'the batch gives no folio up before its end' }),
  }
}

/** Which claims about counters make sense: THPs have counters since v5.9, and folios are counted since v5.17. */
function countingOn(settings: Settings) {
  const batched = settings['migrate-list'] === 'batched'
  const counts = settings['migrate-counts']
  return {
    batched,
    countsThps: batched || counts !== 'entries',
    countsFolios: batched || (counts !== 'entries' && counts !== 'base-pages'),
    countsAllPages: batched || counts === 'folios-and-retries',
  }
}

/**
 * What is expected of each claim on a kernel. Up to v6.0 no two counters had the same units, and between v5.17 and v6.0 the
 * call did not return 0 when all parts of a THP were moved. The documentation describes v5.9 to v5.16.
 */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const { batched, countsThps, countsFolios, countsAllPages } = countingOn(settings)
  const uncounted = settings['deferred-split'] === 'first-uncounted'
  const forgets = !batched && countsFolios && settings['parts-without-memory'] === 'forgotten'
  const oneTooMany = countsFolios && settings['split-result'] === 'as-counted'
  const found = (found: boolean): Expectation => (found ? 'violated' : 'holds')
  return {
    'every-folio-counted': found(!countsAllPages),
    ...(countsThps && { 'thp-fail-as-documented': found(countsFolios) }),
    ...(countsFolios && { 'thp-counted-once': found(uncounted) }),
    'result-tells': found(oneTooMany || uncounted),
    'nothing-stays-isolated': found(forgets || uncounted),
    'parts-are-moved': 'reached',
    'split-may-fail': 'reached',
    'pages-stay-mapped': 'holds',
    'tail-is-nobodys': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const migrationThpScenario = scenario({
  name: 'migration-thp',
  area: 'migration',
  about: 'migration of a THP that may have to be split first, what it returns and what it counts',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  silentOn: (settings) =>
    settings['thp-unsupported'] === 'callers-split'
      ? 'before v4.17 migrate_pages is given no THP that it cannot migrate'
      : null,
  module: import.meta.url,
  build,
})
