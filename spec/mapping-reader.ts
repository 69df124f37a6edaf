/** Somebody who finds a folio by its frame number and looks at folio->mapping without the folio lock. */
import { choose, optional, process, step } from '../checker/language/index.ts'
import { folioPutGet, folioTryGet, type Memory, mappings } from './memory.ts'

/** The reader: `saw` is what the last look found. */
export function mappingReader(mm: Memory) {
  return process(
    mm.state,
    {
      title: 'PFN walker',
      locals: { folio: optional(mm.folios), saw: mappings },
      start: { folio: null, saw: 'none' },
    },
    {
      folio_try_get: step('mm/memory_hotplug.c: do_migrate_range', (s, me) => {
        const f = choose(s, mm.folios)
        if (!folioTryGet(s, f)) return 'folio_try_get'
        me.folio = f
        return 'folio_mapping'
      }),
      folio_mapping: step('mm/debug.c: __dump_page / mm/util.c: folio_mapping', (s, me) => {
        me.saw = s.folio[me.folio!].mapping
        return 'folio_put'
      }),
      folio_put: step('include/linux/mm.h: folio_put', (s, me) => {
        folioPutGet(s, me.folio!)
        me.folio = null
        me.saw = 'none'
        return 'folio_try_get'
      }),
    },
  )
}
