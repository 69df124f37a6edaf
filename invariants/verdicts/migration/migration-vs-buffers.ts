/** Which claims are made of the scenario migration-vs-buffers, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationVsBuffers } from '../../../spec/scenarios/migration-vs-buffers.ts'
import {
  bufferNotFreed,
  bufferStays,
  cacheIsValid,
  migrationInvisible,
  noLateWrite,
  nothingNamesFree,
} from '../../migration.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { howBuffersAreKept, MEMORY_WAIVERS, NEVER_UNINITIALISED, ONLY_CACHED } from './waivers.ts'

/** What migration does about buffers of a block device. */
export const rows = ['v4.20', 'v5.0', 'v5.2', 'v5.3', 'v6.12', 'v6.16', 'v7.3']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migrationVsBuffers(
    on,
    values,
    (mm) =>
      [
        migrationInvisible(mm),
        bufferStays(),
        bufferNotFreed(),
        cacheIsValid(mm),
        noLateWrite(),
        nothingNamesFree(mm),
        refcountConserved(mm),
      ] as readonly Claim<Mm>[],
    waivers(on),
  )
}

function waivers({ settings }: Kernel): Record<string, string> {
  const how = settings['buffer-check']
  return {
    ...MEMORY_WAIVERS,
    ...ONLY_CACHED,
    ...NEVER_UNINITIALISED,
    ...(how === 'release'
      ? {
          'user.b_data is never F1': 'this kernel releases the buffers',
          'buffer.folio is never F1': 'this kernel releases the buffers',
        }
      : { 'buffer.folio is never none': 'this kernel takes the buffers along' }),
    ...howBuffersAreKept(settings),
  }
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const found = kernel(kernelName).settings['buffer-check'] === 'check' ? 'violated' : 'holds'
  return {
    'migration-invisible': found,
    'buffer-stays': found,
    'buffer-not-freed': found,
    'cache-is-valid': found,
    'no-late-write': found,
    'nothing-names-a-free-folio': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const migrationVsBuffersScenario = scenario({
  name: 'migration-vs-buffers',
  area: 'migration',
  about: 'migration of a folio of a block device whose buffer is in use',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
