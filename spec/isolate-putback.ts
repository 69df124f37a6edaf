/**
 * A task that takes a folio off the LRU and puts it back: what is left of reclaim, compaction or a migration that gives
 * up before it has touched a page-table entry.
 */
import { process, type Steps, step, stepsIf, when } from '../checker/language/index.ts'
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
        return putbackBegins(settings)
      }),
      ...putbackLruPage<unknown, 'lru_add_drain' | 'done'>({
        cpu,
        settings,
        folio: () => f,
        batched: 'lru_add_drain',
        exit: 'done',
      }),
      ...drain.steps,
    },
  )
}

interface Putback<M, R extends string> {
  readonly cpu: number
  readonly settings: Settings
  readonly folio: (me: M) => number
  /** where the task goes on when the folio is in the batch of its CPU, and when it is on the unevictable list */
  readonly batched: R
  readonly exit: R
}

type PutbackLabel = 'putback' | 'putback: evictable?' | 'putback: add to the unevictable list' | 'putback: look again'

/** The label at which putbackLruPage begins. */
export const putbackBegins = (settings: Settings): 'putback' | 'putback: evictable?' =>
  settings['lru-add-order'] === 'putback-looks-again' ? 'putback: evictable?' : 'putback'

/** putback_lru_page for whoever has isolated a folio. */
export function putbackLruPage<M, R extends string>({
  cpu,
  settings,
  folio,
  batched,
  exit,
}: Putback<M, R>): Steps<Mm, M, PutbackLabel, R> {
  const looksAgain = settings['lru-add-order'] === 'putback-looks-again'
  return {
    ...stepsIf(!looksAgain, {
      putback: step('mm/vmscan.c: putback_lru_page / folio_putback_lru', (s: Mm, me: M) => {
        folioPutbackLru(s, cpu, folio(me))
        return batched
      }),
    }),
    // Before v4.17 putback itself chose the list, without a batch for the unevictable one.
    ...stepsIf(looksAgain, {
      'putback: evictable?': step('mm/vmscan.c: putback_lru_page', (s: Mm, me: M) => {
        const f = folio(me)
        if (s.folio[f].PG_mlocked) return 'putback: add to the unevictable list'
        s.folio[f].PG_unevictable = false
        folioAddLru(s, cpu, f)
        s.folio[f].isolated = false
        folioPut(s, f)
        return batched
      }),
      'putback: add to the unevictable list': step('mm/vmscan.c: add_page_to_unevictable_list', (s: Mm, me: M) => {
        when(s.lruLock === null)
        const added = s.folio[folio(me)]
        added.PG_unevictable = true
        added.PG_lru = true
        // It can be isolated again from here on: the reference that is left is only that of somebody who looks.
        added.isolated = false
        added.gets++
        return 'putback: look again'
      }),
      'putback: look again': step('mm/vmscan.c: putback_lru_page', (s: Mm, me: M) => {
        const f = folio(me)
        s.folio[f].gets--
        if (!s.folio[f].PG_mlocked && testAndClearLru(s, f)) {
          s.folio[f].isolated = true
          return 'putback: evictable?'
        }
        folioPut(s, f)
        return exit
      }),
    }),
  } as Steps<Mm, M, PutbackLabel, R>
}
