/**
 * A task that reads and writes a page of a file through the page cache, as read(2), write(2) and file systems do. It finds
 * the folio without a lock and takes a reference; whether it locks the folio is a switch.
 */
import { array, choose, note, optional, process, range, step, stepsIf, when } from '../checker/language/index.ts'
import { folioPutGet, folioTryGet, folioUnlock, type Memory, type Mm } from './memory.ts'
import type { Settings } from './switches/index.ts'

interface Locals {
  folio: number | null
  seen: { [object: number]: number }
}

/** The user of the only object in the page cache. `seen` is what it read last. */
export function cacheUser(mm: Memory, { cpu, settings }: { cpu: number; settings: Settings }) {
  const versions = mm.sizes.versions ?? 0
  const locks = settings['write-to-cache'] === 'folio-lock'
  const locals = { folio: optional(mm.folios), seen: array(mm.objects, range(0, versions)) }
  return process(
    mm.state,
    { title: `file system (CPU ${cpu})`, locals, start: { folio: null, seen: [1] as never } },
    {
      filemap_get_folio: step('mm/filemap.c: find_get_entry / filemap_get_entry', (s, me: Locals) => {
        const f = s.cache[0]!
        if (!folioTryGet(s, f)) return 'filemap_get_folio'
        me.folio = f
        if (locks) return 'folio_lock'
        return s.folio[f].PG_uptodate ? 'use' : 'folio_put'
      }),
      ...stepsIf(locks, {
        folio_lock: step('mm/filemap.c: __filemap_get_folio', (s: Mm, me: Locals) => {
          when(!s.folio[me.folio!].PG_locked)
          if (s.cache[0] !== me.folio) return 'folio_put'
          s.folio[me.folio!].PG_locked = true
          return 'use'
        }),
      }),
      use: step('fs: read or write a few bytes', (s, me: Locals) => {
        const f = me.folio!
        const version = choose(s, [s.stored[0], ...(s.stored[0] < versions ? [s.stored[0] + 1] : [])])
        if (version === s.stored[0]) {
          note(s, `reads version ${s.folio[f].content}`)
          me.seen[0] = s.folio[f].content
        } else {
          note(s, `writes version ${version}`)
          s.folio[f].content = version
          s.stored[0] = version
        }
        if (locks) folioUnlock(s, f)
        return 'folio_put'
      }),
      folio_put: step('include/linux/mm.h: folio_put', (s, me: Locals) => {
        folioPutGet(s, me.folio!)
        me.folio = null
        return 'filemap_get_folio'
      }),
    },
  )
}
