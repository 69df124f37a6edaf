/**
 * Two folios of the page cache are migrated while the first one is being read and the second one is being written back,
 * and the disk takes its time. The modes of migration differ in what they wait for.
 *
 * With `memalloc` the migrating task is itself the one who reads. Its readahead has added the first folio, locked, and
 * needs memory for the next one before it submits the read of both; so it compacts memory first. It goes on when
 * migrate_pages has returned. Here the disk is done sooner or later with what it was given.
 */
import type { Constants } from '../../checker/language/index.ts'
import { disk, diskOfReadahead } from '../disk.ts'
import type { Mm } from '../memory.ts'
import { boundsOfTwo, type Given, movedOnce, twoCachedFolios } from './cached-folios.ts'

export const constants = { mode: 'sync_light', memalloc: false } satisfies Constants

type Values = { mode: string; memalloc: boolean }

/** The bounds in words. */
export const boundsFor = (values: Values): string => `${boundsOfTwo(values)}${values.memalloc ? ', PF_MEMALLOC' : ''}`

/** The model of the scenario on a kernel. The migration is weakly fair; without `memalloc` the disk need never be done. */
export const migrationVsIo = (...given: Given<Values>) => {
  const { memalloc } = given[1]
  return movedOnce('migration-vs-io', given, {
    sizes: twoCachedFolios({ uptodate: true, writeback: true }),
    others: (mm) => ({ disk: memalloc ? diskOfReadahead(mm, returned) : disk(mm) }),
    begin(s) {
      s.folio[0].PG_locked = true
      s.folio[0].PG_uptodate = false
      s.folio[1].PG_writeback = true
    },
    memalloc,
    ...(memalloc && { fair: ['disk'], mayStandStill: true }),
  })
}

const returned = (s: Mm) => (s as Mm & { readonly migration: { readonly pc: string } }).migration.pc === 'done'
