/**
 * A task that has a page of a file mapped shared, and stores to it. The entry lets it store only after a fault that has made
 * the folio dirty (page_mkwrite); writeback takes the permission away again. So the kernel knows what has to be written.
 */
import { choose, note, optional, process, step, when } from '../checker/language/index.ts'
import { folioPutGet, folioUnlock, type Memory, type Mm, mappedBy } from './memory.ts'

/** The task, whose page is the first one. It loads nothing: what a load would see is a claim about the entry. */
export function sharedMapping(mm: Memory) {
  const versions = mm.sizes.versions ?? 0
  return process(
    mm.state,
    { title: 'user', locals: { folio: optional(mm.folios) }, start: { folio: null } },
    {
      // A migration entry is waited for.
      store: step('user space', (s, me) => {
        const pte = s.pte[0]
        when(pte.kind === 'present' && s.stored[0] < versions)
        if (pte.kind !== 'present') return 'store'
        const f = pte.folio
        if (s.mayStore[0] === 'no') {
          s.folio[f].refs++
          s.folio[f].gets++
          me.folio = f
          return 'page_mkwrite'
        }
        s.mayStore[0] = 'dirty'
        s.stored[0]++
        s.folio[f].content = s.stored[0]
        note(s, `stores version ${s.stored[0]} to F${f}`)
        return 'store'
      }),
      page_mkwrite: step('mm/filemap.c: filemap_page_mkwrite', (s, me) => {
        const f = me.folio!
        when(!s.folio[f].PG_locked)
        if (s.cache[0] !== f) {
          folioPutGet(s, f)
          me.folio = null
          return 'store'
        }
        s.folio[f].PG_locked = true
        s.folio[f].PG_dirty = true
        return 'finish_mkwrite_fault'
      }),
      // Under the page-table lock. An entry that is not the same any more is left alone, and the fault is tried again.
      finish_mkwrite_fault: step('mm/memory.c: finish_mkwrite_fault', (s, me) => {
        const f = me.folio!
        const pte = s.pte[0]
        if (pte.kind === 'present' && pte.folio === f) s.mayStore[0] = 'yes'
        folioUnlock(s, f)
        folioPutGet(s, f)
        me.folio = null
        return 'store'
      }),
    },
  )
}

/**
 * mm/page-writeback.c: clear_page_dirty_for_io / folio_clear_dirty_for_io. Who stores from now on has to fault first, which
 * makes the folio dirty again. The walk finds present entries only: an entry that migration has taken out stays writable.
 */
export function clearDirtyForIo(s: Mm, f: number): void {
  for (const page of s.pte.keys()) if (mappedBy(s.pte[page]) === f) s.mayStore[page] = 'no'
  s.folio[f].PG_dirty = false
}

/** Writeback as it is done without migration: the folio is locked from the look at it until it is on its way. */
export function flusher(mm: Memory) {
  return process(
    mm.state,
    { title: 'flusher', locals: {}, start: {} },
    {
      writepages: step('mm/page-writeback.c: write_cache_pages', (s) => {
        const f = s.cache[0]!
        const { PG_locked, PG_dirty, PG_writeback } = s.folio[f]
        when(PG_dirty && !PG_locked && !PG_writeback)
        clearDirtyForIo(s, f)
        s.folio[f].PG_writeback = true
        return 'writepages'
      }),
    },
  )
}

/** The disk, which is done with a folio when it is, and has then what the folio holds. */
export function writebackDisk(mm: Memory) {
  return process(
    mm.state,
    { title: 'disk', locals: {}, start: {} },
    {
      folio_end_writeback: step('mm/filemap.c: end_page_writeback / folio_end_writeback', (s) => {
        const f = choose(s, mm.folios)
        when(s.folio[f].PG_writeback)
        s.folio[f].PG_writeback = false
        s.onDisk = s.folio[f].content
        return 'folio_end_writeback'
      }),
    },
  )
}
