/** Memory offlining of all of ZONE_MOVABLE: scan, migrate away, test, and again, with no limit on the rounds. */
import { bool, choose, note, type Process, process, step, stepsIf } from '../checker/language/index.ts'
import { drainBatches, folioIsolateLru } from './lru.ts'
import { folioPut, freeFolio, type Memory, type Mm } from './memory.ts'
import { migrateLocals, migratePages, migrateStart, nextFolio } from './migrate.ts'
import type { Settings } from './switches/index.ts'

interface Offlining {
  readonly cpu: number
  readonly settings: Settings
  /** the number of folios in the range, which begins at the first */
  readonly range: number
  /** isolating the range may turn out to be impossible */
  readonly mayFail?: boolean
}

/**
 * The offlining task. Nobody allocates in the range while it works, which is what isolating the pageblocks is for: the
 * scenarios that have this actor have no other allocation in ZONE_MOVABLE. Signals, hwpoison and notifiers are left out.
 */
export function offlining(mm: Memory, { cpu, settings, range: pfns, mayFail = false }: Offlining) {
  const disables = settings['offline-disables-lru-cache'] === 'yes'
  const locals = { ...migrateLocals(mm, { longest: pfns, mode: 'sync', settings }), pfn: mm.folios, cpu: mm.cpus }
  const start = { ...migrateStart, pfn: 0, cpu: 0 }
  const nextRound = disables ? 'scan_movable_pages' : 'drain all batches'
  const free = (s: Mm) => s.folio.every((folio, f) => f >= pfns || folio.refs === 0)
  return process(
    mm.state,
    { title: `offlining (CPU ${cpu})`, locals, start },
    {
      // O1, O2. Since v5.13 nobody batches anything from here on (lru_cache_disable).
      offline_pages: step('mm/memory_hotplug.c: offline_pages', (s) => {
        if (disables) s.lru_disable_count++
        return 'drain all batches'
      }),
      // Up to v5.12 in every round.
      'drain all batches': step('mm/swap.c: lru_add_drain_all', (s, me) => {
        drainBatches(s, me.cpu)
        if (me.cpu < mm.cpus.size - 1) {
          me.cpu++
          return 'drain all batches'
        }
        me.cpu = 0
        return mayFail ? 'start_isolate_page_range' : 'scan_movable_pages'
      }),
      ...stepsIf(mayFail, {
        // O3. A page that cannot be moved is in the range.
        start_isolate_page_range: step('mm/page_isolation.c: start_isolate_page_range', (s: Mm) => {
          if (!choose(s, bool)) return 'scan_movable_pages'
          note(s, '-EBUSY')
          if (disables && settings['offline-error-enables-lru-cache'] === 'yes') s.lru_disable_count--
          return 'failed'
        }),
        failed: step('mm/memory_hotplug.c: offline_pages', (_s: Mm) => 'done' as const),
      }),
      // O5
      scan_movable_pages: step('mm/memory_hotplug.c: scan_movable_pages', (s, me) => {
        const found = s.folio.findIndex((folio, f) => f < pfns && folio.refs > 0 && folio.PG_lru)
        if (found < 0) return 'test_pages_isolated'
        me.pfn = found
        return 'folio_try_get'
      }),
      folio_try_get: step('mm/memory_hotplug.c: do_migrate_range', (s, me) => {
        if (s.folio[me.pfn].refs > 0) {
          s.folio[me.pfn].refs++
          s.folio[me.pfn].gets++
          return 'isolate'
        }
        return nextPfn(me)
      }),
      isolate: step('mm/vmscan.c: folio_isolate_lru', (s, me) => {
        const f = me.pfn
        if (folioIsolateLru(s, f)) me.list.push(f)
        s.folio[f].gets--
        folioPut(s, f)
        return nextPfn(me)
      }),
      ...migratePages({
        mm,
        cpu,
        mode: 'sync',
        allocate: (s) => freeFolio(s, 'NORMAL'),
        settings,
        exit: nextRound,
      }),
      // O7, O8
      test_pages_isolated: step('mm/page_isolation.c: test_pages_isolated', (s) => {
        if (!free(s)) return nextRound
        if (disables) s.lru_disable_count--
        return 'done'
      }),
    },
  )

  function nextPfn(me: { pfn: number } & Parameters<typeof nextFolio>[0]) {
    if (me.pfn < pfns - 1) {
      me.pfn++
      return 'folio_try_get' as const
    }
    me.pfn = 0
    return nextFolio<'scan_movable_pages' | 'drain all batches'>(me, nextRound)
  }
}

/** The labels of a process as fairness names them, without some: what a task does by itself once it has begun. */
export function labelsOf(name: string, { steps }: Process<never, never> | Process, but: readonly string[]): string[] {
  return Object.keys(steps)
    .filter((label) => !but.includes(label))
    .map((label) => `${name}: ${label}`)
}
