/** Which claims are made of the scenario migration-vs-protection, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationVsProtection } from '../../../spec/scenarios/migration-vs-protection.ts'
import { migrationInvisible, noLateWrite, noLostUpdate, nothingNamesFree, tlbNamesNoFree } from '../../migration.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { MEMORY_WAIVERS, NEVER_UNINITIALISED } from './waivers.ts'

/** Whether and when the TLBs are flushed before the copy. */
export const rows = ['v3.12', 'v3.13', 'v6.2', 'v6.3', 'v7.3', 'patch:migrate-without-flush']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migrationVsProtection(
    on,
    values,
    (mm) =>
      [
        migrationInvisible(mm),
        noLostUpdate(mm),
        noLateWrite(),
        tlbNamesNoFree(mm),
        nothingNamesFree(mm),
        refcountConserved(mm),
      ] as readonly Claim<Mm>[],
    { ...MEMORY_WAIVERS, ...NEVER_UNINITIALISED },
  )
}

/** What is expected of each claim on a kernel. The references are in order all the time: translations have none. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const flushes = settings['unmap-flush'] !== 'never' && settings['flush-without-access'] === 'yes'
  const found = flushes ? 'holds' : 'violated'
  return {
    'migration-invisible': found,
    'no-lost-update': found,
    'no-late-write': found,
    'no-stale-translation': found,
    'nothing-names-a-free-folio': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const migrationVsProtectionScenario = scenario({
  name: 'migration-vs-protection',
  area: 'migration',
  about: 'migration of a page whose translations are about to be flushed',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
