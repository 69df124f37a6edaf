/**
 * A task that migrates pages of an address space again and again, as move_pages(2), NUMA balancing and offlining do: look
 * each page up, isolate its folio, and let migrate_pages move what is on the list.
 */
import { constant, process, range, type ScalarDomain, step } from '../checker/language/index.ts'
import { folioIsolateLru } from './lru.ts'
import { folioPutGet, freeFolio, freePair, type Memory, type Mm, mappedBy } from './memory.ts'
import { migrateLocals, migratePages, migrateStart, nextFolio } from './migrate.ts'
import { NOTHING_COUNTED } from './migrate-counts.ts'
import type { Mode } from './migrate-locals.ts'
import type { Settings } from './switches/index.ts'

interface Mover {
  readonly cpu: number
  readonly mode: Mode
  readonly settings: Settings
  /** whether memory for destinations may run out */
  readonly mayRunOut?: boolean
  readonly counts?: boolean
  /** whether it is in direct reclaim */
  readonly memalloc?: boolean
  /** when it ends: never, after one call, or when a call has moved everything */
  readonly until?: 'never' | 'returned' | 'moved'
}

/** The migrating task on `cpu`. It looks at every page; those that are not mapped it leaves out. */
export function movePages(mm: Memory, mover: Mover) {
  const { cpu, mode, settings, mayRunOut = false, counts = false, memalloc = false, until = 'never' } = mover
  const lastPage = mm.pages.size - 1
  const locals = {
    ...migrateLocals(mm, { longest: mm.objects.size, mode, settings, mayRunOut, counts }),
    /** the page at which the look-up stands */
    page: mm.pages,
    /** how many base pages migrate_pages was given */
    listed: (counts ? range(0, mm.objects.size) : constant(0)) as ScalarDomain<number>,
  }
  const basePages = (s: Mm, list: readonly number[]): number =>
    list.length + list.filter((f) => s.folio[f].compound === 'head').length
  const nextPage = (s: Mm, me: { page: number; listed: number } & Parameters<typeof nextFolio>[0]) => {
    const more = me.page < lastPage
    me.page = more ? me.page + 1 : 0
    if (more) return 'look up'
    if (counts) me.listed = basePages(s, [...me.list])
    return nextFolio(me, 'return')
  }
  return process(
    mm.state,
    { title: `migration (CPU ${cpu})`, locals, start: { ...migrateStart, page: 0, listed: 0 } },
    {
      // Under the page-table lock.
      'look up': step('mm/migrate.c: do_pages_move / add_folio_for_migration', (s, me) => {
        const f = mappedBy(s.pte[me.page])
        if (f === null) return nextPage(s, me)
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
        return nextPage(s, me)
      }),
      ...migratePages({
        mm,
        cpu,
        mode,
        allocate: (s: Mm, src) => (s.folio[src].compound === 'head' ? freePair(s) : freeFolio(s, 'MOVABLE')),
        settings,
        exit: 'return',
        counts,
        memalloc,
      }),
      return: step('mm/migrate.c: move_pages_and_store_status', (_s, me) => {
        if (until === 'returned' || (until === 'moved' && !me.failed)) return 'done'
        me.failed = false
        me.stats = { ...NOTHING_COUNTED }
        me.nomem = false
        me.listed = 0
        return 'look up'
      }),
    },
  )
}
