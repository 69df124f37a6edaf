/**
 * Compaction migrates a folio of a block device whose buffer a file system uses. Whoever has a buffer holds b_count,
 * which the reference count of the folio knows nothing of.
 */
import type { Constants } from '../../checker/language/index.ts'
import { bufferUser } from '../buffer-user.ts'
import { boundsOfOne, compactedWhileUsed, type Given, oneCachedFolio } from './cached-folios.ts'

export const constants = { deep: false } satisfies Constants

/** The bounds in words. */
export const boundsFor = (values: { deep: boolean }): string =>
  boundsOfOne(values, '1 folio of a block device with 1 buffer')

/** The model of the scenario on a kernel. */
export const migrationVsBuffers = (...given: Given<{ deep: boolean }>) =>
  compactedWhileUsed('migration-vs-buffers', given, oneCachedFolio(given[1], { buffers: true }), (mm) => ({
    user: bufferUser(mm, { cpu: 1 }),
  }))
