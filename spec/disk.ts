/** Input and output in flight, which ends when it ends: a folio that is being read, and one that is being written back. */
import { process, step, when } from '../checker/language/index.ts'
import { folioUnlock, type Memory, type Mm } from './memory.ts'

/** The first object is being read, and locked until that is over; the second one is being written back. */
export function disk(mm: Memory) {
  return process(
    mm.state,
    { title: 'disk', locals: {}, start: {} },
    {
      folio_end_read: step('mm/filemap.c: page_endio / folio_end_read', (s) => {
        s.folio[0].PG_uptodate = true
        folioUnlock(s, 0)
        return 'folio_end_writeback'
      }),
      folio_end_writeback: step('mm/filemap.c: end_page_writeback / folio_end_writeback', (s) => {
        s.folio[1].PG_writeback = false
        return 'done'
      }),
    },
  )
}

/** The same for a buffer of the first object, which is being read: it is the buffer that is locked, and in use. */
export function diskOfBuffer(mm: Memory) {
  return process(
    mm.state,
    { title: 'disk', locals: {}, start: {} },
    {
      end_buffer_read: step('fs/buffer.c: end_buffer_read_sync', (s) => {
        s.buffer.BH_Uptodate = true
        s.buffer.BH_Lock = false
        s.buffer.b_count = 0
        return 'folio_end_writeback'
      }),
      folio_end_writeback: step('mm/filemap.c: end_page_writeback / folio_end_writeback', (s) => {
        s.folio[1].PG_writeback = false
        return 'done'
      }),
    },
  )
}

/** The folio again, with a read that is still to be submitted: it can end only after `submitted`. */
export function diskOfReadahead(mm: Memory, submitted: (s: Mm) => boolean) {
  return process(
    mm.state,
    { title: 'disk', locals: {}, start: {} },
    {
      folio_end_writeback: step('mm/filemap.c: end_page_writeback / folio_end_writeback', (s) => {
        s.folio[1].PG_writeback = false
        return 'folio_end_read'
      }),
      folio_end_read: step('mm/filemap.c: page_endio / folio_end_read', (s) => {
        when(submitted(s))
        s.folio[0].PG_uptodate = true
        folioUnlock(s, 0)
        return 'done'
      }),
    },
  )
}
