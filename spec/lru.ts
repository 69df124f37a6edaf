/** The LRU list, isolation from it, and the per-CPU lru_add batches in front of it. */
import { when } from '../checker/language/index.ts'
import { BATCH_SIZE, countEvent, folioPut, type Mm } from './memory.ts'

/** mm/vmscan.c: folio_isolate_lru. Test-and-clear of PG_lru decides; the isolation list then holds a reference. */
export function folioIsolateLru(s: Mm, f: number): boolean {
  const folio = s.folio[f]
  if (!folio.PG_lru) return false
  folio.PG_lru = false
  folio.mlock_count = 0
  folio.refs++
  folio.isolated = true
  return true
}

/** mm/swap.c: folio_add_lru. The folio waits in this CPU's batch, with PG_lru clear, until the batch is flushed. */
export function folioAddLru(s: Mm, cpu: number, f: number): void {
  s.folio[f].refs++
  s.batch[cpu].push(f)
  if (s.batch[cpu].length === BATCH_SIZE || s.lru_disable_count > 0) flushBatch(s, cpu)
}

/** mm/swap.c: lru_add_drain on one CPU. Each folio of the batch goes to its list, and the batch lets go of it. */
export function flushBatch(s: Mm, cpu: number): void {
  if (s.batch[cpu].length === 0) return
  when(s.lruLock === null && !s.localLock[cpu])
  for (const f of s.batch[cpu]) {
    chooseList(s, f)
    s.folio[f].PG_lru = true
    folioPut(s, f)
  }
  s.batch[cpu] = []
}

/**
 * mm/swap.c: __pagevec_lru_add_fn / lru_add_fn / lru_add, the part that reads PG_mlocked to choose the list. Nobody knows
 * whether mlocks of this folio were counted already, so the count starts at zero: too low is repaired by reclaim.
 */
export function chooseList(s: Mm, f: number): void {
  const folio = s.folio[f]
  const before = folio.PG_unevictable
  if (folio.PG_mlocked !== before) {
    folio.PG_unevictable = folio.PG_mlocked
    countEvent(s, before ? 'PGRESCUED' : 'PGCULLED')
  }
  if (before) folio.mlock_count = 0
}

/** mm/vmscan.c: folio_putback_lru. Through the batch again: PG_lru stays clear, and the batch holds a reference. */
export function folioPutbackLru(s: Mm, cpu: number, f: number): void {
  folioAddLru(s, cpu, f)
  s.folio[f].isolated = false
  folioPut(s, f)
}
