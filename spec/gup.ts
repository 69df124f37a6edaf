/**
 * Long-term pinning by the slow path of GUP: pin the range, look for folios that must not be pinned where they are,
 * isolate them, let go of everything, migrate, and start over (`__gup_longterm_locked` and what it calls).
 */
import { match } from 'ts-pattern'
import {
  array,
  bool,
  constant,
  type FixedArray,
  note,
  oneOf,
  optional,
  process,
  type ScalarDomain,
  step,
  stepsIf,
  when,
} from '../checker/language/index.ts'
import { flushBatch, folioIsolateLru } from './lru.ts'
import { folioPut, freeFolio, type Memory, type Mm, mapcount, PIN_BIAS } from './memory.ts'
import { migrateLocals, migratePages, migrateStart, nextFolio } from './migrate.ts'
import type { Settings } from './switches/index.ts'

/** What the rest of the world sees of a call that pins: the folios that it holds, and what it returned. */
export interface PinCall {
  readonly pinned: FixedArray<number | null>
  result: 'running' | 'success' | '-ENOMEM'
}

interface Pinner {
  readonly cpu: number
  readonly settings: Settings
}

/** A task on `cpu` that pins the whole range with FOLL_LONGTERM, holds the pin for a while, lets go and does it again. */
export function longtermPinner(mm: Memory, { cpu, settings }: Pinner) {
  const lastPage = mm.pages.size - 1
  const locals = {
    ...migrateLocals(mm, { longest: mm.pages.size, mode: 'sync', settings }),
    /** the pages[] array of the call, and what the call returned */
    pinned: array(mm.pages, optional(mm.folios)),
    result: oneOf('running', 'success', '-ENOMEM'),
    /** the page at which a loop over the range stands */
    at: mm.pages,
    /** the check on the pinned pages has seen something that it does not accept beside what it isolated */
    objection: settings['keep-pins-when'] === 'none-isolated' ? constant<boolean>(false) : bool,
    drained: drainedBy(settings),
    drainCpu: mm.cpus,
    /** migration has failed and this kernel pins all the same */
    giveUp: settings['on-migration-failure'] === 'keep-pins' ? bool : constant<boolean>(false),
  }
  const start = {
    ...migrateStart,
    pinned: mm.pages.values.map(() => null),
    result: 'running' as const,
    at: 0,
    objection: false,
    drained: 'nowhere' as const,
    drainCpu: 0,
    giveUp: false,
  }
  type Locals = PinCall & {
    at: number
    objection: boolean
    drained: Drained
    drainCpu: number
    list: { length: number }
  }

  /** check_and_migrate_movable_pages, once every page has been looked at: keep the pins, or let go of all of them. */
  const afterCollecting = (me: Locals): 'return success' | 'unpin' => {
    me.at = 0
    me.drained = 'nowhere'
    const content = match(settings['keep-pins-when'])
      .with('none-isolated', () => me.list.length === 0)
      .with('none-isolated-none-failed', 'none-collected', () => me.list.length === 0 && !me.objection)
      .exhaustive()
    me.objection = false
    return content ? 'return success' : 'unpin'
  }
  const nextToCollect = (me: Locals) => {
    if (me.at === lastPage) return afterCollecting(me)
    me.at++
    return 'collect'
  }
  /** How far collect drains before it isolates this folio, or null when it need not. */
  const drainFor = (s: Mm, f: number, drained: Drained): 'here' | 'everywhere' | null =>
    match(settings['drain-when'])
      .with('lru-clear', () => (!s.folio[f].PG_lru && drained === 'nowhere' ? ('everywhere' as const) : null))
      .with('refs-unexpected', () => {
        if (s.folio[f].refs === mapcount(s, f) + 1 || drained === 'everywhere') return null
        return drained === 'nowhere' ? ('here' as const) : ('everywhere' as const)
      })
      .exhaustive()

  return process(
    mm.state,
    { title: `pinner (CPU ${cpu})`, locals, start },
    {
      // Under the page-table lock. A migration entry is waited for, without holding a reference (since v5.17; before, the
      // waiter held one for a moment, which is not modelled).
      pin: step('mm/gup.c: follow_page_pte', (s, me) => {
        const pte = s.pte[me.at]
        when(pte.kind === 'present')
        s.folio[pte.folio].refs += PIN_BIAS
        s.folio[pte.folio].pins++
        me.pinned[me.at] = pte.folio
        if (me.at < lastPage) {
          me.at++
          return 'pin'
        }
        me.at = 0
        return me.giveUp ? 'return success' : 'collect'
      }),
      collect: step('mm/gup.c: check_and_migrate_cma_pages / collect_longterm_unpinnable_folios', (s, me) => {
        const f = me.pinned[me.at]!
        if (!unpinnable(s, f, settings)) return nextToCollect(me)
        note(s, s.folio[f].PG_lru ? 'on the LRU' : 'not on the LRU')
        if (settings['keep-pins-when'] === 'none-collected') me.objection = true
        return match(drainFor(s, f, me.drained))
          .with(null, () => 'folio_isolate_lru' as const)
          .with('here', () => 'lru_add_drain' as const)
          .with('everywhere', () => 'lru_add_drain_all' as const)
          .exhaustive()
      }),
      ...stepsIf(settings['drain-when'] === 'refs-unexpected', {
        lru_add_drain: step('mm/swap.c: lru_add_drain', (s: Mm, me: Locals) => {
          flushBatch(s, cpu)
          me.drained = 'here'
          return 'collect'
        }),
      }),
      // One CPU after the other: between two of them anything may be batched again.
      lru_add_drain_all: step('mm/swap.c: lru_add_drain_all', (s, me) => {
        flushBatch(s, me.drainCpu)
        me.drained = 'everywhere'
        if (me.drainCpu < mm.cpus.size - 1) {
          me.drainCpu++
          return 'lru_add_drain_all'
        }
        me.drainCpu = 0
        return 'folio_isolate_lru'
      }),
      folio_isolate_lru: step('mm/vmscan.c: folio_isolate_lru', (s, me) => {
        const f = me.pinned[me.at]!
        if (folioIsolateLru(s, f)) {
          me.list.push(f)
          return nextToCollect(me)
        }
        note(s, 'fails, PG_lru is clear')
        if (settings['keep-pins-when'] === 'none-isolated-none-failed') me.objection = true
        return nextToCollect(me)
      }),
      unpin: step('mm/gup.c: unpin_user_pages', (s, me) => {
        unpin(s, me, me.at)
        if (me.at < lastPage) {
          me.at++
          return 'unpin'
        }
        me.at = 0
        return nextFolio(me, 'migrated')
      }),
      ...migratePages({
        mm,
        cpu,
        mode: 'sync',
        allocate: (s) => freeFolio(s, 'NORMAL'),
        settings,
        exit: 'migrated',
      }),
      migrated: step('mm/gup.c: check_and_migrate_cma_pages / check_and_migrate_movable_pages', (_s, me) => {
        const { failed } = me
        me.failed = false
        if (!failed) return 'pin'
        return match(settings['on-migration-failure'])
          .with('keep-pins', () => {
            me.giveUp = true
            return 'pin' as const
          })
          .with('fail', () => 'return -ENOMEM' as const)
          .exhaustive()
      }),
      'return success': step('mm/gup.c: __gup_longterm_locked', (_s, me) => {
        me.result = 'success'
        me.giveUp = false
        return 'let go'
      }),
      'let go': step('mm/gup.c: unpin_user_pages', (s, me) => {
        unpin(s, me, me.at)
        if (me.at < lastPage) {
          me.at++
          return 'let go'
        }
        me.at = 0
        me.result = 'running'
        return 'pin'
      }),
      ...stepsIf(settings['on-migration-failure'] === 'fail', {
        'return -ENOMEM': step('mm/gup.c: __gup_longterm_locked', (_s: Mm, me: Locals) => {
          me.result = '-ENOMEM'
          return 'call again'
        }),
        'call again': step('mm/gup.c: pin_user_pages', (_s: Mm, me: Locals) => {
          me.result = 'running'
          return 'pin'
        }),
      }),
    },
  )
}

/** How far a call has drained the batches: at most once everywhere, and since v6.17 once on this CPU before that. */
type Drained = 'nowhere' | 'here' | 'everywhere'

function drainedBy(settings: Settings): ScalarDomain<Drained> {
  return match(settings['drain-when'])
    .with('lru-clear', (): ScalarDomain<Drained> => oneOf('nowhere', 'everywhere'))
    .with('refs-unexpected', (): ScalarDomain<Drained> => oneOf('nowhere', 'here', 'everywhere'))
    .exhaustive()
}

/** folio_is_longterm_pinnable, negated. No folio of this model lies in a CMA area. */
function unpinnable(s: Mm, f: number, settings: Settings): boolean {
  return match(settings.unpinnable)
    .with('none', 'cma', () => false)
    .with('cma+movable', () => s.folio[f].zone === 'MOVABLE')
    .exhaustive()
}

function unpin(s: Mm, me: Pick<PinCall, 'pinned'>, page: number): void {
  const f = me.pinned[page]!
  me.pinned[page] = null
  s.folio[f].pins--
  folioPut(s, f, PIN_BIAS)
}
