/**
 * mlock(2) before v5.18, and munlock(2) after it: the flag is stored, and then each page is faulted in where it is missing
 * and mlocked by follow_page (FOLL_MLOCK). The page-table lock is held from the test of the page lock on; who would change
 * the entry of this page, migration, needs the page lock as well, so that the steps in between need not show it.
 */
import { note, process, type Steps, step, stepsIf, when } from '../checker/language/index.ts'
import { putbackBegins, putbackLruPage } from './isolate-putback.ts'
import { folioIsolateLru } from './lru.ts'
import { folioUnlock, isFree, type Memory, type Mm, vmaOf } from './memory.ts'
import { setMlocked } from './mlock.ts'
import { type DrainState, drainLocals, drainStart, lruAddDrain } from './mlock-drain.ts'
import { munlockLocals, munlockSteps } from './munlock-pagevec.ts'
import { mapNewFolio } from './rmap.ts'
import type { Settings } from './switches/index.ts'

interface Caller {
  readonly cpu: number
  readonly settings: Settings
  readonly page: number
  /** whether the page is missing at the start: a new anonymous folio is faulted in */
  readonly faults: boolean
}

type Resume = 'mlock_vma_page'
type Locals = DrainState<Resume> & { folio: number | null; isolated: boolean }

/** A task that calls mlock(2) for the VMA of one page, and later munlock(2). Between them it is in 'user space'. */
export function mlockByPage(mm: Memory, { cpu, settings, page, faults }: Caller) {
  // What a fault has put into the batch; before v4.17 a page that is mlocked at once was put onto its list directly.
  const adds = faults && settings['lru-add-order'] !== 'putback-looks-again'
  const waiting = { settings, adds, kinds: [], longest: 1 } as const
  const drain = lruAddDrain<Resume, Locals>({ cpu: () => cpu, ...waiting })
  return process(
    mm.state,
    {
      title: `mlock, munlock (CPU ${cpu})`,
      locals: { ...drainLocals<Resume>(waiting, ['mlock_vma_page']), ...munlockLocals(mm) },
      start: { ...drainStart<Resume>('mlock_vma_page'), folio: null, isolated: false },
    },
    {
      'mlock(2): set VM_LOCKED': step('mm/mlock.c: mlock_fixup', (s: Mm, _me: Locals) => {
        s.vma[vmaOf(s, page)].VM_LOCKED = true
        return 'follow_page_pte'
      }),
      // The page lock is only tried: a page that somebody has locked is left to reclaim. A migration entry is waited for.
      follow_page_pte: step('mm/gup.c: follow_page_pte', (s: Mm, me: Locals) => {
        const pte = s.pte[page]
        if (pte.kind === 'none') return 'do_anonymous_page'
        when(pte.kind === 'present')
        if (s.folio[pte.folio].PG_locked) {
          note(s, 'the page is locked, and passed over')
          return 'user space'
        }
        s.folio[pte.folio].PG_locked = true
        me.folio = pte.folio
        return 'lru_add_drain'
      }),
      ...stepsIf(faults, {
        do_anonymous_page: step('mm/memory.c: do_anonymous_page', (s: Mm, _me: Locals) => {
          const f = s.folio.findIndex((_, each) => isFree(s, each))
          when(f >= 0)
          mapNewFolio(s, page, f, { cpu, settings })
          return 'follow_page_pte'
        }),
      }),
      ...drain.steps,
      mlock_vma_page: step('mm/mlock.c: mlock_vma_page', (s: Mm, me: Locals) => {
        if (s.folio[me.folio!].PG_mlocked) return 'unlock_page'
        setMlocked(s, me.folio!)
        return 'mlock: isolate'
      }),
      // A page that was faulted in has PG_mlocked already.
      ...stepsIf(!faults, {
        'mlock: isolate': step('mm/vmscan.c: isolate_lru_page', (s: Mm, me: Locals) => {
          when(s.lruLock === null)
          if (folioIsolateLru(s, me.folio!)) return putbackBegins(settings)
          note(s, 'fails, PG_lru is clear')
          return 'unlock_page'
        }),
        ...putbackLruPage<Locals, 'unlock_page'>({
          cpu,
          settings,
          folio: (me) => me.folio!,
          batched: 'unlock_page',
          exit: 'unlock_page',
        }),
      }),
      unlock_page: step('mm/gup.c: follow_page_pte', (s: Mm, me: Locals) => {
        folioUnlock(s, me.folio!)
        me.folio = null
        return 'user space'
      }),
      'user space': step('user space', () => 'munlock(2): clear VM_LOCKED'),
      ...munlockSteps({ settings, page }),
    } as Steps<Mm, Locals, string, 'done'>,
  )
}
