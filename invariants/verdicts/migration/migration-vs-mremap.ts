/** Which claims are made of the scenario migration-vs-mremap, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationVsMremap } from '../../../spec/scenarios/migration-vs-mremap.ts'
import { entryIsLocked, noEntryIsLeft, noLostUpdate, nothingNamesFree } from '../../migration.ts'
import { entryGoesAway } from '../../migration-progress.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { MEMORY_WAIVERS, NEVER_UNINITIALISED } from './waivers.ts'

/** What keeps an rmap walk from missing an entry that moves. */
export const rows = ['v3.12', 'v5.18', 'v6.3', 'v7.3', 'patch:move-ptes-unguarded']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migrationVsMremap(
    on,
    values,
    (mm) =>
      [
        noEntryIsLeft(mm),
        nothingNamesFree(mm),
        entryIsLocked(mm),
        entryGoesAway(mm),
        noLostUpdate(mm),
        refcountConserved(mm),
      ] as readonly Claim<Mm>[],
    { ...MEMORY_WAIVERS, ...NEVER_UNINITIALISED },
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const found = kernel(kernelName).settings['move-ptes'] === 'unguarded' ? 'violated' : 'holds'
  return {
    'no-entry-is-left': found,
    'nothing-names-a-free-folio': found,
    'migration-entry-is-locked': found,
    'entry-goes-away': found,
    'no-lost-update': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const migrationVsMremapScenario = scenario({
  name: 'migration-vs-mremap',
  area: 'migration',
  about: 'migration of a page whose page-table entry moves to another VMA',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
