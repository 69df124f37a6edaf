/** The LRU list, isolation from it, and the per-CPU batches in front of it: lru_add and activate. */
import { note, when } from '../checker/language/index.ts'
import { BATCH_SIZE, countEvent, folioPut, type Mm } from './memory.ts'
import { drainMlockBatch } from './mlock.ts'

/** mm/vmscan.c: folio_isolate_lru. Test-and-clear of PG_lru decides; the isolation list then holds a reference. */
export function folioIsolateLru(s: Mm, f: number): boolean {
  const folio = s.folio[f]
  if (!folio.PG_lru) return false
  folio.PG_lru = false
  folio.mlock_count = 0
  folio.refs++
  isolate(s, f)
  return true
}

/** The folio is on an isolation list from now on, and counted (NR_ISOLATED_ANON and _FILE, here together). */
export function isolate(s: Mm, f: number): void {
  s.folio[f].isolated = true
  if (s.countsIsolated) s.NR_ISOLATED++
}

/** The end of an isolation, however it ended: each of them has to uncount it. */
export function unisolate(s: Mm, f: number): void {
  s.folio[f].isolated = false
  if (s.countsIsolated) s.NR_ISOLATED--
}

/**
 * mm/compaction.c: isolate_migratepages_block, for a walker that has a reference (folioTryGet): it becomes that of the
 * isolation list, or is dropped where PG_lru is clear.
 */
export function isolateWithGet(s: Mm, f: number): boolean {
  const folio = s.folio[f]
  folio.gets--
  if (!folio.PG_lru) {
    folioPut(s, f)
    return false
  }
  folio.PG_lru = false
  folio.mlock_count = 0
  isolate(s, f)
  return true
}

/** mm/swap.c: folio_add_lru. The folio waits in this CPU's batch, with PG_lru clear, until the batch is flushed. */
export function folioAddLru(s: Mm, cpu: number, f: number): void {
  s.folio[f].refs++
  s.batch[cpu].push(f)
  if (s.batch[cpu].length === BATCH_SIZE || s.lru_disable_count > 0) flushBatch(s, cpu)
}

/**
 * mm/swap.c: mark_page_accessed / folio_mark_accessed, of the classic LRU lists. The second access of a folio on the
 * inactive list sends it to this CPU's activate batch; a large folio is not kept waiting.
 */
export function markAccessed(s: Mm, cpu: number, f: number): void {
  const folio = s.folio[f]
  if (!folio.PG_referenced) {
    folio.PG_referenced = true
    return
  }
  if (folio.PG_active) return
  folio.PG_referenced = false
  if (!folio.PG_lru) {
    // Still to be added by this CPU: it is added as an active one.
    if (s.batch[cpu].includes(f)) folio.PG_active = true
    return
  }
  folio.refs++
  s.activateBatch[cpu].push(f)
  if (s.clearsLruFlag) folio.PG_lru = false
  if (folio.large || s.activateBatch[cpu].length === BATCH_SIZE || s.lru_disable_count > 0) flushBatch(s, cpu)
}

/** Whether a CPU has folios in its LRU batches. */
const batchPending = (s: Mm, cpu: number): boolean => s.batch[cpu].length + s.activateBatch[cpu].length > 0

/** mm/swap.c: lru_add_drain, all batches of a CPU, for callers whose question is not how their parts interleave. */
export function drainBatches(s: Mm, cpu: number): void {
  const pending = batchPending(s, cpu) || s.mlockBatch[cpu].length > 0
  note(s, pending ? `CPU ${cpu}` : `CPU ${cpu}, nothing there`)
  flushBatch(s, cpu)
  drainMlockBatch(s, cpu)
}

/** mm/swap.c: lru_add_drain_cpu. Each folio of an LRU batch goes to its list, and the batch lets go of it. */
export function flushBatch(s: Mm, cpu: number): void {
  if (!batchPending(s, cpu)) return
  when(s.lruLock === null && !s.localLock[cpu])
  for (const f of s.batch[cpu]) {
    chooseList(s, f)
    s.folio[f].PG_lru = true
    folioPut(s, f)
  }
  s.batch[cpu] = []
  for (const f of s.activateBatch[cpu]) {
    // A folio that somebody has isolated meanwhile is passed over.
    if (s.clearsLruFlag) s.folio[f].PG_lru = true
    if (s.folio[f].PG_lru) s.folio[f].PG_active = true
    folioPut(s, f)
  }
  s.activateBatch[cpu] = []
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
  unisolate(s, f)
  folioPut(s, f)
}

/** mm/migrate.c: migrate_page_states / folio_migrate_flags. PG_unevictable moves along; PG_mlocked is never copied. */
export function moveUnevictable(s: Mm, src: number, dst: number): void {
  if (!s.folio[src].PG_unevictable) return
  s.folio[src].PG_unevictable = false
  s.folio[dst].PG_unevictable = true
}
