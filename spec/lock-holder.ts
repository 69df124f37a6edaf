/**
 * Tasks that hold one folio of the page cache and need another one: what a batch of locked folios can be in a deadlock
 * with. Looking a folio up and locking it is one step, for whoever finds that it was migrated meanwhile looks again.
 */
import { optional, process, step, when } from '../checker/language/index.ts'
import { folioUnlock, type Memory, type Mm } from './memory.ts'

function lockInCache(s: Mm, object: number): number {
  const f = s.cache[object]!
  when(!s.folio[f].PG_locked)
  s.folio[f].PG_locked = true
  return f
}

/**
 * The worker of a loop device, which writes a folio back that is the second object. For that it needs a page of the file
 * behind the device, the first object: only when it has had that lock, the writeback ends.
 */
export function loopWorker(mm: Memory) {
  return process(
    mm.state,
    { title: 'loop worker', locals: { needed: optional(mm.folios) }, start: { needed: null } },
    {
      folio_lock: step('drivers/block/loop.c: lo_write_simple / lo_rw_aio', (s, me) => {
        me.needed = lockInCache(s, 0)
        return 'folio_end_writeback'
      }),
      folio_end_writeback: step('mm/filemap.c: end_page_writeback / folio_end_writeback', (s, me) => {
        folioUnlock(s, me.needed!)
        me.needed = null
        s.folio[s.cache[1]!].PG_writeback = false
        return 'done'
      }),
    },
  )
}

/** Readahead: it has the second object locked while that is filled, and for that needs metadata, the first object. */
export function readahead(mm: Memory) {
  return process(
    mm.state,
    {
      title: 'readahead',
      locals: { held: optional(mm.folios), needed: optional(mm.folios) },
      start: { held: null, needed: null },
    },
    {
      filemap_add_folio: step('mm/readahead.c: page_cache_ra_unbounded', (s, me) => {
        me.held = lockInCache(s, 1)
        return 'folio_lock'
      }),
      folio_lock: step('fs/ext4/readpage.c: ext4_mpage_readpages', (s, me) => {
        me.needed = lockInCache(s, 0)
        return 'folio_end_read'
      }),
      folio_end_read: step('mm/filemap.c: folio_end_read', (s, me) => {
        folioUnlock(s, me.needed!)
        folioUnlock(s, me.held!)
        me.needed = null
        me.held = null
        return 'done'
      }),
    },
  )
}
