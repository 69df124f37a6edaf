/**
 * A driver with a list of pages that it takes and releases as it likes, also while one of them is isolated: what the framework
 * asks of every driver, and what happens when a driver does not do it.
 */
import { bool, optional, process, type StateOf, type Steps, step, when } from '../../checker/language/index.ts'
import { type DriverOps, isolateMovable, type Mover, moveMovable, moverLocals, moverStart } from '../movable-ops.ts'
import {
  adoptPage,
  allocPage,
  bootPages,
  disownPage,
  dropDriverRef,
  listDel,
  movablePages,
  putPage,
} from '../movable-pages.ts'
import type { Settings } from '../switches/index.ts'

/** One page in the pool, one free; and whether a callback went by the data of a page that the driver no longer owns. */
export function poolMemory(settings: Settings) {
  const mm = movablePages({ pages: 2, settings, driverList: true })
  return { ...mm, state: { ...mm.state, usedGoneData: bool } }
}

export type PoolMemory = ReturnType<typeof poolMemory>
export type Pool = StateOf<PoolMemory['state']>

export function bootPool(s: Pool): void {
  bootPages(s, 1, { driverList: true })
  s.usedGoneData = false
}

/** A callback begins: with the page still owned, or it says so, or it does not look and works on data that are gone. */
function stillOwned(s: Pool, p: number, settings: Settings): boolean {
  if (s.page[p].owner) return true
  if (settings['driver-callbacks-look'] === 'no') s.usedGoneData = true
  return false
}

const poolOps = (settings: Settings): DriverOps<Pool> => ({
  isolate(s, p) {
    if (!stillOwned(s, p, settings)) return false
    listDel(s, p)
    return true
  },
  putback(s, p) {
    if (stillOwned(s, p, settings)) s.page[p].onDriverList = true
  },
})

/** A page that was released counts as moved: the core then drops it. */
function poolMigrate(settings: Settings): Steps<Pool, Mover, 'migrate_page', 'moved'> {
  return {
    migrate_page: step('driver: migrate_page', (s, me) => {
      if (!stillOwned(s, me.src!, settings)) return 'moved'
      adoptPage(s, me.dst!, { driverList: true })
      disownPage(s, me.src!, settings)
      dropDriverRef(s, me.src!)
      return 'moved'
    }),
  }
}

/** Compaction of the pages of the pool. */
export function poolCompaction(mm: PoolMemory, settings: Settings) {
  const shared = { ops: poolOps(settings), settings }
  return process(
    mm.state,
    { title: 'compaction', locals: moverLocals(mm), start: moverStart },
    {
      ...isolateMovable<Pool, 'unmap_and_move'>({ ...shared, exit: 'unmap_and_move' }),
      ...moveMovable<Pool, 'migrate_page', 'get_page_unless_zero'>({
        ...shared,
        callback: 'migrate_page',
        mayFail: true,
        exit: 'get_page_unless_zero',
      }),
      ...poolMigrate(settings),
    },
  )
}

/** The driver: it finds its page under its own lock, which its callbacks take too, and so only tries the page lock. */
export function poolTask(mm: PoolMemory, settings: Settings) {
  const locks = settings['driver-release'] !== 'without-page-lock'
  return process(
    mm.state,
    { title: 'driver', locals: { page: optional(mm.pages) }, start: { page: null } },
    {
      trylock_page: step('driver: release', (s, me) => {
        const p = s.page.findIndex(({ owner }) => owner)
        when(p >= 0 && !(locks && s.page[p].PG_locked))
        if (locks) s.page[p].PG_locked = true
        me.page = p
        return 'release'
      }),
      release: step('mm/compaction.c: __ClearPageMovable', (s, me) => {
        const p = me.page!
        // Without the page lock it may have been moved meanwhile; the driver's own lock tells.
        if (!s.page[p].owner) {
          me.page = null
          return 'trylock_page'
        }
        if (!s.page[p].isolated || settings['driver-release'] === 'off-any-list') listDel(s, p)
        disownPage(s, p, settings)
        if (locks) s.page[p].PG_locked = false
        return 'put_page'
      }),
      put_page: step('driver: release', (s, me) => {
        dropDriverRef(s, me.page!)
        me.page = null
        return 'take another page'
      }),
      'take another page': step('mm/compaction.c: __SetPageMovable', (s) => {
        const p = allocPage(s)
        when(p !== null)
        adoptPage(s, p, { driverList: true })
        s.page[p].fresh = false
        putPage(s, p)
        return 'trylock_page'
      }),
    },
  )
}
