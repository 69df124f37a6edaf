/**
 * munlock(2) before v5.18: the flag is cleared first, pages are taken off the LRU, and a walk over the mappings of each
 * decides whether another VMA locks it. The batch is local to the call, so that it never outlives it; here it is one page.
 */
import { match } from 'ts-pattern'
import { bool, note, optional, process, step, stepsIf, when } from '../checker/language/index.ts'
import { chooseList } from './lru.ts'
import { countEvent, folioPut, type Memory, type Mm, mapcount, vmaOf } from './memory.ts'
import { setMlocked, testAndClearLru } from './mlock.ts'
import type { Settings } from './switches/index.ts'

interface Munlocker {
  readonly cpu: number
  readonly settings: Settings
  readonly page: number
}

interface Locals {
  folio: number | null
  isolated: boolean
}

/** A task that calls munlock(2) once, for the VMA of one page. */
export function munlockByPagevec(mm: Memory, munlocker: Munlocker) {
  return process(
    mm.state,
    { title: `munlock (CPU ${munlocker.cpu})`, locals: munlockLocals(mm), start: munlockStart },
    munlockSteps(munlocker),
  )
}

/** What a task keeps to itself during the call, and the start values. */
export const munlockLocals = (mm: Memory) => ({ folio: optional(mm.folios), isolated: bool })
export const munlockStart = { folio: null, isolated: false }

/** The labelled steps of one munlock(2), from the store of the flags to 'done'. */
export function munlockSteps({ settings, page }: Omit<Munlocker, 'cpu'>) {
  const underLruLock = settings['munlock-order'] === 'lru-locked'
  /** Test and clear of PG_mlocked, the first phase. False: it was clear, and nothing is left to do. */
  const clearFlag = (s: Mm, me: Locals) => {
    const folio = s.folio[me.folio!]
    const had = folio.PG_mlocked
    folio.PG_mlocked = false
    return had
  }
  /** The folio leaves the list, or it was isolated already. NR_MLOCK is lowered for what this release counts. */
  const takeOff = (s: Mm, me: Locals) => {
    me.isolated = testAndClearLru(s, me.folio!)
    if (!me.isolated) {
      note(s, 'isolation fails')
      countEvent(s, s.folio[me.folio!].PG_unevictable ? 'PGSTRANDED' : 'PGMUNLOCKED')
    }
    const counted = match(settings['munlock-lowers-NR_MLOCK-by'])
      .with('isolated', () => me.isolated)
      .with('cleared', () => true)
      .exhaustive()
    if (counted) s.NR_MLOCK--
    return me.isolated ? 'try_to_munlock' : 'put_page'
  }
  return {
    'munlock(2): clear VM_LOCKED': step('mm/mlock.c: munlock_vma_pages_range', (s: Mm, _me: Locals) => {
      s.vma[vmaOf(s, page)].VM_LOCKED = false
      return 'munlock_vma_pages_range'
    }),
    munlock_vma_pages_range: step('mm/mlock.c: __munlock_pagevec_fill', (s: Mm, me: Locals) => {
      const pte = s.pte[page]
      if (pte.kind !== 'present') {
        note(s, 'a migration entry, skipped')
        return 'done'
      }
      s.folio[pte.folio].refs++
      s.folio[pte.folio].gets++
      me.folio = pte.folio
      return underLruLock ? 'munlock: phase 1' : 'munlock: clear PG_mlocked'
    }),
    ...stepsIf(underLruLock, {
      'munlock: phase 1': step('mm/mlock.c: __munlock_pagevec', (s: Mm, me: Locals) => {
        when(s.lruLock === null)
        return clearFlag(s, me) ? takeOff(s, me) : 'put_page'
      }),
    }),
    ...stepsIf(!underLruLock, {
      'munlock: clear PG_mlocked': step('mm/mlock.c: __munlock_pagevec', (s: Mm, me: Locals) =>
        clearFlag(s, me) ? 'munlock: test and clear PG_lru' : 'put_page',
      ),
      'munlock: test and clear PG_lru': step('mm/mlock.c: __munlock_pagevec', (s: Mm, me: Locals) => takeOff(s, me)),
    }),
    // The page lock keeps mlock of the same page away. The walk over the mappings is one step here.
    try_to_munlock: step('mm/rmap.c: try_to_munlock / page_mlock', (s: Mm, me: Locals) => {
      const f = me.folio!
      when(!s.folio[f].PG_locked)
      const lockedBy = s.pte.findIndex(
        (pte, at) => pte.kind === 'present' && pte.folio === f && s.vma[vmaOf(s, at)].VM_LOCKED,
      )
      if (mapcount(s, f) > 1 && lockedBy >= 0) setMlocked(s, f)
      else countEvent(s, 'PGMUNLOCKED')
      return 'munlock: putback'
    }),
    'munlock: putback': step('mm/mlock.c: __munlock_pagevec / __munlock_isolated_page', (s: Mm, me: Locals) => {
      when(s.lruLock === null)
      chooseList(s, me.folio!)
      s.folio[me.folio!].PG_lru = true
      me.isolated = false
      return 'put_page'
    }),
    put_page: step('mm/mlock.c: __munlock_pagevec', (s: Mm, me: Locals) => {
      s.folio[me.folio!].gets--
      folioPut(s, me.folio!)
      me.folio = null
      return 'done'
    }),
  } as const
}
