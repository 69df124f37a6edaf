/**
 * lru_add_drain on one CPU as the steps that race: first its lru_add batch, then its mlock batch, an entry at a time. The
 * LRU lock is taken by the first entry that needs it and kept to the end of the batch; references are dropped after that.
 */
import { match } from 'ts-pattern'
import type { Domain, Steps } from '../checker/language/index.ts'
import {
  bool,
  constant,
  note,
  oneOf,
  range,
  type ScalarDomain,
  step,
  stepsIf,
  when,
} from '../checker/language/index.ts'
import { chooseList } from './lru.ts'
import { folioPut, type Mm } from './memory.ts'
import { clearMlocked, countMlock, countMunlock, type MlockKind, rescue, setMlocked, testAndClearLru } from './mlock.ts'
import type { Settings } from './switches/index.ts'

/** What may wait in the batches of the CPU of a task that drains. */
export interface Waiting {
  readonly settings: Settings
  /** whether folios may wait in the lru_add batch */
  readonly adds: boolean
  /** the kinds of entries that may wait in the mlock batch */
  readonly kinds: readonly MlockKind[]
  /** the most entries that may wait in either of them */
  readonly longest: number
}

/** What a task that drains keeps to itself. `resume` are the labels at which it may go on afterwards. */
export function drainLocals<const R extends string>({ settings, kinds, longest }: Waiting, resume: readonly R[]) {
  const munlocks = kinds.includes('MUNLOCK')
  return {
    entry: range(0, longest - 1),
    /** it has cleared PG_lru of the folio at hand */
    isolated: munlocks ? bool : constant<boolean>(false),
    /** it has cleared PG_mlocked of the folio at hand, before it looked at the count */
    cleared: munlocks && looksAgain(settings) ? bool : constant<boolean>(false),
    resume: oneOf(...resume) as ScalarDomain<R>,
  }
}

/** PG_lru is tested when PG_mlocked is cleared already, so that the count is looked at afterwards. */
const looksAgain = (settings: Settings): boolean =>
  settings['munlock-order'] === 'clear-then-test' || settings['munlock-order'] === 'test-clear-test'

/** The start values of drainLocals. */
export function drainStart<const R extends string>(resume: R) {
  return { entry: 0, isolated: false, cleared: false, resume }
}

export type DrainState<R extends string> = {
  [K in keyof ReturnType<typeof drainLocals<R>>]: ReturnType<typeof drainLocals<R>>[K] extends Domain<infer T>
    ? T
    : never
}

/** local_lock of the batches of a CPU, where somebody else may be on it. */
function lockLocal(s: Mm, cpu: number): void {
  if (!s.tasksShareCpus) return
  when(!s.localLock[cpu])
  s.localLock[cpu] = true
}

function unlockLocal(s: Mm, cpu: number): void {
  if (s.tasksShareCpus) s.localLock[cpu] = false
}

type Label =
  | 'lru_add_drain'
  | 'lru_add: read PG_mlocked'
  | 'lru_add: set PG_lru'
  | 'lru_add: drop references'
  | 'mlock: test and clear PG_lru'
  | 'mlock: read PG_mlocked'
  | 'mlock: set PG_lru'
  | 'munlock: test and clear PG_lru'
  | 'munlock: clear PG_mlocked'
  | 'munlock: test PG_lru again'
  | 'munlock: count'
  | 'munlock: evictable?'
  | 'munlock: set PG_lru'
  | 'mlock batch: drop references'

export interface DrainOptions<M> extends Waiting {
  readonly cpu: (me: M) => number
}

/**
 * The labelled steps of one drain: enter at 'lru_add_drain' with `me.resume` set. And `full`, which whoever has filled
 * the mlock batch returns from its own step, still inside the page-table lock, to have only that batch processed.
 */
