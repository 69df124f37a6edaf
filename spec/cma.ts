/**
 * cma_alloc for a range that is in use: isolate its pageblocks, empty the batches, move everything away, and see whether
 * all of it is free. Bounded, unlike memory offlining: what cannot be moved makes it -EBUSY. Comments count K1 to K6. Free
 * lists per CPU and huge pages are left out, and the five tries of a list that stays the same are passes of migration.
 */
import { note, oneOf, process, step } from '../checker/language/index.ts'
import { movableFirst } from './gup.ts'
import { isolateWithGet } from './lru.ts'
import { folioTryGet, type Memory } from './memory.ts'
import { migrateLocals, migratePages, migrateStart, nextFolio } from './migrate.ts'
import { drainNextCpu } from './other-work.ts'
import type { Settings } from './switches/index.ts'

/** What the rest of the world sees of an allocation: where it stands, and how it ended. */
export interface CmaCall {
  readonly pc: string
  result: 'running' | 'success' | '-EBUSY'
}

/** A task on `cpu` that allocates the CMA area, which is folio 0, and tries again when it fails. */
export function cmaAlloc(mm: Memory, { cpu, settings }: { cpu: number; settings: Settings }) {
  const disables = settings['cma-lru-batches'] === 'disable'
  const locals = {
    ...migrateLocals(mm, { longest: 1, mode: 'sync', settings }),
    result: oneOf('running', 'success', '-EBUSY'),
    drainCpu: mm.cpus,
  }
  return process(
    mm.state,
    {
      title: `cma_alloc (CPU ${cpu})`,
      locals,
      start: { ...migrateStart, result: 'running', drainCpu: 0 },
    },
    {
      // K2. From here on the type of the pageblock is not CMA any more.
      start_isolate_page_range: step('mm/page_isolation.c: start_isolate_page_range', (s, me) => {
        me.result = 'running'
        s.folio[0].block = 'ISOLATE'
        if (disables) s.lru_disable_count++
        return 'drain all batches'
      }),
      // K4 begins: lru_cache_disable, or migrate_prep up to v5.12.
      'drain all batches': step('mm/swap.c: lru_add_drain_all', (s, me) => {
        return drainNextCpu(s, me, mm) ? 'drain all batches' : 'folio_try_get'
      }),
      folio_try_get: step('mm/compaction.c: isolate_migratepages_block', (s) =>
        s.folio[0].PG_lru && folioTryGet(s, 0) ? 'test and clear PG_lru' : 'migrated',
      ),
      'test and clear PG_lru': step('mm/compaction.c: isolate_migratepages_block', (s, me) => {
        if (!isolateWithGet(s, 0)) return 'migrated'
        me.list = [0]
        return nextFolio(me, 'migrated')
      }),
      ...migratePages({ mm, cpu, mode: 'sync', allocate: movableFirst, settings, exit: 'migrated' }),
      migrated: step('mm/page_alloc.c: __alloc_contig_migrate_range', (s, me) => {
        me.failed = false
        if (disables) s.lru_disable_count--
        return 'test_pages_isolated'
      }),
      // K5, K6. A failed migration is not final: what counts is whether the range is free now.
      test_pages_isolated: step('mm/page_isolation.c: test_pages_isolated', (s, me) => {
        const free = s.folio[0].refs === 0
        note(s, free ? 'all free' : 'still in use')
        me.result = free ? 'success' : '-EBUSY'
        if (!free) return 'undo_isolate_page_range'
        return 'done'
      }),
      undo_isolate_page_range: step('mm/page_isolation.c: undo_isolate_page_range', (s) => {
        s.folio[0].block = 'CMA'
        return 'start_isolate_page_range'
      }),
    },
  )
}
