/**
 * mlock(2), munlock(2), munmap(2) and faults in one VMA, since v5.18: calls store the flags, walk the page tables one
 * entry at a time under the page-table lock, and drain this CPU's batches before and after the walk. munlock(2) before
 * v5.18 is in munlock-pagevec.ts.
 */
import { match } from 'ts-pattern'
import {
  bool,
  choose,
  constant,
  note,
  process,
  range,
  type ScalarDomain,
  type Steps,
  step,
  stepsIf,
  when,
} from '../checker/language/index.ts'
import { isFree, type Memory, type Mm } from './memory.ts'
import { mlockFolio, munlockFolio } from './mlock.ts'
import { type DrainState, drainLocals, drainStart, lruAddDrain, type Waiting } from './mlock-drain.ts'
import { drainNextCpu } from './other-work.ts'
import { addRmap, mapNewFolio, zapPte } from './rmap.ts'

export type Call = 'mlock' | 'munlock' | 'munmap' | 'touch'

export interface Caller extends Waiting {
  readonly title: string
  readonly vma: number
  /** the CPU at the start */
  readonly cpu: number
  /** whether the scenario has an action that moves the task to another CPU */
  readonly moves?: boolean
  /** the calls that it may make, and how many in all; after the last one it exits */
  readonly calls: readonly Call[]
  readonly budget: number
  /** whether it makes the calls in the order in which they are listed, each once */
  readonly inOrder?: boolean
  /** what a touched page maps: the folio of the page cache, or a new anonymous one */
  readonly maps?: 'page cache' | 'new folio'
}

type Resume = 'done' | 'mlock_pte_range' | 'clear VM_IO' | 'populate' | 'user space'
type Walk = 'mlock_pte_range' | 'populate' | 'do_fault' | 'zap_pte_range'
type Locals = DrainState<Resume> & { looked: boolean; drainCpu: number; calls: number; page: number; cpu: number }

