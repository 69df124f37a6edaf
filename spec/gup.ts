/**
 * Long-term pinning: pin the range, look for folios that must not be pinned where they are, isolate them, let go of
 * everything, migrate, and start over (`__gup_longterm_locked` and what it calls). Comments count the steps of the slow path
 * as S1 to S4; gup-fast is in gup-fast.ts. The file is long because every variant of the check since v5.1 is one text:
 * what differs between two releases stands side by side.
 */
import { match } from 'ts-pattern'
import {
  array,
  bool,
  choose,
  constant,
  type FixedArray,
  note,
  oneOf,
  optional,
  process,
  type ScalarDomain,
  type Sequence,
  sequence,
  step,
  stepsIf,
  when,
} from '../checker/language/index.ts'
import { faultIn } from './fault.ts'
import { gupFast, gupFastLocals, gupFastStart } from './gup-fast.ts'
import { drainBatches, folioIsolateLru, markAccessed } from './lru.ts'
import { freeFolio, type Memory, type Mm, mapcount, ownReferences } from './memory.ts'
import { migrateLocals, migratePages, migrateStart, nextFolio } from './migrate.ts'
import { drainNextCpu } from './other-work.ts'
import { pinFolio, pinReferences, unpinFolio, unpinnable } from './pin.ts'
import type { Settings } from './switches/index.ts'

type Result = 'running' | 'success' | '-ENOMEM' | '-EBUSY'

/** What the rest of the world sees of a call that pins: where it stands, the folios that it holds, what it returned. */
export interface PinCall {
  readonly pc: string
  readonly pinned: FixedArray<number | null>
  result: Result
}

interface Pinner {
  readonly cpu: number
  readonly settings: Settings
  /** how reports call it */
  readonly title?: string
  /** the call begins with gup-fast (one page only), or goes to the slow path at once */
  readonly fast?: boolean
  /** the task calls once and lets go, or again and again */
  readonly calls?: 'once' | 'again and again'
  /** FOLL_TOUCH: finding a page counts as an access to it */
  readonly touches?: boolean
  /** pages may be empty when the call comes to them */
  readonly faults?: boolean
  /** it has the pages mapped in the opposite order */
  readonly backwards?: boolean
  /** the helper array may not get memory, where the kernel has one */
  readonly mayRunOut?: boolean
}

/** How far a call has drained the batches: at most once everywhere, and since v6.17 once on this CPU before that. */
type Drained = 'nowhere' | 'here' | 'everywhere'

