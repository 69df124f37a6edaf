/** Compaction of ZONE_MOVABLE: a PFN walker that takes folios off the LRU and moves them elsewhere in the zone. */
import { choose, note, process, step, stepsIf, when } from '../checker/language/index.ts'
import { isolateWithGet } from './lru.ts'
import { folioPutGet, freeFolio, type Memory, type Mm } from './memory.ts'
import { migrateLocals, migratePages, migrateStart, nextFolio } from './migrate.ts'
import type { Locals } from './migrate-locals.ts'
import type { Settings } from './switches/index.ts'

/**
 * A compacting task on `cpu`. It looks only at folios with PG_lru, takes a reference before it tests and clears the
 * flag, and migrates asynchronously. Its shortcut of skipping anonymous folios with unexpected references, which is
 * only a hint, is left out: it can pass or fail at any time.
 */
export function compaction(mm: Memory, { cpu, settings }: { cpu: number; settings: Settings }) {
  const looks = mm.sizes.firstMapping === 'AS_UNMOVABLE' && settings['unmovable-mapping'] === 'stays'
  const locals = migrateLocals(mm, { longest: 1, mode: 'async', settings })
  return process(
    mm.state,
    { title: `compaction (CPU ${cpu})`, locals, start: migrateStart },
    {
      folio_try_get: step('mm/compaction.c: isolate_migratepages_block', (s, me) => {
        const f = choose(s, mm.folios)
        when(s.folio[f].zone === 'MOVABLE' && s.folio[f].PG_lru)
        s.folio[f].refs++
        s.folio[f].gets++
        me.src = f
        return looks ? 'mapping_unmovable, folio locked?' : 'test and clear PG_lru'
      }),
      // The mapping stays what it is only as long as the folio is locked: for a moment, and without waiting.
      ...stepsIf(looks, {
        'mapping_unmovable, folio locked?': step('mm/compaction.c: isolate_migratepages_block', (s: Mm, me: Locals) => {
          const f = me.src!
          const { PG_locked } = s.folio[f]
          if (!PG_locked && s.cache[0] !== f) return 'test and clear PG_lru'
          note(s, PG_locked ? 'is locked' : 'is unmovable')
          me.src = null
          folioPutGet(s, f)
          return 'folio_try_get'
        }),
      }),
      'test and clear PG_lru': step('mm/compaction.c: isolate_migratepages_block', (s, me) => {
        const f = me.src!
        me.src = null
        if (!isolateWithGet(s, f)) return 'folio_try_get'
        me.list = [f]
        return nextFolio(me, 'compacted')
      }),
      ...migratePages({
        mm,
        cpu,
        mode: 'async',
        allocate: (s) => freeFolio(s, 'MOVABLE'),
        settings,
        exit: 'compacted',
      }),
      compacted: step('mm/compaction.c: compact_zone', (_s, me) => {
        me.failed = false
        return 'folio_try_get'
      }),
    },
  )
}
