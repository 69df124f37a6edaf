/** Which claims are made of the scenario migration-unmovable, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationUnmovable } from '../../../spec/scenarios/migration-unmovable.ts'
import { nothingNamesFree } from '../../migration.ts'
import { everyFolioCounted, resultTells } from '../../migration-results.ts'
import {
  compactionLeavesUnmovable,
  otherIsMoved,
  unmovableFails,
  unmovableIsMapped,
  unmovableStays,
} from '../../migration-unmovable.ts'
import { isolatedOnOneList, refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { IN_PAGE_CACHE, MEMORY_WAIVERS } from './waivers.ts'

/** With either order of copying; no mapping can be marked before v6.8. */
export const rows = ['v6.8', 'v7.3']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migrationUnmovable(
    on,
    values,
    (mm) =>
      [
        unmovableStays(),
        unmovableFails(),
        compactionLeavesUnmovable(),
        everyFolioCounted(),
        resultTells(),
        otherIsMoved(),
        unmovableIsMapped(),
        isolatedOnOneList(mm, ['migration', 'compaction']),
        nothingNamesFree(mm),
        refcountConserved(mm),
      ] as readonly Claim<Mm>[],
    WAIVERS,
  )
}

const BY_COMPACTION = 'compaction leaves the unmovable folio alone, and frees nothing that lies before the others'
const ONE_CALL = 'one call, in which one folio fails for good and nobody is in the way of the other'

const WAIVERS: Readonly<Record<string, string>> = {
  ...MEMORY_WAIVERS,
  ...IN_PAGE_CACHE,
  "action 'compaction: refcount as expected?' is never": 'folios of the page cache are frozen, not only compared',
  "action 'compaction: copied, refcount as expected?' is never":
    'folios of the page cache are frozen, not only compared',
  "action 'compaction: mapping_unmovable?' is never": BY_COMPACTION,
  "action 'compaction: unlock, give up' is never": BY_COMPACTION,
  'compaction.dst is never F0': BY_COMPACTION,
  'compaction.error never changes': BY_COMPACTION,
  'migration.dst is never F0': 'F0 is never free',
  'migration.src is never F3': ONE_CALL,
  'migration.next never changes': ONE_CALL,
  'migration.stats.nr_succeeded is never 2': ONE_CALL,
  'migration.stats.retry never changes': ONE_CALL,
  'migration.stats.nr_retry_pages never changes': ONE_CALL,
}

/** All of it holds where there are such mappings. */
export function expected(): Readonly<Record<string, Expectation>> {
  return {
    'unmovable-stays': 'holds',
    'unmovable-fails': 'holds',
    'compaction-leaves-unmovable': 'holds',
    'every-folio-counted': 'holds',
    'result-tells': 'holds',
    'other-is-moved': 'reached',
    'unmovable-is-mapped': 'holds',
    'isolated-on-one-list': 'holds',
    'nothing-names-a-free-folio': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const migrationUnmovableScenario = scenario({
  name: 'migration-unmovable',
  area: 'migration',
  about: 'migration of a folio that must stay where it is, beside one that need not, while compaction looks at both',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  silentOn: (settings) =>
    settings['unmovable-mapping'] === 'unknown' ? 'no mapping can be marked unmovable before v6.8' : null,
  module: import.meta.url,
  build,
})
