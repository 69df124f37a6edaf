/**
 * A task that migrates pages of an address space again and again, as move_pages(2), NUMA balancing and offlining do: look
 * each page up, isolate its folio, and let migrate_pages move what is on the list.
 */
import { process, step } from '../checker/language/index.ts'
import { folioIsolateLru } from './lru.ts'
import { folioPutGet, freeFolio, type Memory, type Mm, mappedBy } from './memory.ts'
import { migrateLocals, migratePages, migrateStart, nextFolio } from './migrate.ts'
import type { Mode } from './migrate-list.ts'
import type { Settings } from './switches/index.ts'

interface Mover {
  readonly cpu: number
  readonly mode: Mode
  readonly settings: Settings
  /** whether memory for destinations may run out */
  readonly mayRunOut?: boolean
  readonly counts?: boolean
  /** whether it ends after one call; it goes on for ever when absent */
  readonly once?: boolean
}

/** The migrating task on `cpu`. It looks at every page; those that are not mapped it leaves out. */
export function movePages(mm: Memory, mover: Mover) {
  const { cpu, mode, settings, mayRunOut = false, counts = false, once = false } = mover
  const lastPage = mm.pages.size - 1
  const locals = {
    ...migrateLocals(mm, { longest: mm.objects.size, mode, settings, mayRunOut, counts }),
    /** the page at which the look-up stands */
    page: mm.pages,
  }
  const nextPage = (me: { page: number } & Parameters<typeof nextFolio>[0]) => {
    const more = me.page < lastPage
    me.page = more ? me.page + 1 : 0
    return more ? 'look up' : nextFolio(me, 'return')
  }
  return process(
    mm.state,
    { title: `migration (CPU ${cpu})`, locals, start: { ...migrateStart, page: 0 } },
    {
      // Under the page-table lock.
      'look up': step('mm/migrate.c: do_pages_move / add_folio_for_migration', (s, me) => {
        const f = mappedBy(s.pte[me.page])
        if (f === null) return nextPage(me)
        s.folio[f].refs++
        s.folio[f].gets++
        me.src = f
        return 'folio_isolate_lru'
      }),
      folio_isolate_lru: step('mm/vmscan.c: isolate_lru_page / folio_isolate_lru', (s, me) => {
        const f = me.src!
        me.src = null
        if (folioIsolateLru(s, f)) me.list.push(f)
        folioPutGet(s, f)
        return nextPage(me)
      }),
      ...migratePages({
        mm,
        cpu,
        mode,
        allocate: (s: Mm) => freeFolio(s, 'MOVABLE'),
        settings,
        exit: 'return',
        counts,
      }),
      return: step('mm/migrate.c: move_pages_and_store_status', (_s, me) => {
        if (once) return 'done'
        me.failed = false
        me.succeeded = 0
        me.failures = 0
        me.nomem = false
        return 'look up'
      }),
    },
  )
}
