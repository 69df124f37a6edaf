/** A thread that accesses pages by system calls, each of which marks the folio as accessed. */
import { choose, process, step, when } from '../checker/language/index.ts'
import { markAccessed } from './lru.ts'
import { type Memory, type Mm, mappedBy } from './memory.ts'

interface Reader {
  readonly cpu: number
  /** what the scenario wants to remember of a moment at which a folio was batched */
  readonly batched?: (s: Mm) => void
}

/** The thread, on `cpu`. An access to a folio that is active already changes nothing. */
export function reader(mm: Memory, { cpu, batched = () => {} }: Reader) {
  return process(
    mm.state,
    { title: `reader (CPU ${cpu})`, locals: {}, start: {} },
    {
      read: step('mm/swap.c: mark_page_accessed / folio_mark_accessed', (s) => {
        const f = mappedBy(s.pte[choose(s, mm.pages)])
        when(f !== null && !s.folio[f].PG_active)
        const before = s.activateBatch[cpu].length
        markAccessed(s, cpu, f)
        if (s.activateBatch[cpu].length > before) batched(s)
        return 'read'
      }),
    },
  )
}
