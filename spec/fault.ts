/**
 * A page fault on an empty page-table entry, and taking a mapping away again, each in one step: what the folio goes through
 * is the question here, not how faults race with each other.
 */
import { choose, process, step, stepsIf, when } from '../checker/language/index.ts'
import { folioAddLru } from './lru.ts'
import { type Memory, type Mm, objectOf } from './memory.ts'
import { addRmap, removeRmap } from './rmap.ts'
import type { Settings } from './switches/index.ts'

interface Fault {
  readonly cpu: number
  readonly settings: Settings
  /** a free folio for an anonymous page that was never touched; null when there is none */
  readonly allocate?: () => number | null
}

/**
 * Maps what the page cache has, when nobody has it locked; or a new folio, which waits in a batch to be added to the LRU.
 * Both look at the VMA: where it is VM_LOCKED the folio goes into the mlock batch of this CPU as well.
 */
export function faultIn(s: Mm, page: number, { cpu, settings, allocate = () => null }: Fault): void {
  const cached = s.cache[objectOf(s, page)]
  if (cached !== null) {
    when(!s.folio[cached].PG_locked)
    addRmap(s, page, cached, { cpu, settings })
    return
  }
  const f = allocate()
  when(f !== null)
  addRmap(s, page, f, { cpu, settings })
  folioAddLru(s, cpu, f)
}

interface Toucher {
  readonly cpu: number
  readonly settings: Settings
  readonly allocate?: (s: Mm) => number | null
  /** the mapping may be taken away again, any number of times */
  readonly zaps?: boolean
  /** what the scenario wants to remember of a moment at which a folio was batched */
  readonly batched?: (s: Mm) => void
}

/** Another thread of the process that touches the pages, and may give them back and touch them again. */
export function toucher(mm: Memory, { cpu, settings, allocate, zaps = false, batched = () => {} }: Toucher) {
  return process(
    mm.state,
    { title: `other thread (CPU ${cpu})`, locals: {}, start: {} },
    {
      'page fault': step('mm/memory.c: handle_mm_fault', (s) => {
        const page = choose(s, mm.pages)
        when(s.pte[page].kind === 'none')
        faultIn(s, page, { cpu, settings, ...(allocate && { allocate: () => allocate(s) }) })
        batched(s)
        return zaps ? 'MADV_DONTNEED' : 'done'
      }),
      ...stepsIf(zaps, {
        MADV_DONTNEED: step('mm/memory.c: zap_pte_range', (s: Mm) => {
          const page = choose(s, mm.pages)
          when(s.pte[page].kind === 'present')
          removeRmap(s, page, { kind: 'none' }, { cpu, settings })
          batched(s)
          return 'page fault' as const
        }),
      }),
    },
  )
}