/** A task on `cpu` that pins the whole range with FOLL_LONGTERM, holds the pin for a while, lets go and does it again. */
export function longtermPinner(mm: Memory, { cpu, settings, ...options }: Pinner) {
  const {
    title = 'pinner',
    calls = 'again and again',
    fast = false,
    touches = false,
    faults = false,
    backwards = false,
    mayRunOut = false,
  } = options
  const lastPage = mm.pages.size - 1
  const once = calls === 'once'
  const mayFail = settings['on-migration-failure'] === 'fail'
  const allocatesHelper = mayRunOut && settings['helper-array'] !== 'none'
  const inverted = settings['isolation-test'] === 'inverted'
  const disablesLruCache = settings['drain-when'] === 'disabled'
  const objects = settings['decide-by'] === 'count' || settings['on-isolation-failure'] !== 'accept'
  const locals = {
    ...migrateLocals(mm, { longest: mm.pages.size, mode: 'sync', settings }),
    ...(fast ? gupFastLocals(mm) : { seen: constant<number | null>(null) }),
    /** the pages[] array of the call, and what the call returned */
    pinned: array(mm.pages, optional(mm.folios)),
    result: resultOf(settings),
    /** the page at which a loop over the range stands */
    page: mm.pages,
    /** the check has seen something that it does not accept beside what it isolated */
    objection: objects ? bool : constant<boolean>(false),
    drained: drainedBy(settings),
    drainCpu: mm.cpus,
    /** some isolation has failed, which is an error */
    refused: settings['on-isolation-failure'] === 'error' ? bool : constant<boolean>(false),
    /** migration has failed and this kernel pins all the same */
    giveUp: mayFail ? constant<boolean>(false) : bool,
    /** isolated, and taken for a failure: folios on no list (v6.1 only) */
    lost: sequence(mm.folios, inverted ? lastPage + 1 : 0),
  }
  const start = {
    ...migrateStart,
    ...gupFastStart,
    pinned: mm.pages.values.map(() => null),
    result: 'running' as const,
    page: 0,
    objection: false,
    refused: false,
    drained: 'nowhere' as const,
    drainCpu: 0,
    giveUp: false,
    lost: [],
  }
  type Locals = Omit<PinCall, 'pc'> & {
    page: number
    objection: boolean
    refused: boolean
    drained: Drained
    drainCpu: number
    lost: Sequence<number> | number[]
    list: { readonly length: number; push(f: number): unknown }
  }

  const avoidsMovable = settings['pin-faults-avoid'] === 'cma+movable'
  const firstStep = fast ? 'read pte' : 'pin'
  /** The check begins. */
  const check = allocatesHelper ? 'alloc helper array' : disablesLruCache ? 'lru_cache_disable' : 'collect'
  /** The check is over, with its verdict on the pins of this round. */
  const verdictOn = (s: Mm, me: Locals): 'return success' | 'unpin' => {
    const content = me.list.length === 0 && !me.objection
    me.page = 0
    me.drained = 'nowhere'
    me.objection = false
    if (content && disablesLruCache) s.lru_disable_count--
    return content ? 'return success' : 'unpin'
  }
  const nextToCollect = (s: Mm, me: Locals) => {
    if (me.page === lastPage) return verdictOn(s, me)
    me.page++
    return 'collect'
  }
  /** How far collect drains before it isolates this folio, or null when it need not. */
  const drainFor = (s: Mm, f: number, drained: Drained): 'here' | 'everywhere' | null => {
    const step = drained === 'nowhere' ? 'here' : drained === 'here' ? 'everywhere' : null
    // folio_expected_ref_count: those of the page cache and of private data, and the mappings.
    const expected = ownReferences(s, f) + mapcount(s, f)
    return (
      match(settings['drain-when'])
        .with('lru-clear', () => (!s.folio[f].PG_lru && drained === 'nowhere' ? ('everywhere' as const) : null))
        // Large folios do not wait in batches. The pin of a small one is the whole bias, so this is never as expected.
        .with('refs-unexpected', () => (s.folio[f].large || s.folio[f].refs === expected + 1 ? null : step))
        .with('pin-refs-unexpected', () =>
          s.folio[f].large || s.folio[f].refs === expected + pinReferences(s, f) ? null : step,
        )
        .with('disabled', () => null)
        .exhaustive()
    )
  }
  const isolationFailed = (me: Locals) => {
    if (settings['on-isolation-failure'] !== 'accept') me.objection = true
    if (settings['on-isolation-failure'] === 'error') me.refused = true
  }

  return process(
    mm.state,
    { title: `${title} (CPU ${cpu})`, locals, start },
    {
      ...stepsIf(fast, gupFast({ settings, pinned: 'return success', slow: 'pin' })),
      // S2, under the page-table lock. A migration entry is waited for (S3), without a reference since v5.17; before, the
      // waiter held one for a moment, which is not modelled here.
      pin: step('mm/gup.c: follow_page_pte', (s, me) => {
        const pte = s.pte[backwards ? lastPage - me.page : me.page]
        if (faults && pte.kind === 'none') return 'handle_mm_fault'
        when(pte.kind === 'present')
        pinFolio(s, pte.folio, settings)
        me.pinned[me.page] = pte.folio
        if (touches) markAccessed(s, cpu, pte.folio)
        if (me.page < lastPage) {
          me.page++
          return 'pin'
        }
        me.page = 0
        return me.giveUp ? 'return success' : check
      }),
      ...stepsIf(faults, {
        // S3. Under PF_MEMALLOC_PIN, so that what the pin itself allocates may stay pinned.
        handle_mm_fault: step('mm/memory.c: handle_mm_fault', (s: Mm, me: Locals) => {
          // Somebody else may have been faster.
          if (s.pte[me.page].kind !== 'none') return 'pin'
          faultIn(s, me.page, {
            cpu,
            settings,
            allocate: () => (avoidsMovable ? freeFolio(s, 'NORMAL') : movableFirst(s)),
          })
          return 'pin'
        }),
      }),
      ...stepsIf(allocatesHelper, {
        'alloc helper array': step('mm/gup.c: check_and_migrate_movable_pages', (s: Mm, me: Locals) => {
          if (choose(s, bool)) return 'collect'
          note(s, 'no memory')
          if (settings['helper-array'] === 'leaks-pins') return 'return -ENOMEM'
          for (const page of me.pinned.keys()) unpin(s, me, page, settings)
          return 'return -ENOMEM'
        }),
      }),
      ...stepsIf(disablesLruCache, {
        // One CPU after the other, and from the first moment on nobody else batches anything.
        lru_cache_disable: step('mm/swap.c: lru_cache_disable', (s: Mm, me: Locals) => {
          if (me.drainCpu === 0) s.lru_disable_count++
          return drainNextCpu(s, me, mm) ? 'lru_cache_disable' : 'collect'
        }),
      }),
      collect: step('mm/gup.c: check_and_migrate_cma_pages / collect_longterm_unpinnable_folios', (s, me) => {
        const f = me.pinned[me.page]!
        if (!unpinnable(s, f, settings)) return nextToCollect(s, me)
        note(s, s.folio[f].PG_lru ? 'on the LRU' : 'not on the LRU')
        if (settings['decide-by'] === 'count') me.objection = true
        return match(drainFor(s, f, me.drained))
          .with(null, () => 'folio_isolate_lru' as const)
          .with('here', () => 'lru_add_drain' as const)
          .with('everywhere', () => 'lru_add_drain_all' as const)
          .exhaustive()
      }),
      ...stepsIf(settings['drain-when'] === 'refs-unexpected' || settings['drain-when'] === 'pin-refs-unexpected', {
        lru_add_drain: step('mm/swap.c: lru_add_drain', (s: Mm, me: Locals) => {
          drainBatches(s, cpu)
          me.drained = 'here'
          return 'collect'
        }),
      }),
      ...stepsIf(!disablesLruCache, {
        // One CPU after the other: between two of them anything may be batched again.
        lru_add_drain_all: step('mm/swap.c: lru_add_drain_all', (s: Mm, me: Locals) => {
          me.drained = 'everywhere'
          return drainNextCpu(s, me, mm) ? 'lru_add_drain_all' : 'folio_isolate_lru'
        }),
      }),
      folio_isolate_lru: step('mm/vmscan.c: folio_isolate_lru', (s, me) => {
        const f = me.pinned[me.page]!
        const isolated = folioIsolateLru(s, f)
        if (!isolated) note(s, 'fails, PG_lru is clear')
        if (isolated !== inverted) {
          if (inverted && !me.lost.includes(f)) return 'list corrupted'
          if (inverted) me.lost = me.lost.filter((each) => each !== f)
          me.list.push(f)
          return nextToCollect(s, me)
        }
        if (inverted) {
          note(s, 'succeeds, and is taken for a failure')
          me.lost.push(f)
        }
        isolationFailed(me)
        return nextToCollect(s, me)
      }),
      ...stepsIf(inverted, {
        // A folio that this call has not isolated, put on its list: what its list pointers belong to is anybody's.
        'list corrupted': step('mm/gup.c: collect_longterm_unpinnable_folios', () => 'done' as const),
      }),
      unpin: step('mm/gup.c: unpin_user_pages', (s, me) => {
        unpin(s, me, me.page, settings)
        if (me.page < lastPage) {
          me.page++
          return 'unpin'
        }
        me.page = 0
        return nextFolio(me, 'migrated')
      }),
      ...migratePages({
        mm,
        cpu,
        mode: 'sync',
        allocate: (s) =>
          match(settings['pin-destination'])
            .with('not-movable', () => freeFolio(s, 'NORMAL'))
            .with('anywhere', () => movableFirst(s))
            .exhaustive(),
        settings,
        waits: settings['pin-waits-for-refs'] === 'yes',
        exit: 'migrated',
      }),
      migrated: step('mm/gup.c: check_and_migrate_cma_pages / check_and_migrate_movable_pages', (s, me) => {
        const { failed } = me
        me.failed = false
        if (disablesLruCache) s.lru_disable_count--
        if (me.refused) {
          me.refused = false
          return 'return -EBUSY'
        }
        if (!failed) return 'pin'
        return match(settings['on-migration-failure'])
          .with('keep-pins', () => {
            me.giveUp = true
            return 'pin' as const
          })
          .with('fail', () =>
            settings['error-path-null-entries'] === 'dereferenced'
              ? ('unpin_user_pages' as const)
              : ('return -ENOMEM' as const),
          )
          .exhaustive()
      }),
      ...stepsIf(mayFail && settings['error-path-null-entries'] === 'dereferenced', {
        // The entries were cleared when their pins were dropped. In the kernel this is before the folios are put back.
        unpin_user_pages: step('mm/gup.c: migrate_longterm_unpinnable_folios', (s: Mm, me: Locals) => {
          if (me.pinned.every((entry) => entry !== null)) return 'return -ENOMEM'
          note(s, 'of an array with NULL in it')
          return 'NULL dereference'
        }),
        'NULL dereference': step('mm/gup.c: unpin_user_pages', () => 'done' as const),
      }),
      'return success': step('mm/gup.c: __gup_longterm_locked', (_s, me) => {
        me.result = 'success'
        me.giveUp = false
        return 'let go'
      }),
      'let go': step('mm/gup.c: unpin_user_pages', (s, me) => {
        unpin(s, me, me.page, settings)
        if (me.page < lastPage) {
          me.page++
          return 'let go'
        }
        me.page = 0
        if (once) return 'done'
        me.result = 'running'
        return firstStep
      }),
      ...stepsIf(settings['on-isolation-failure'] === 'error', {
        'return -EBUSY': step('mm/gup.c: __gup_longterm_locked', (_s: Mm, me: Locals) => {
          me.result = '-EBUSY'
          return once ? 'done' : 'call again'
        }),
      }),
      ...stepsIf(mayFail, {
        'return -ENOMEM': step('mm/gup.c: __gup_longterm_locked', (_s: Mm, me: Locals) => {
          me.result = '-ENOMEM'
          // Nobody knows of pins that are left behind, and nobody will drop them.
          return once || me.pinned.some((entry) => entry !== null) ? 'done' : 'call again'
        }),
      }),
      ...stepsIf(!once && (mayFail || settings['on-isolation-failure'] === 'error'), {
        'call again': step('mm/gup.c: pin_user_pages', (_s: Mm, me: Locals) => {
          me.result = 'running'
          return firstStep
        }),
      }),
    },
  )
}

