/**
 * Somebody who finds folios by their frame number or in the page cache, takes a reference for a moment and lets go of it:
 * compaction, page_idle, DAMON, hwpoison, a cache look-up that loses interest. It makes migrations fail.
 */
import { choose, optional, process, step } from '../checker/language/index.ts'
import { folioPutGet, folioTryGet, type Memory } from './memory.ts'

/** The walker: any folio, at any time, for any time; once, or again and again. */
export function pfnWalker(mm: Memory, { once = false }: { once?: boolean } = {}) {
  return process(
    mm.state,
    { title: 'PFN walker', locals: { folio: optional(mm.folios) }, start: { folio: null } },
    {
      folio_try_get: step('include/linux/page_ref.h: folio_try_get', (s, me) => {
        const f = choose(s, mm.folios)
        if (!folioTryGet(s, f)) return 'folio_try_get'
        me.folio = f
        return 'folio_put'
      }),
      folio_put: step('include/linux/mm.h: folio_put', (s, me) => {
        folioPutGet(s, me.folio!)
        me.folio = null
        return once ? 'done' : 'folio_try_get'
      }),
    },
  )
}
