/** Which claims are made of the scenario migration-and-user, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationAndUser } from '../../../spec/scenarios/migration-and-user.ts'
import {
  cacheIsValid,
  entryIsLocked,
  isolatedCounted,
  lruExclusive,
  migrationInvisible,
  noEntryIsLeft,
  noLateWrite,
  noLostUpdate,
  nothingNamesFree,
  sleeperIsWoken,
} from '../../migration.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { MEMORY_WAIVERS, NEVER_UNINITIALISED } from './waivers.ts'

/** The kernels that the matrix shows: one for each way in which migration was ever done. */
export const rows = ['v4.20', 'v5.0', 'v5.17', 'v5.18', 'v6.3', 'v6.12', 'v7.3']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migrationAndUser(
    on,
    values,
    (mm) =>
      [
        migrationInvisible(mm),
        noLostUpdate(mm),
        noLateWrite(),
        refcountConserved(mm),
        nothingNamesFree(mm),
        entryIsLocked(mm),
        sleeperIsWoken(mm),
        noEntryIsLeft(mm),
        lruExclusive(mm),
        isolatedCounted(),
        cacheIsValid(mm),
      ] as readonly Claim<Mm>[],
    { ...MEMORY_WAIVERS, ...NEVER_UNINITIALISED },
  )
}

/** All of it holds on every kernel. */
export function expected(): Readonly<Record<string, Expectation>> {
  return {
    'migration-invisible': 'holds',
    'no-lost-update': 'holds',
    'no-late-write': 'holds',
    'refcount-conserved': 'holds',
    'nothing-names-a-free-folio': 'holds',
    'migration-entry-is-locked': 'holds',
    'sleeper-is-woken': 'holds',
    'no-entry-is-left': 'holds',
    'on-one-list': 'holds',
    'isolated-is-counted': 'holds',
    'cache-is-valid': 'holds',
  }
}

export const migrationAndUserScenario = scenario({
  name: 'migration-and-user',
  area: 'migration',
  about: 'loads and stores of a task while its pages are migrated, with success and failure',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
