/** Which claims are made of the scenario migration-vs-io, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationVsIo } from '../../../spec/scenarios/migration-vs-io.ts'
import { returnsWithoutIo } from '../../migration-progress.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { twoCachedFolios } from './waivers.ts'

/** Before and after the change of what MIGRATE_SYNC_LIGHT waits for. */
export const rows = ['v6.2', 'v6.4', 'v6.5', 'v7.3']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migrationVsIo(on, values, (mm) => [returnsWithoutIo(), refcountConserved(mm)] as readonly Claim<Mm>[], {
    ...twoCachedFolios(on.settings),
  })
}

/** What is expected of each claim on a kernel, in MIGRATE_SYNC_LIGHT. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const waits = kernel(kernelName).settings['sync-light-lock'] === 'waits'
  return { 'returns-without-io': waits ? 'violated' : 'holds', 'refcount-conserved': 'holds' }
}

export const migrationVsIoScenario = scenario({
  name: 'migration-vs-io',
  area: 'migration',
  about: 'migration of folios that are being read and written back by a disk that takes its time',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