/** Where an allocation without regard to pins ends up: in ZONE_MOVABLE while there is room. */
export const movableFirst = (s: Mm): number | null => freeFolio(s, 'MOVABLE') ?? freeFolio(s, 'NORMAL')

function resultOf(settings: Settings): ScalarDomain<Result> {
  const always: Result[] = ['running', 'success']
  const errors: Result[] = settings['on-migration-failure'] === 'fail' ? ['-ENOMEM'] : []
  const busy: Result[] = settings['on-isolation-failure'] === 'error' ? ['-EBUSY'] : []
  return oneOf<Result[]>(...always, ...errors, ...busy)
}

function drainedBy(settings: Settings): ScalarDomain<Drained> {
  return match(settings['drain-when'])
    .with('lru-clear', () => oneOf<Drained[]>('nowhere', 'everywhere'))
    .with('refs-unexpected', 'pin-refs-unexpected', () => oneOf<Drained[]>('nowhere', 'here', 'everywhere'))
    .with('disabled', () => constant<Drained>('nowhere'))
    .exhaustive()
}

/** Drops the pin of an entry, where there is one. */
function unpin(s: Mm, me: Pick<PinCall, 'pinned'>, page: number, settings: Settings): void {
  const f = me.pinned[page]
  if (f === null) return
  me.pinned[page] = null
  unpinFolio(s, f, settings)
}