/** A task that makes some calls for one VMA, one after the other in any order, and exits. */
export function mlockCaller(mm: Memory, caller: Caller) {
  const {
    title,
    vma,
    cpu: firstCpu,
    moves = false,
    settings,
    calls,
    budget,
    adds,
    longest,
    maps = 'page cache',
    inOrder = false,
  } = caller
  const pages = mm.pages.values.filter((page) => Math.floor((page * mm.vmas.size) / mm.pages.size) === vma)
  const [first, last] = [pages[0], pages[pages.length - 1]]
  const makes = (...some: Call[]) => some.some((call) => calls.includes(call))
  const fills = longest >= (mm.sizes.mlock?.capacity ?? 0)
  const looksTwice = settings['munlock-at-entry'] === 'looks-twice' && makes('munlock')
  const guard = settings['mlock-walk-guard'] === 'VM_IO'
  const drainsAll = settings['munlock-drains'] === 'every-cpu' && makes('munlock')
  const drainsAfterPopulate = settings['drain-after-populate'] === 'yes'
  const drain = lruAddDrain<Resume, Locals>({ ...caller, cpu: (me) => me.cpu })
  /** Where a call that is over goes on. A task that makes one call only exits then. */
  const once = calls.length === 1 && budget === 1
  const over = once ? 'done' : 'user space'
  /** Whether something may wait in the batches of its CPU that this walk has not put there. */
  const findsEntries = fills || longest > 1 || moves || adds || makes('munmap', 'touch')
  const resumes: Resume[] = [
    ...(makes('mlock', 'munlock') && findsEntries ? (['mlock_pte_range'] as const) : []),
    ...(makes('mlock') ? ([guard ? 'clear VM_IO' : 'populate'] as const) : []),
    over,
  ]

  const possible = (s: Mm): Call[] =>
    calls.filter((call) => {
      if (call === 'mlock') return !s.vma[vma].VM_LOCKED
      if (call === 'munlock') return s.vma[vma].VM_LOCKED
      const empty = pages.filter((page) => s.pte[page].kind === 'none').length
      if (call === 'touch' && maps === 'page cache' && s.cache[0] === null) return false
      return call === 'munmap' ? empty < pages.length : empty > 0
    })
  /** One page of a walk is done: the next one, or the end, with the batch first where this page has filled it. */
  const onward = (s: Mm, me: Locals, full: boolean, label: Walk) => {
    if (full) {
      me.page++
      if (label === 'mlock_pte_range') me.resume = label
      return drain.full(s, me)
    }
    if (me.page === last) return endOf(s, me, label)
    me.page++
    return label
  }
  const endOf = (s: Mm, me: Locals, label: Walk): 'lru_add_drain' | Resume => {
    me.page = first
    if (label === 'zap_pte_range') s.vma[vma].VM_LOCKED = false
    if (label === 'populate' && drainsAfterPopulate) {
      me.resume = over
      return 'lru_add_drain'
    }
    if (label !== 'mlock_pte_range') return over
    me.resume = !s.vma[vma].VM_LOCKED ? over : guard ? 'clear VM_IO' : 'populate'
    return 'lru_add_drain'
  }
  /** There is a drain before the walk; it is no step of its own where there is nothing to drain. */
  const fault = (s: Mm, me: Locals) => {
    when(s.pte[me.page].kind !== 'migration')
    if (s.pte[me.page].kind !== 'none') return
    const by = { cpu: me.cpu, settings }
    if (maps === 'new folio') {
      const f = s.folio.findIndex((_, each) => isFree(s, each))
      when(f >= 0)
      mapNewFolio(s, me.page, f, by)
      return
    }
    const f = s.cache[0]
    if (f === null) return
    when(!s.folio[f].PG_locked && !s.folio[f].frozen)
    addRmap(s, me.page, f, by)
  }
  const beforeWalk = (s: Mm, me: Locals) => {
    if (s.batch[me.cpu].length === 0 && s.mlockBatch[me.cpu].length === 0) return 'mlock_pte_range' as const
    me.resume = 'mlock_pte_range'
    return 'lru_add_drain' as const
  }

  return process(
    mm.state,
    {
      title,
      locals: {
        ...drainLocals(caller, resumes),
        /** the walk has seen the migration entry at which it stands */
        looked: looksTwice ? bool : constant<boolean>(false),
        drainCpu: drainsAll ? mm.cpus : (constant(0) as ScalarDomain<number>),
        /** calls still to be made */
        calls: (once ? constant(budget) : range(0, budget)) as ScalarDomain<number>,
        /** where a walk stands; behind the last page when it is over */
        page: range(first, fills ? last + 1 : last),
        cpu: moves ? mm.cpus : (constant(firstCpu) as ScalarDomain<number>),
      },
      start: { ...drainStart<Resume>(over), looked: false, drainCpu: 0, calls: budget, page: first, cpu: firstCpu },
    },
    {
      ...stepsIf(!once, {
        'user space': step('user space', (s: Mm, me: Locals) => {
          if (me.calls === 0 || (!inOrder && possible(s).length === 0)) return 'done'
          const call = inOrder ? calls[calls.length - me.calls] : choose(s, possible(s))
          me.calls--
          return match(call)
            .with('mlock', () => 'mlock(2): set VM_LOCKED' as const)
            .with('munlock', () => 'munlock(2): clear VM_LOCKED' as const)
            .with('munmap', () => 'zap_pte_range' as const)
            .with('touch', () => 'do_fault' as const)
            .exhaustive()
        }),
      }),
      ...stepsIf(makes('mlock'), {
        // One store: those who look at the flags without mmap_lock see both or none.
        'mlock(2): set VM_LOCKED': step('mm/mlock.c: mlock_vma_pages_range', (s: Mm, me: Locals) => {
          s.vma[vma] = { VM_LOCKED: true, VM_IO: guard }
          return beforeWalk(s, me)
        }),
      }),
      ...stepsIf(makes('munlock'), {
        'munlock(2): clear VM_LOCKED': step('mm/mlock.c: mlock_vma_pages_range', (s: Mm, me: Locals) => {
          s.vma[vma].VM_LOCKED = false
          return drainsAll ? 'lru_add_drain_all' : beforeWalk(s, me)
        }),
      }),
      ...stepsIf(drainsAll, {
        lru_add_drain_all: step('mm/swap.c: lru_add_drain_all', (s: Mm, me: Locals) => {
          return drainNextCpu(s, me, mm) ? 'lru_add_drain_all' : 'mlock_pte_range'
        }),
      }),
      ...stepsIf(makes('mlock', 'munlock'), {
        mlock_pte_range: step('mm/mlock.c: mlock_pte_range', (s: Mm, me: Locals) => {
          if (me.page > last) return endOf(s, me, 'mlock_pte_range')
          const pte = s.pte[me.page]
          if (pte.kind === 'migration' && !s.vma[vma].VM_LOCKED) {
            const entry = match(settings['munlock-at-entry'])
              .with('skips', () => 'skip' as const)
              .with('looks-twice', () => (me.looked ? ('skip' as const) : ('again' as const)))
              .with('munlocks-source', () => 'munlock' as const)
              .with('waits', () => 'wait' as const)
              .exhaustive()
            when(entry !== 'wait')
            me.looked = looksTwice && entry === 'again'
            if (entry === 'again') return 'mlock_pte_range'
            if (entry === 'munlock') return onward(s, me, munlockFolio(s, me.cpu, pte.folio), 'mlock_pte_range')
          }
          if (pte.kind !== 'present') {
            note(s, pte.kind === 'migration' ? 'a migration entry, skipped' : 'nothing there')
            return onward(s, me, false, 'mlock_pte_range')
          }
          me.looked = false
          const queue = s.vma[vma].VM_LOCKED ? mlockFolio : munlockFolio
          return onward(s, me, queue(s, me.cpu, pte.folio), 'mlock_pte_range')
        }),
      }),
      ...stepsIf(makes('mlock') && guard, {
        'clear VM_IO': step('mm/mlock.c: mlock_vma_pages_range', (s: Mm) => {
          s.vma[vma].VM_IO = false
          return 'populate'
        }),
      }),
      ...stepsIf(makes('mlock'), {
        // A page-table entry under migration is waited for.
        populate: step('mm/gup.c: populate_vma_page_range', (s: Mm, me: Locals) => {
          fault(s, me)
          return onward(s, me, false, 'populate')
        }),
      }),
      ...stepsIf(makes('touch'), {
        do_fault: step('mm/memory.c: do_fault / do_anonymous_page', (s: Mm, me: Locals) => {
          fault(s, me)
          return onward(s, me, false, 'do_fault')
        }),
      }),
      ...stepsIf(makes('munmap'), {
        zap_pte_range: step('mm/memory.c: zap_pte_range', (s: Mm, me: Locals) => {
          if (me.page > last) return endOf(s, me, 'zap_pte_range')
          zapPte(s, me.page, { cpu: me.cpu, settings })
          return onward(s, me, false, 'zap_pte_range')
        }),
      }),
      ...drain.steps,
    } as Steps<Mm, Locals, string, 'done'>,
  )
}
