/**
 * Two folios of the page cache are migrated while the first one is being read and the second one is being written back,
 * and the disk takes its time. The modes of migration differ in what they wait for.
 *
 * With `memalloc` the migrating task is itself the one who reads. Its readahead has added the first folio, locked, and
 * needs memory for the next one before it submits the read of both; so it compacts memory first. It goes on when
 * migrate_pages has returned. Here the disk is done sooner or later with what it was given.
 *
 * With `buffers` the first folio is one of a block device, and not it but its buffer is being read.
 */
import type { Constants } from '../../checker/language/index.ts'
import { disk, diskOfBuffer, diskOfReadahead } from '../disk.ts'
import type { Memory, Mm } from '../memory.ts'
import { boundsOfTwo, type Given, movedOnce, twoCachedFolios } from './cached-folios.ts'

export const constants = { mode: 'sync_light', memalloc: false, buffers: false } satisfies Constants

type Values = { mode: string; memalloc: boolean; buffers: boolean }

/** The bounds in words. */
export const boundsFor = (values: Values): string => {
  const bounds = boundsOfTwo(values, `2 folios of the page cache${values.buffers ? ', one with 1 buffer' : ''}`)
  return values.memalloc ? `${bounds}, PF_MEMALLOC` : bounds
}

/** The model of the scenario on a kernel. The migration is weakly fair; without `memalloc` the disk need never be done. */
export const migrationVsIo = (...given: Given<Values>) => {
  const { memalloc, buffers } = given[1]
  const reading = (mm: Memory) => {
    if (buffers) return diskOfBuffer(mm)
    return memalloc ? diskOfReadahead(mm, returned) : disk(mm)
  }
  return movedOnce('migration-vs-io', given, {
    sizes: twoCachedFolios({ uptodate: true, writeback: true, ...(buffers && { buffers, bufferLocks: true }) }),
    others: (mm) => ({ disk: reading(mm) }),
    begin(s) {
      s.folio[0].PG_locked = !buffers
      if (buffers) Object.assign(s.buffer, { b_count: 1, BH_Lock: true })
      s.folio[0].PG_uptodate = false
      s.folio[1].PG_writeback = true
    },
    memalloc,
    ...(memalloc && { fair: ['disk'], mayStandStill: true }),
  })
}

const returned = (s: Mm) => (s as Mm & { readonly migration: { readonly pc: string } }).migration.pc === 'done'
