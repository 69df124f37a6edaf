/** Which claims are made of the scenario migration-vs-io, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationVsIo } from '../../../spec/scenarios/migration-vs-io.ts'
import { migrationReturns, returnsWithoutIo } from '../../migration-progress.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { howBuffersAreKept, twoCachedFolios } from './waivers.ts'

/** Before and after the change of what MIGRATE_SYNC_LIGHT waits for. */
export const rows = ['v6.2', 'v6.4', 'v6.5', 'v7.3']

/**
 * The model on a kernel, with switches and constants set otherwise where `settings` says so. With `memalloc` the claim is
 * weaker, for the disk gets on: then a migration that does not return waits for its own task.
 */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  const ownLock = values.memalloc && !values.buffers
  const returns = values.memalloc ? migrationReturns() : returnsWithoutIo()
  return migrationVsIo(on, values, (mm) => [returns, refcountConserved(mm)] as readonly Claim<Mm>[], {
    ...twoCachedFolios(on.settings),
    ...(ownLock && on.settings['lock-in-reclaim'] === 'waits' ? WAITS_FOR_ITSELF : {}),
    ...(values.buffers ? { 'buffer.folio is never': 'one call moves two folios' } : {}),
    ...(values.buffers ? howBuffersAreKept(on.settings) : {}),
  })
}

const why = 'readahead goes on when it has its memory, and in this kernel it waits for itself'
const WAITS_FOR_ITSELF = {
  "action 'migration: return' is never": why,
  "action 'disk: folio_end_read' is never": why,
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
