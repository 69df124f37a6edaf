/**
 * zsmalloc: a zspage of two pages with one object, its handle, the worker that frees empty zspages later, and the end of the
 * pool. The class lock and the lock that keeps migration out are one here: whoever migrates holds both all the time.
 */
import { match } from 'ts-pattern'
import {
  bool,
  constant,
  note,
  oneOf,
  optional,
  process,
  range,
  type ScalarDomain,
  type StateOf,
  type Steps,
  setOf,
  step,
  stepsIf,
  when,
} from '../../checker/language/index.ts'
import { type DriverOps, isolateMovable, type Mover, moveMovable, moverLocals, moverStart } from '../movable-ops.ts'
import { adoptPage, bootPages, disownPage, dropDriverRef, movablePages } from '../movable-pages.ts'
import type { Settings } from '../switches/index.ts'

/** How many tasks migrate, and whether the pool comes to its end. */
export interface ZsOptions {
  readonly compactors: number
  readonly destroys: boolean
}

/** A zspage of P0 and P1, and a free page for each task that migrates. */
export function zsMemory(settings: Settings, { compactors, destroys }: ZsOptions) {
  const mm = movablePages({ pages: 2 + compactors, settings, otherRefs: compactors - 1 })
  const { pages } = mm
  return {
    ...mm,
    state: {
      ...mm.state,
      /** the chain: the first page of the zspage, and what its link says is the next one */
      first: optional(pages),
      next: optional(pages),
      /** objects in the zspage, and the page that the handle of the one object names */
      inuse: range(0, 1),
      handle: optional(pages),
      /** on the list of its fullness, on that of empty zspages, off the lists (isolated, or taken by the worker), or freed */
      zspage: oneOf('in-use', 'empty', 'off', 'gone'),
      /** isolated pages of the zspage, where zsmalloc counts them */
      isolatedPages: range(0, settings['zspage-while-isolated'] === 'off-its-list' ? compactors : 0),
      /** the class lock, and the lock against migration held for writing */
      migrating: bool,
      workQueued: bool,
      workRunning: bool,
      pool: destroys ? oneOf('alive', 'gone') : (constant('alive') as ScalarDomain<'alive' | 'gone'>),
    },
  }
}

export type ZsMemory = ReturnType<typeof zsMemory>
export type Zs = StateOf<ZsMemory['state']>

export function bootZs(s: Zs): void {
  bootPages(s, 2)
  s.first = 0
  s.next = 1
  s.inuse = 1
  s.handle = 0
  s.zspage = 'in-use'
  s.isolatedPages = 0
  s.migrating = false
  s.workQueued = false
  s.workRunning = false
  s.pool = 'alive'
}

/** The pages of the chain as it is at the moment. */
export const chain = (s: Zs): number[] => [s.first, s.next].filter((p) => p !== null)

const counts = (settings: Settings): boolean => settings['zspage-while-isolated'] === 'off-its-list'

/** putback_zspage, for the last page that was isolated: back to the list that fits. True when that is the one of empty ones. */
function unisolate(s: Zs, settings: Settings): boolean {
  if (!counts(settings)) return false
  s.isolatedPages--
  if (s.isolatedPages > 0) return false
  s.zspage = s.inuse > 0 ? 'in-use' : 'empty'
  return s.inuse === 0
}

function zsOps(settings: Settings): DriverOps<Zs> {
  return {
    isolate(s, p) {
      when(!s.migrating)
      if (!counts(settings)) return s.page[p].owner
      // Not when it is empty, and not when it is off the lists for another reason than isolation.
      if (s.inuse === 0 || (s.zspage === 'off' && s.isolatedPages === 0)) return false
      s.zspage = 'off'
      s.isolatedPages++
      return true
    },
    // The pages are locked here: an empty zspage cannot be freed at once.
    putback(s, p) {
      if (!s.page[p].owner) return
      when(!s.migrating)
      if (unisolate(s, settings)) s.workQueued = true
    },
  }
}

type CallbackLabel = 'zs_page_migrate' | 'copy, break the chain' | 'link the chain'

/** zs_page_migrate. Rebuilding the chain writes every link, and each is NULL for a moment. */
function zsMigrate(settings: Settings): Steps<Zs, Mover, CallbackLabel, 'moved' | 'not moved'> {
  return {
    zs_page_migrate: step('mm/zsmalloc.c: zs_page_migrate', (s, me) => {
      if (!s.page[me.src!].owner) {
        note(s, 'no zspage any more: success')
        return 'moved'
      }
      when(!s.migrating)
      if (s.inuse === 0 && settings['zs-migrate-empty'] === 'refused') {
        note(s, 'empty: -EBUSY')
        return 'not moved'
      }
      s.migrating = true
      return 'copy, break the chain'
    }),
    'copy, break the chain': step('mm/zsmalloc.c: replace_sub_page', (s) => {
      s.next = null
      return 'link the chain'
    }),
    // The class lock has kept everybody from the rest of the chain: what was cut off is the other page of the zspage.
    'link the chain': step('mm/zsmalloc.c: create_page_chain', (s, me) => {
      const [src, dst] = [me.src!, me.dst!]
      const other = [...s.page.keys()].find((p) => p !== src && s.page[p].driverRef) ?? null
      const replacesFirst = s.first === src
      s.first = replacesFirst ? dst : s.first
      s.next = replacesFirst ? other : dst
      if (s.handle === src) s.handle = dst
      adoptPage(s, dst)
      if (unisolate(s, settings) && settings['zs-migrated-empty'] === 'queues-free') s.workQueued = true
      disownPage(s, src, settings)
      dropDriverRef(s, src)
      s.migrating = false
      return 'moved'
    }),
  }
}

