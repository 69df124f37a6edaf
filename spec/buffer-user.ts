/**
 * A file system that keeps its metadata in buffers of a block device: it looks a buffer up in the page cache, uses the
 * memory that b_data points to, and lets go of it. It holds b_count meanwhile, and no reference to the folio.
 */
import { array, choose, note, optional, process, range, step, when } from '../checker/language/index.ts'
import { folioPutGet, folioTryGet, type Memory } from './memory.ts'

interface Locals {
  folio: number | null
  b_data: number | null
  seen: { [object: number]: number }
}

/** The user of the only buffer on `cpu`. `seen` is what it read last. */
export function bufferUser(mm: Memory, { cpu }: { cpu: number }) {
  const versions = mm.sizes.versions ?? 0
  const locals = {
    folio: optional(mm.folios),
    /** the folio in which the memory lies that it was given */
    b_data: optional(mm.folios),
    seen: array(mm.objects, range(0, versions)),
  }
  return process(
    mm.state,
    { title: `file system (CPU ${cpu})`, locals, start: { folio: null, b_data: null, seen: [1] as never } },
    {
      find_get_page: step('fs/buffer.c: __find_get_block_slow', (s, me: Locals) => {
        const f = s.cache[0]!
        if (!folioTryGet(s, f)) return 'find_get_page'
        me.folio = f
        return 'get_bh'
      }),
      // Under private_lock. A buffer that is being migrated is not found (since v6.16).
      get_bh: step('fs/buffer.c: __find_get_block_slow', (s, me: Locals) => {
        when(!s.buffer.private_lock)
        if (s.buffer.folio === me.folio && !s.buffer.BH_Migrate) {
          s.buffer.b_count = 1
          me.b_data = me.folio
        }
        return 'put_page'
      }),
      put_page: step('fs/buffer.c: __find_get_block_slow', (s, me: Locals) => {
        folioPutGet(s, me.folio!)
        me.folio = null
        return me.b_data === null ? 'find_get_page' : 'use'
      }),
      use: step('fs: read or change metadata', (s, me: Locals) => {
        const f = me.b_data!
        const version = choose(s, [s.stored[0], ...(s.stored[0] < versions ? [s.stored[0] + 1] : [])])
        if (version === s.stored[0]) {
          note(s, `reads version ${s.folio[f].content} in F${f}`)
          me.seen[0] = s.folio[f].content
        } else {
          note(s, `writes version ${version} to F${f}`)
          s.folio[f].content = version
          s.stored[0] = version
        }
        return 'brelse'
      }),
      brelse: step('fs/buffer.c: __brelse', (s, me: Locals) => {
        s.buffer.b_count = 0
        me.b_data = null
        return 'find_get_page'
      }),
    },
  )
}
