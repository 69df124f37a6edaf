/**
 * A task that takes a folio off the LRU and puts it back: what is left of reclaim, compaction or a migration that gives
 * up before it has touched a page-table entry.
 */
import { process, step, stepsIf, when } from '../checker/language/index.ts'
import { folioAddLru, folioIsolateLru, folioPutbackLru } from './lru.ts'
import { folioPut, type Memory, type Mm } from './memory.ts'
import { type MlockKind, testAndClearLru } from './mlock.ts'
import { type DrainState, drainLocals, drainStart, lruAddDrain } from './mlock-drain.ts'
import type { Settings } from './switches/index.ts'

interface Putter {
  readonly cpu: number
  readonly settings: Settings
  readonly folio: number
  /** kinds of entries that may wait in the mlock batch of its CPU */
  readonly kinds?: readonly MlockKind[]
  /** the most entries that may wait in a batch of its CPU */
  readonly longest?: number
}

/** A task on `cpu` that isolates the folio once, puts it back, and drains the batches of its CPU. */
export function isolateAndPutBack(mm: Memory, { cpu, settings, folio: f, kinds = [], longest = 1 }: Putter) {
  const looksAgain = settings['lru-add-order'] === 'putback-looks-again'
  const resume = ['done'] as const
  const waiting = { settings, adds: true, kinds, longest }
  const drain = lruAddDrain<'done', DrainState<'done'>>({ cpu: () => cpu, ...waiting })
  return process(
    mm.state,
    {
      title: `putback (CPU ${cpu})`,
      locals: drainLocals(waiting, resume),
      start: drainStart('done' as const),
    },
    {
      isolate: step('mm/vmscan.c: isolate_lru_page / folio_isolate_lru', (s) => {
        if (s.folio[f].refs === 0) return 'done'
        when(folioIsolateLru(s, f))
        return looksAgain ? 'putback: evictable?' : 'putback'
      }),
      ...stepsIf(!looksAgain, {
        putback: step('mm/vmscan.c: putback_lru_page / folio_putback_lru', (s: Mm) => {
          folioPutbackLru(s, cpu, f)
          return 'lru_add_drain'
        }),
      }),
      // Before v4.17 putback itself chose the list, without a batch for the unevictable one.
      ...stepsIf(looksAgain, {
        'putback: evictable?': step('mm/vmscan.c: putback_lru_page', (s: Mm) => {
          if (s.folio[f].PG_mlocked) return 'putback: add to the unevictable list'
          s.folio[f].PG_unevictable = false
          folioAddLru(s, cpu, f)
          s.folio[f].isolated = false
          folioPut(s, f)
          return 'lru_add_drain'
        }),
        'putback: add to the unevictable list': step('mm/vmscan.c: add_page_to_unevictable_list', (s: Mm) => {
          when(s.lruLock === null)
          s.folio[f].PG_unevictable = true
          s.folio[f].PG_lru = true
          return 'putback: look again'
        }),
        'putback: look again': step('mm/vmscan.c: putback_lru_page', (s: Mm) => {
          if (!s.folio[f].PG_mlocked && testAndClearLru(s, f)) return 'putback: evictable?'
          s.folio[f].isolated = false
          folioPut(s, f)
          return 'done'
        }),
      }),
      ...drain.steps,
    },
  )
}
