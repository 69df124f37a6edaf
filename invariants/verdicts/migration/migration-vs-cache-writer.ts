/** Which claims are made of the scenario migration-vs-cache-writer, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationVsCacheWriter } from '../../../spec/scenarios/migration-vs-cache-writer.ts'
import { cacheIsValid, migrationInvisible, noLateWrite, nothingNamesFree } from '../../migration.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { MEMORY_WAIVERS, NEVER_UNINITIALISED, ONLY_CACHED } from './waivers.ts'

/** The two orders of copying and freezing, each with a writer that locks the folio and one that does not. */
export const rows = ['v6.11', 'v6.12', 'v7.3', 'patch:write-without-folio-lock-v6.11', 'patch:write-without-folio-lock']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migrationVsCacheWriter(
    on,
    values,
    (mm) =>
      [
        migrationInvisible(mm),
        cacheIsValid(mm),
        noLateWrite(),
        nothingNamesFree(mm),
        refcountConserved(mm),
      ] as readonly Claim<Mm>[],
    { ...MEMORY_WAIVERS, ...ONLY_CACHED, ...NEVER_UNINITIALISED },
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const loses = settings['copy-order'] === 'before-freeze' && settings['write-to-cache'] === 'reference'
  return {
    'migration-invisible': loses ? 'violated' : 'holds',
    'cache-is-valid': loses ? 'violated' : 'holds',
    'no-late-write': loses ? 'violated' : 'holds',
    'nothing-names-a-free-folio': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const migrationVsCacheWriterScenario = scenario({
  name: 'migration-vs-cache-writer',
  area: 'migration',
  about: 'migration of a folio of the page cache that somebody writes to',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
