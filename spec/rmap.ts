/**
 * Adding and removing one mapping, and the walk over all that may map a folio. Each function is what happens within one
 * critical section of the page-table lock. Since v5.18 both look at the VMA: where it is VM_LOCKED, a new mapping is an
 * mlock of the folio, and a mapping that goes is a munlock.
 */
import { match } from 'ts-pattern'
import { when } from '../checker/language/index.ts'
import { folioAddLru } from './lru.ts'
import { countEvent, folioPut, type Memory, type Mm, mapcount, mappedBy, type Pte, vmaOf } from './memory.ts'
import { drainMlockBatch, mlockFolio, mlockNewFolio, munlockFolio, rescue, setMlocked } from './mlock.ts'
import type { Settings } from './switches/index.ts'

/** Who does it: batches belong to a CPU, and what is batched depends on the kernel. */
export interface By {
  readonly cpu: number
  readonly settings: Settings
}

/** mm/rmap.c: page_add_*_rmap / folio_add_*_rmap_pte. The entry maps the folio, for which the mapping holds a reference. */
export function addRmap(s: Mm, page: number, f: number, by: By): void {
  s.folio[f].refs++
  s.pte[page] = { kind: 'present', folio: f }
  mlockVma(s, page, f, by)
}

/**
 * mm/memory.c: do_anonymous_page, and lru_cache_add_inactive_or_unevictable / folio_add_lru_vma: a new folio is mapped, and
 * goes to the mlock batch where the VMA is VM_LOCKED, instead of the lru_add batch.
 */
export function mapNewFolio(s: Mm, page: number, f: number, { cpu, settings }: By): void {
  const vma = s.vma[vmaOf(s, page)]
  s.folio[f].refs = 1
  s.pte[page] = { kind: 'present', folio: f }
  if (settings['munlock-decides-by'] === 'mlock-count' && vma.VM_LOCKED && !vma.VM_IO) {
    if (mlockNewFolio(s, cpu, f)) drainMlockBatch(s, cpu)
    return
  }
  mlockVma(s, page, f, { cpu, settings })
  if (vma.VM_LOCKED && settings['lru-add-order'] === 'putback-looks-again') {
    // mm/vmscan.c: add_page_to_unevictable_list, without a batch.
    when(s.lruLock === null)
    Object.assign(s.folio[f], { PG_unevictable: true, PG_lru: true })
    return
  }
  folioAddLru(s, cpu, f)
}

/** mm/rmap.c: page_remove_rmap / folio_remove_rmap_pte. `entry` takes the place of a mapping, whose reference is dropped. */
export function removeRmap(s: Mm, page: number, entry: Pte, by: By): void {
  const f = mappedBy(s.pte[page])!
  s.pte[page] = entry
  // VM_IO is not asked for: what goes while mlock(2) walks is munlocked, which errs low.
  const counts = by.settings['munlock-decides-by'] === 'mlock-count' && s.vma[vmaOf(s, page)].VM_LOCKED
  if (counts && munlockFolio(s, by.cpu, f)) drainMlockBatch(s, by.cpu)
  const clears = by.settings['last-unmap-clears-PG_mlocked'] === 'yes'
  if (clears && s.folio[f].PG_mlocked && mapcount(s, f) === 0) clearPageMlock(s, f)
  folioPut(s, f)
}

/** mm/memory.c: zap_pte_range, one entry. A mapping goes with its reference; a migration entry holds none, and is removed. */
export function zapPte(s: Mm, page: number, by: By): void {
  if (mappedBy(s.pte[page]) === null) s.pte[page] = { kind: 'none' }
  else removeRmap(s, page, { kind: 'none' }, by)
}

/** mm/internal.h: mlock_vma_page / mlock_vma_folio. A VMA that mlock(2) is walking counts for itself (VM_IO). */
export function mlockVma(s: Mm, page: number, f: number, { cpu, settings }: By): void {
  const vma = s.vma[vmaOf(s, page)]
  if (!vma.VM_LOCKED || vma.VM_IO) return
  match(settings['munlock-decides-by'])
    .with('mlock-count', () => {
      if (mlockFolio(s, cpu, f)) drainMlockBatch(s, cpu)
    })
    // Those who add a mapping call mlock_vma_page themselves. The folio is not on the LRU yet: setting the flag is all.
    .with('rmap-walk', () => {
      if (!s.folio[f].PG_mlocked) setMlocked(s, f)
    })
    .exhaustive()
}

/** An idea: a mapping that migration restores in a VMA that is not VM_LOCKED any more is the munlock that its walk missed. */
export function munlockRestored(s: Mm, page: number, f: number, { cpu, settings }: By): void {
  if (settings['restore-munlocks'] === 'no' || s.vma[vmaOf(s, page)].VM_LOCKED || !s.folio[f].PG_mlocked) return
  munlockFolio(s, cpu, f)
  drainMlockBatch(s, cpu)
}

/**
 * mm/mlock.c: mlock_page_drain / mlock_drain_local, where migration has changed an entry of a VM_LOCKED VMA: still inside
 * the page-table lock, so that the task cannot have been moved to another CPU.
 */
export function drainInPageTableLock(s: Mm, page: number, { cpu, settings }: By): void {
  const drains = settings['migration-drains-mlock'] === 'in-page-table-lock'
  if (drains && s.vma[vmaOf(s, page)].VM_LOCKED) drainMlockBatch(s, cpu)
}

/** mm/mlock.c: clear_page_mlock (to v5.17). The last mapping is gone, so nobody can have the folio locked. */
function clearPageMlock(s: Mm, f: number): void {
  const folio = s.folio[f]
  folio.PG_mlocked = false
  s.NR_MLOCK--
  countEvent(s, 'PGCLEARED')
  if (folio.PG_lru) rescue(s, f)
  else if (folio.PG_unevictable) countEvent(s, 'PGSTRANDED')
}

/** Where an rmap walk stands: at which of the places that may map the folio. */
export interface Walk {
  at: number
}

/** The place that a walk looks at now: the one page that may name the folio, or, where pages are shared, each in turn. */
export function visited({ sizes }: Memory, s: Mm, walk: Walk, names: (pte: Pte) => boolean): number | null {
  const page = sizes.shared || sizes.mappedTwice ? walk.at : s.pte.findIndex(names)
  return page >= 0 && names(s.pte[page]) ? page : null
}

/** The first step of a walk takes the lock of the rmap, against those who change what it will find. */
export function walkBegins({ sizes }: Memory, s: Mm, walk: Walk): void {
  if (!sizes.rmapLock || walk.at > 0) return
  when(!s.rmap_locked)
  s.rmap_locked = true
}

/** Goes on to the next place, and tells whether there is one; the walk then is over. */
export function walkOn({ sizes }: Memory, s: Mm, walk: Walk): boolean {
  const more = (sizes.shared === true || sizes.mappedTwice === true) && walk.at < sizes.pages - 1
  walk.at = more ? walk.at + 1 : 0
  if (!more) s.rmap_locked = false
  return more
}
