/** The LRU list, isolation from it, and the per-CPU lru_add batches in front of it. */
import { BATCH_SIZE, folioPut, type Mm } from './memory.ts'

/** mm/vmscan.c: folio_isolate_lru. Test-and-clear of PG_lru decides; the isolation list then holds a reference. */
export function folioIsolateLru(s: Mm, f: number): boolean {
  const folio = s.folio[f]
  if (!folio.PG_lru) return false
  folio.PG_lru = false
  folio.refs++
  folio.isolated = true
  return true
}

/** mm/swap.c: folio_add_lru. The folio waits in this CPU's batch, with PG_lru clear, until the batch is flushed. */
export function folioAddLru(s: Mm, cpu: number, f: number): void {
  s.folio[f].refs++
  s.batch[cpu].push(f)
  if (s.batch[cpu].length === BATCH_SIZE || s.lruCacheDisabled) flushBatch(s, cpu)
}

/** mm/swap.c: lru_add_drain on one CPU. Each folio of the batch goes to its list, and the batch lets go of it. */
export function flushBatch(s: Mm, cpu: number): void {
  for (const f of s.batch[cpu]) {
    s.folio[f].PG_lru = true
    folioPut(s, f)
  }
  s.batch[cpu] = []
}

/** mm/vmscan.c: folio_putback_lru. Through the batch again: PG_lru stays clear, and the batch holds a reference. */
export function folioPutbackLru(s: Mm, cpu: number, f: number): void {
  folioAddLru(s, cpu, f)
  s.folio[f].isolated = false
  folioPut(s, f)
}
