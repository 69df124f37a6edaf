/**
 * Compaction migrates a folio of the page cache while somebody reads and writes it there. Since v6.12 the contents
 * are copied before the references are frozen: who holds a reference at neither moment, and no lock, is not noticed.
 */
import type { Constants } from '../../checker/language/index.ts'
import { cacheUser } from '../cache-user.ts'
import { boundsOfOne, compactedWhileUsed, type Given, oneCachedFolio } from './cached-folios.ts'

export const constants = { deep: false } satisfies Constants

/** The bounds in words. */
export const boundsFor = (values: { deep: boolean }): string => boundsOfOne(values, '1 folio of the page cache')

/** The model of the scenario on a kernel. */
export const migrationVsCacheWriter = (...given: Given<{ deep: boolean }>) =>
  compactedWhileUsed('migration-vs-cache-writer', given, oneCachedFolio(given[1], { uptodate: true }), (mm) => ({
    user: cacheUser(mm, { cpu: 1, settings: given[0].settings }),
  }))
