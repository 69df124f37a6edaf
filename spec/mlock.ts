/**
 * mlock of a folio since v5.18: the flag is set or cleared, the count is kept where the LRU link was, and entries wait in
 * a batch of each CPU, each with a reference. What is done to one folio is here; the drain is in mlock-drain.ts.
 */
import { match } from 'ts-pattern'
import { when } from '../checker/language/index.ts'
import { countEvent, folioPut, type Mm } from './memory.ts'

export type MlockKind = 'LRU' | 'NEW' | 'MUNLOCK'

/** mm/mlock.c: mlock_folio. PG_mlocked is set at once; the count follows when the batch is processed. True: it is full. */
export function mlockFolio(s: Mm, cpu: number, f: number): boolean {
  if (!s.folio[f].PG_mlocked) setMlocked(s, f)
  return queue(s, cpu, f, 'LRU')
}

/** mm/mlock.c: mlock_new_folio, for a fresh anonymous folio that nobody else knows. True: the batch is full. */
export function mlockNewFolio(s: Mm, cpu: number, f: number): boolean {
  setMlocked(s, f)
  return queue(s, cpu, f, 'NEW')
}

/** mm/mlock.c: munlock_folio. Nothing is cleared before the batch is processed. True: the batch is full. */
export function munlockFolio(s: Mm, cpu: number, f: number): boolean {
  return queue(s, cpu, f, 'MUNLOCK')
}

/** PG_mlocked is set, and NR_MLOCK follows. */
export function setMlocked(s: Mm, f: number): void {
  s.folio[f].PG_mlocked = true
  s.NR_MLOCK++
  countEvent(s, 'PGMLOCKED')
}

function queue(s: Mm, cpu: number, f: number, kind: MlockKind): boolean {
  when(!s.localLock[cpu])
  s.folio[f].refs++
  s.mlockBatch[cpu].push({ folio: f, kind })
  // A large folio is not kept waiting.
  return s.folio[f].large || s.lru_disable_count > 0 || mlockBatchIsFull(s, cpu)
}

/** Whether nothing more fits into the batch of a CPU. Whoever fills it has to process it. */
export function mlockBatchIsFull(s: Mm, cpu: number): boolean {
  return s.mlockBatch[cpu].length === s.mlockCapacity
}

/** Test and clear of PG_lru: whoever finds it set owns the place of the folio on its list. */
export function testAndClearLru(s: Mm, f: number): boolean {
  const had = s.folio[f].PG_lru
  s.folio[f].PG_lru = false
  return had
}

/** mm/mlock.c: __mlock_page / __mlock_folio, inside the LRU lock: choose the list by PG_mlocked, and count. */
export function countMlock(s: Mm, f: number): void {
  const folio = s.folio[f]
  if (!folio.PG_mlocked) {
    rescue(s, f)
  } else if (folio.PG_unevictable) {
    folio.mlock_count++
  } else {
    folio.PG_unevictable = true
    folio.mlock_count = 1
    countEvent(s, 'PGCULLED')
  }
}

/** mm/mlock.c: __munlock_page / __munlock_folio, inside the LRU lock. True when another mlock is left. */
export function countMunlock(s: Mm, f: number): boolean {
  const folio = s.folio[f]
  if (!folio.PG_unevictable) return false
  if (folio.mlock_count > 0) folio.mlock_count--
  return folio.mlock_count > 0
}

/** Test and clear of PG_mlocked, with NR_MLOCK; the event says whether the folio was there to be rescued. */
export function clearMlocked(s: Mm, f: number, isolated: boolean): void {
  const folio = s.folio[f]
  if (!folio.PG_mlocked) return
  folio.PG_mlocked = false
  s.NR_MLOCK--
  countEvent(s, isolated || !folio.PG_unevictable ? 'PGMUNLOCKED' : 'PGSTRANDED')
}

/** A folio on the unevictable list that is evictable by now moves to where it belongs. */
export function rescue(s: Mm, f: number): void {
  const folio = s.folio[f]
  if (!folio.PG_unevictable || folio.PG_mlocked) return
  folio.PG_unevictable = false
  folio.mlock_count = 0
  countEvent(s, 'PGRESCUED')
}

/**
 * mm/mlock.c: mlock_pagevec / mlock_folio_batch, all of it in one step: for callers inside the page-table lock whose
 * question is where the entries are, not how their parts interleave.
 */
export function drainMlockBatch(s: Mm, cpu: number): void {
  if (s.mlockBatch[cpu].length === 0) return
  when(s.lruLock === null && !s.localLock[cpu])
  const entries = [...s.mlockBatch[cpu]]
  for (const { folio, kind } of entries) {
    match(kind)
      .with('LRU', () => {
        if (!testAndClearLru(s, folio)) return
        countMlock(s, folio)
        s.folio[folio].PG_lru = true
      })
      .with('NEW', () => {
        countMlock(s, folio)
        s.folio[folio].PG_lru = true
      })
      .with('MUNLOCK', () => munlockAtOnce(s, folio))
      .exhaustive()
  }
  s.mlockBatch[cpu] = []
  for (const { folio } of entries) folioPut(s, folio)
}

/** The order of PG_lru and PG_mlocked cannot show where nothing comes between them. */
function munlockAtOnce(s: Mm, f: number): void {
  const isolated = testAndClearLru(s, f)
  if (isolated && countMunlock(s, f)) {
    s.folio[f].PG_lru = true
    return
  }
  clearMlocked(s, f, isolated)
  if (!isolated) return
  rescue(s, f)
  s.folio[f].PG_lru = true
}
