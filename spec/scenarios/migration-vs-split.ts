/**
 * Two folios are migrated asynchronously, and the second one is a large folio that has to be split first, which
 * takes its lock. Readahead holds it, and needs the first one.
 */
import type { Constants } from '../../checker/language/index.ts'
import { readahead } from '../lock-holder.ts'
import { boundsOfTwo, type Given, movedOnce, twoCachedFolios } from './cached-folios.ts'

export const constants = { mode: 'async' } satisfies Constants

/** The bounds in words. */
export const boundsFor = (values: { mode: string }): string =>
  boundsOfTwo(values, '2 folios of the page cache, one of them large')

/** The model of the scenario on a kernel. That it may come to a standstill is what its claim is about. */
export const migrationVsSplit = (...given: Given<{ mode: string }>) =>
  movedOnce('migration-vs-split', given, {
    sizes: twoCachedFolios({ deferredSplit: true }),
    others: (mm) => ({ reader: readahead(mm) }),
    begin(s) {
      s.folio[1].deferredSplit = true
    },
    fair: ['reader'],
    mayStandStill: true,
  })