/** Compaction of the pages of zspages. */
export function zsCompaction(mm: ZsMemory, settings: Settings, title = 'compaction') {
  const shared = { ops: zsOps(settings), settings }
  return process(
    mm.state,
    { title, locals: moverLocals(mm), start: moverStart },
    {
      ...isolateMovable<Zs, 'unmap_and_move'>({ ...shared, exit: 'unmap_and_move' }),
      ...moveMovable<Zs, CallbackLabel, 'get_page_unless_zero'>({
        ...shared,
        callback: 'zs_page_migrate',
        mayFail: true,
        exit: 'get_page_unless_zero',
      }),
      ...zsMigrate(settings),
    },
  )
}

/** __free_zspage: every page of the chain is released, unlocked and put, as it is found there. */
function freeZspage(s: Zs, settings: Settings): void {
  for (const p of chain(s)) {
    disownPage(s, p, settings)
    s.page[p].PG_locked = false
    dropDriverRef(s, p)
  }
  s.first = null
  s.next = null
  s.zspage = 'gone'
}

/** The user of the pool: it frees its object, and may then destroy the pool. */
export function zsUser(mm: ZsMemory, settings: Settings, { destroys }: { destroys: boolean }) {
  return process(
    mm.state,
    { title: 'user of the pool', locals: {}, start: {} },
    {
      zs_free: step('mm/zsmalloc.c: zs_free', (s) => {
        when(!s.migrating)
        s.inuse = 0
        s.handle = null
        const after = destroys ? 'zs_destroy_pool' : 'done'
        if (counts(settings) && s.isolatedPages > 0) {
          note(s, 'isolated: left to the putback')
          return after
        }
        s.zspage = 'empty'
        if (chain(s).every((p) => !s.page[p].PG_locked)) freeZspage(s, settings)
        else {
          note(s, 'a page is locked: left to the worker')
          s.workQueued = true
        }
        return after
      }),
      ...stepsIf(destroys, {
        zs_destroy_pool: step('mm/zsmalloc.c: zs_unregister_migration', (s: Zs) => {
          match(settings['pool-destroy-waits-for'])
            .with('nothing', () => {})
            .with('no-isolated-page', () => when(s.isolatedPages === 0))
            .with('an-isolated-page', () => when(s.isolatedPages > 0))
            .exhaustive()
          return 'flush_work'
        }),
        flush_work: step('mm/zsmalloc.c: zs_unregister_migration', (s: Zs) => {
          when(!s.workQueued && !s.workRunning)
          return 'free the pool'
        }),
        'free the pool': step('mm/zsmalloc.c: zs_destroy_pool', (s: Zs) => {
          s.pool = 'gone'
          return 'done'
        }),
      }),
    },
  )
}

/** The worker that frees empty zspages: it takes them off their list, locks every page, and frees. */
export function zsWorker(mm: ZsMemory, settings: Settings) {
  type Own = { page: number | null; held: { add: (p: number) => unknown; clear: () => void } }
  const take = (s: Zs, me: Own, p: number) => {
    when(!s.page[p].PG_locked)
    s.page[p].PG_locked = true
    me.held.add(p)
    me.page = p
  }
  const lockedOut = settings['lock-zspage'] === 'migration-locked-out'
  return process(
    mm.state,
    {
      title: 'free worker',
      locals: { page: optional(mm.pages), held: setOf(mm.pages) },
      start: { page: null, held: new Set<number>() },
    },
    {
      async_free_zspage: step('mm/zsmalloc.c: async_free_zspage', (s) => {
        when(s.workQueued && !s.migrating)
        s.workQueued = false
        if (s.zspage !== 'empty') return 'async_free_zspage'
        s.workRunning = true
        s.zspage = 'off'
        return 'first page'
      }),
      // Reading the link and waiting for the lock are two steps, unless migration is locked out meanwhile.
      'first page': step('mm/zsmalloc.c: lock_zspage', (s, me) => {
        if (lockedOut) {
          when(!s.migrating)
          take(s, me, s.first!)
          return 'next page'
        }
        me.page = s.first
        return 'lock_page'
      }),
      ...stepsIf(!lockedOut, {
        lock_page: step('mm/zsmalloc.c: lock_zspage', (s: Zs, me: Own) => {
          take(s, me, me.page!)
          return 'next page'
        }),
      }),
      'next page': step('mm/zsmalloc.c: lock_zspage', (s, me) => {
        if (lockedOut) when(!s.migrating)
        const next = me.page === s.first ? s.next : null
        if (next === null) return '__free_zspage'
        if (lockedOut) {
          take(s, me, next)
          return '__free_zspage'
        }
        me.page = next
        return 'lock_page'
      }),
      __free_zspage: step('mm/zsmalloc.c: __free_zspage', (s, me) => {
        when(!s.migrating)
        freeZspage(s, settings)
        me.page = null
        me.held.clear()
        s.workRunning = false
        return 'async_free_zspage'
      }),
    },
  )
}
