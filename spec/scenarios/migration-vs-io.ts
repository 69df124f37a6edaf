/**
 * Two folios of the page cache are migrated while the first one is being read and the second one is being written back,
 * and the disk takes its time. The modes of migration differ in what they wait for.
 */
import type { Constants } from '../../checker/language/index.ts'
import { disk } from '../disk.ts'
import { boundsOfTwo, type Given, movedOnce, twoCachedFolios } from './cached-folios.ts'

export const constants = { mode: 'sync_light' } satisfies Constants

/** The bounds in words. */
export const boundsFor = (values: { mode: string }): string => boundsOfTwo(values)

/** The model of the scenario on a kernel. The migration is weakly fair; the disk need never be done. */
export const migrationVsIo = (...given: Given<{ mode: string }>) =>
  movedOnce('migration-vs-io', given, {
    sizes: twoCachedFolios({ uptodate: true, writeback: true }),
    others: (mm) => ({ disk: disk(mm) }),
    begin(s) {
      s.folio[0].PG_locked = true
      s.folio[0].PG_uptodate = false
      s.folio[1].PG_writeback = true
    },
  })