export function lruAddDrain<R extends string, M extends DrainState<R>>(
  options: DrainOptions<M>,
): { steps: Steps<Mm, M, Label, R>; full: (s: Mm, me: M) => Label } {
  const { cpu, settings, adds, kinds } = options
  const has = (kind: MlockKind) => kinds.includes(kind)
  const readsFirst = settings['lru-add-order'] === 'read-then-set'
  const batchReadsFirst = settings['mlock-batch-order'] !== 'set-then-read'
  const munlockOrder = settings['munlock-order']

  const firstOfReturn = batchReadsFirst ? 'munlock: evictable?' : 'munlock: set PG_lru'

  const lockLru = (s: Mm, me: M) => {
    if (s.lruLock === cpu(me)) return
    when(s.lruLock === null)
    s.lruLock = cpu(me)
  }
  const endOfBatch = (s: Mm, me: M) => {
    if (s.lruLock === cpu(me)) s.lruLock = null
    me.entry = 0
  }
  const added = (s: Mm, me: M) => s.batch[cpu(me)][me.entry]
  const firstOfAdd = readsFirst ? 'lru_add: read PG_mlocked' : 'lru_add: set PG_lru'
  const nextAdded = (s: Mm, me: M) => {
    if (me.entry + 1 === s.batch[cpu(me)].length) return 'lru_add: drop references' as const
    me.entry++
    return firstOfAdd
  }
  const f = (s: Mm, me: M) => s.mlockBatch[cpu(me)][me.entry].folio
  const firstOfEntry = (s: Mm, me: M) =>
    match(s.mlockBatch[cpu(me)][me.entry].kind)
      .with('LRU', () => 'mlock: test and clear PG_lru' as const)
      .with('NEW', () => (batchReadsFirst ? ('mlock: read PG_mlocked' as const) : ('mlock: set PG_lru' as const)))
      .with('MUNLOCK', () =>
        munlockOrder === 'clear-then-test'
          ? ('munlock: clear PG_mlocked' as const)
          : ('munlock: test and clear PG_lru' as const),
      )
      .exhaustive()
  const mlockBatch = (s: Mm, me: M) => {
    if (s.mlockBatch[cpu(me)].length > 0) return firstOfEntry(s, me)
    unlockLocal(s, cpu(me))
    return me.resume
  }
  const nextEntry = (s: Mm, me: M) => {
    me.isolated = false
    me.cleared = false
    if (me.entry + 1 === s.mlockBatch[cpu(me)].length) return 'mlock batch: drop references' as const
    me.entry++
    return firstOfEntry(s, me)
  }

  const steps = {
    // The local locks of the two kinds of batches are one here: whoever holds either is not moved to another CPU.
    lru_add_drain: step('mm/swap.c: lru_add_drain', (s, me) => {
      const at = cpu(me)
      if (s.batch[at].length === 0 && s.mlockBatch[at].length === 0) return me.resume
      lockLocal(s, at)
      return s.batch[at].length > 0 ? firstOfAdd : mlockBatch(s, me)
    }),
    ...stepsIf(adds, {
      'lru_add: read PG_mlocked': step('mm/swap.c: __pagevec_lru_add_fn / lru_add', (s: Mm, me: M) => {
        lockLru(s, me)
        chooseList(s, added(s, me))
        note(s, s.folio[added(s, me)].PG_mlocked ? 'set: the unevictable list' : 'clear: an evictable list')
        return readsFirst ? 'lru_add: set PG_lru' : nextAdded(s, me)
      }),
      'lru_add: set PG_lru': step('mm/swap.c: __pagevec_lru_add_fn / lru_add', (s: Mm, me: M) => {
        lockLru(s, me)
        s.folio[added(s, me)].PG_lru = true
        return readsFirst ? nextAdded(s, me) : 'lru_add: read PG_mlocked'
      }),
      'lru_add: drop references': step('mm/swap.c: release_pages / folios_put', (s: Mm, me: M) => {
        endOfBatch(s, me)
        const folios = [...s.batch[cpu(me)]]
        s.batch[cpu(me)] = []
        for (const each of folios) folioPut(s, each)
        return mlockBatch(s, me)
      }),
    }),
    ...stepsIf(has('LRU'), {
      'mlock: test and clear PG_lru': step('mm/mlock.c: __mlock_page / __mlock_folio', (s: Mm, me: M) => {
        if (settings['mlock-batch-order'] === 'lru-locked') lockLru(s, me)
        if (!testAndClearLru(s, f(s, me))) {
          note(s, 'fails, PG_lru is clear: not counted')
          return nextEntry(s, me)
        }
        return batchReadsFirst ? 'mlock: read PG_mlocked' : 'mlock: set PG_lru'
      }),
    }),
    ...stepsIf(has('LRU') || has('NEW'), {
      'mlock: read PG_mlocked': step('mm/mlock.c: __mlock_page / __mlock_folio', (s: Mm, me: M) => {
        lockLru(s, me)
        countMlock(s, f(s, me))
        return batchReadsFirst ? 'mlock: set PG_lru' : nextEntry(s, me)
      }),
      'mlock: set PG_lru': step('mm/mlock.c: __mlock_page / __mlock_folio', (s: Mm, me: M) => {
        lockLru(s, me)
        s.folio[f(s, me)].PG_lru = true
        return batchReadsFirst ? nextEntry(s, me) : 'mlock: read PG_mlocked'
      }),
    }),
    ...stepsIf(has('MUNLOCK'), {
      'munlock: test and clear PG_lru': step('mm/mlock.c: __munlock_page / __munlock_folio', (s: Mm, me: M) => {
        if (munlockOrder === 'lru-locked') lockLru(s, me)
        me.isolated = testAndClearLru(s, f(s, me))
        if (!me.isolated) note(s, 'fails, PG_lru is clear')
        if (munlockOrder !== 'clear-then-test') return 'munlock: clear PG_mlocked'
        return me.isolated ? 'munlock: count' : nextEntry(s, me)
      }),
      // Inside the LRU lock where PG_lru was found set. Where it was not, nothing is locked, or another folio's lruvec.
      'munlock: clear PG_mlocked': step('mm/mlock.c: __munlock_page / __munlock_folio', (s: Mm, me: M) => {
        if (me.isolated) lockLru(s, me)
        if (me.isolated && countMunlock(s, f(s, me))) return 'munlock: set PG_lru'
        me.cleared = looksAgain(settings) && s.folio[f(s, me)].PG_mlocked
        clearMlocked(s, f(s, me), me.isolated)
        if (me.isolated) return firstOfReturn
        return match(munlockOrder)
          .with('clear-then-test', () => 'munlock: test and clear PG_lru' as const)
          .with('test-clear-test', () => 'munlock: test PG_lru again' as const)
          .with('test-then-clear', 'lru-locked', () => nextEntry(s, me))
          .exhaustive()
      }),
      ...stepsIf(munlockOrder === 'test-clear-test', {
        'munlock: test PG_lru again': step('mm/mlock.c: __munlock_folio', (s: Mm, me: M) => {
          me.isolated = testAndClearLru(s, f(s, me))
          return me.isolated ? 'munlock: count' : nextEntry(s, me)
        }),
      }),
      ...stepsIf(looksAgain(settings), {
        'munlock: count': step('mm/mlock.c: __munlock_folio', (s: Mm, me: M) => {
          lockLru(s, me)
          // Another mlock is left: the flag comes back, unless somebody has set it meanwhile.
          if (countMunlock(s, f(s, me)) && me.cleared && !s.folio[f(s, me)].PG_mlocked) setMlocked(s, f(s, me))
          return firstOfReturn
        }),
      }),
      'munlock: evictable?': step('mm/mlock.c: __munlock_page / __munlock_folio', (s: Mm, me: M) => {
        lockLru(s, me)
        rescue(s, f(s, me))
        return batchReadsFirst ? 'munlock: set PG_lru' : nextEntry(s, me)
      }),
      'munlock: set PG_lru': step('mm/mlock.c: __munlock_page / __munlock_folio', (s: Mm, me: M) => {
        lockLru(s, me)
        s.folio[f(s, me)].PG_lru = true
        return batchReadsFirst ? nextEntry(s, me) : 'munlock: evictable?'
      }),
    }),
    ...stepsIf(kinds.length > 0, {
      'mlock batch: drop references': step('mm/mlock.c: mlock_pagevec / mlock_folio_batch', (s: Mm, me: M) => {
        endOfBatch(s, me)
        const entries = [...s.mlockBatch[cpu(me)]]
        s.mlockBatch[cpu(me)] = []
        for (const { folio } of entries) folioPut(s, folio)
        unlockLocal(s, cpu(me))
        return me.resume
      }),
    }),
  } as Steps<Mm, M, Label, R>
  const full = (s: Mm, me: M) => {
    lockLocal(s, cpu(me))
    return firstOfEntry(s, me)
  }
  return { steps, full }
}
