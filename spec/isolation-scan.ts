/**
 * Isolation of one frame by compaction on behalf of alloc_contig_range, which virtio-mem and CMA call until it succeeds.
 * Compaction itself uses the same code; there a wrong guess costs nothing.
 */
import { match } from 'ts-pattern'
import { process, step, when } from '../checker/language/index.ts'
import { folioIsolateLru } from './lru.ts'
import { folioPutGet, folioTryGet, type Memory, type Mm, mapcount, mappedBy } from './memory.ts'
import type { Settings } from './switches/index.ts'

/** The scan of folio 0, a large anonymous folio whose first page is page 0 of the address space. */
export function isolationScan(mm: Memory, { settings }: { settings: Settings }) {
  /** Whether the folio is taken for one that somebody has pinned, with `own` references of the scan. */
  const looksPinned = (s: Mm, own: number): boolean => {
    const references = s.folio[0].refs - own
    return match(settings['compaction-hint'])
      .with('none', () => false)
      .with('mapcount-of-head', () => references > (mappedBy(s.pte[0]) === 0 ? 1 : 0))
      .with('mapcount-of-all', () => references > mapcount(s, 0))
      .exhaustive()
  }
  return process(
    mm.state,
    { title: 'alloc_contig_range', locals: {}, start: {} },
    {
      folio_try_get: step('mm/compaction.c: isolate_migratepages_block', (s) => {
        when(s.folio[0].PG_lru)
        return folioTryGet(s, 0) ? 'pinned?' : 'folio_try_get'
      }),
      // Up to v6.0 this comes before the reference is taken, which makes no difference here.
      'pinned?': step('mm/compaction.c: isolate_migratepages_block', (s) => {
        if (!looksPinned(s, 1)) return 'folio_isolate_lru'
        folioPutGet(s, 0)
        return 'folio_try_get'
      }),
      folio_isolate_lru: step('mm/compaction.c: isolate_migratepages_block', (s) => {
        const isolated = folioIsolateLru(s, 0)
        folioPutGet(s, 0)
        return isolated ? 'done' : 'folio_try_get'
      }),
    },
  )
}
