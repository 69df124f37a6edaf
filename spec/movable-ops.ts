/**
 * The framework for movable pages of drivers: isolation, move and putback, with the callbacks of the driver as parameters. Of
 * migrate_pages such a page sees only the frame around the callback; so the steps are written out here, beside migrate.ts.
 */
import { match } from 'ts-pattern'
import { bool, choose, note, optional, type Steps, step, stepsIf, when } from '../checker/language/index.ts'
import {
  allocPage,
  coreSeesOwner,
  dropIsolation,
  listDel,
  looksMovable,
  type MovablePages,
  putPage,
  type WithPages,
} from './movable-pages.ts'
import type { Settings } from './switches/index.ts'

/** What a task that isolates and moves keeps to itself. */
export function moverLocals({ pages }: Pick<MovablePages, 'pages'>) {
  return { src: optional(pages), dst: optional(pages) }
}

export const moverStart = { src: null, dst: null }

export interface Isolator {
  src: number | null
}
export interface Mover extends Isolator {
  dst: number | null
}

/** The callbacks of a driver that are one critical section of its own lock. */
export interface DriverOps<S> {
  /** ops->isolate_page: takes the page off the driver's lists; false when there is nothing to isolate */
  readonly isolate: (s: S, p: number) => boolean
  /** ops->putback_page */
  readonly putback: (s: S, p: number) => void
}

type IsolateLabel =
  | 'get_page_unless_zero'
  | 'slab?'
  | '__PageMovable?'
  | 'slab by now?'
  | 'trylock_page'
  | 'isolate_page'

interface IsolateOptions<S, Exit extends string> {
  readonly ops: DriverOps<S>
  readonly settings: Settings
  /** some pages are slab pages, whose fields overlay the tag; the walker then looks at every page */
  readonly isSlab?: (s: S, p: number) => boolean
  /** where it goes on with `me.src` isolated */
  readonly exit: Exit
}

/** I1 to I6: a PFN walker isolates one page, or gives up and looks for another. */
export function isolateMovable<S extends WithPages, Exit extends string>({
  ops,
  settings,
  isSlab,
  exit,
}: IsolateOptions<S, Exit>): Steps<S, Isolator, IsolateLabel, Exit> {
  const tests = isSlab === undefined ? 'no' : settings['isolate-tests-slab']
  const before = tests === 'before-tag' || tests === 'both'
  const after = tests === 'after-tag' || tests === 'both'
  const anchor = 'mm/migrate.c: isolate_movable_page / isolate_movable_ops_page'
  const giveUp = (s: S, me: Isolator): 'get_page_unless_zero' => {
    const p = me.src!
    me.src = null
    s.page[p].gets--
    putPage(s, p)
    return 'get_page_unless_zero'
  }
  return {
    // Where every page in use belongs to a driver or did, the others are not worth a look: the walker goes by the tag.
    get_page_unless_zero: step('mm/compaction.c: isolate_migratepages_block', (s, me) => {
      const inUse = [...s.page.keys()].filter((p) => s.page[p].refs > 0)
      const p = choose(s, isSlab === undefined ? inUse.filter((each) => looksMovable(s, each)) : inUse)
      s.page[p].refs++
      s.page[p].gets++
      me.src = p
      return before ? 'slab?' : '__PageMovable?'
    }),
    ...stepsIf(before, {
      'slab?': step(anchor, (s: S, me: Isolator) => (isSlab?.(s, me.src!) ? giveUp(s, me) : '__PageMovable?')),
    }),
    '__PageMovable?': step(anchor, (s, me) => {
      if (!looksMovable(s, me.src!)) return giveUp(s, me)
      return after ? 'slab by now?' : 'trylock_page'
    }),
    ...stepsIf(after, {
      'slab by now?': step(anchor, (s: S, me: Isolator) => (isSlab?.(s, me.src!) ? giveUp(s, me) : 'trylock_page')),
    }),
    trylock_page: step(anchor, (s, me) => {
      if (s.page[me.src!].PG_locked) return giveUp(s, me)
      s.page[me.src!].PG_locked = true
      return 'isolate_page'
    }),
    isolate_page: step(anchor, (s, me) => {
      const p = me.src!
      const page = s.page[p]
      page.PG_locked = false
      if (!coreSeesOwner(s, p, settings) || page.isolated || !ops.isolate(s, p)) {
        note(s, 'refused')
        return giveUp(s, me)
      }
      // The reference of the walker becomes that of the core's list.
      page.isolated = true
      page.gets--
      page.coreLists++
      page.coreRefs++
      return exit
    }),
  }
}

type MoveLabel =
  | 'unmap_and_move'
  | 'lock both pages'
  | 'move_to_new_page'
  | 'moved'
  | 'put destination'
  | 'put source'
  | 'not moved'
  | 'putback_page'

interface MoveOptions<S, Enter extends string, Exit extends string> {
  readonly ops: DriverOps<S>
  readonly settings: Settings
  /** the first step with both pages locked: of the driver's migrate_page, which ends at `moved` or `not moved` */
  readonly callback: Enter
  /** unmapping comes before the driver is asked, where a kernel does that */
  readonly unmap?: Enter
  /** the allocation of a destination may fail although there is a free page */
  readonly mayFail?: boolean
  /** pages may get onto the LRU; elsewhere a destination that nobody owns is simply freed, which a drained batch does too */
  readonly lru?: boolean
  /** what mapping again comes to, before the pages are unlocked */
  readonly remap?: (s: S, from: number, to: number) => void
  readonly exit: Exit
}

/**
 * m1 to m6, in one pass: an isolated page is moved, or put back. Passes repeat the same with the page isolated all the time;
 * callers that isolate again after the putback show the same behaviours.
 */
export function moveMovable<S extends WithPages, Enter extends string, Exit extends string>({
  ops,
  settings,
  callback,
  unmap,
  remap,
  lru = false,
  mayFail = false,
  exit,
}: MoveOptions<S, Enter, Exit>): Steps<S, Mover, MoveLabel, Enter | Exit> {
  return {
    unmap_and_move: step('mm/migrate.c: unmap_and_move / migrate_folio_unmap', (s, me) => {
      const src = me.src!
      if (s.page[src].refs === 1) {
        note(s, 'the owner is gone')
        s.page[src].isolated = false
        dropIsolation(s, src)
        me.src = null
        return exit
      }
      const fails = mayFail && choose(s, bool)
      me.dst = fails ? null : allocPage(s)
      return me.dst === null ? 'putback_page' : 'lock both pages'
    }),
    'lock both pages': step('mm/migrate.c: __unmap_and_move / migrate_folio_unmap', (s, me) => {
      when(!s.page[me.src!].PG_locked && !s.page[me.dst!].PG_locked)
      s.page[me.src!].PG_locked = true
      s.page[me.dst!].PG_locked = true
      return unmap ?? 'move_to_new_page'
    }),
    move_to_new_page: step('mm/migrate.c: move_to_new_page / migrate_movable_ops_page', (s, me) => {
      if (coreSeesOwner(s, me.src!, settings)) return callback
      note(s, 'released meanwhile: success')
      return 'moved'
    }),
    // The isolated flag goes before the locks do.
    moved: step('mm/migrate.c: move_to_new_page / migrate_folio_move', (s, me) => {
      remap?.(s, me.src!, s.page[me.dst!].owner ? me.dst! : me.src!)
      s.page[me.src!].isolated = false
      s.page[me.src!].PG_locked = false
      s.page[me.dst!].PG_locked = false
      return 'put destination'
    }),
    'put destination': step('mm/migrate.c: unmap_and_move / migrate_folio_move', (s, me) => {
      const dst = me.dst!
      const isLru = match(settings['destination-kind-from'])
        .with('return-code', 'source', () => false)
        .with('destination', () => !looksMovable(s, dst))
        .exhaustive()
      s.page[dst].fresh = false
      // putback_lru_page: the batch takes over the reference.
      if (isLru && lru) {
        note(s, 'looks like an LRU page')
        s.page[dst].onLru = true
      } else putPage(s, dst)
      me.dst = null
      return 'put source'
    }),
    'put source': step('mm/migrate.c: unmap_and_move / migrate_folio_done', (s, me) => {
      dropIsolation(s, me.src!)
      me.src = null
      return exit
    }),
    'not moved': step('mm/migrate.c: __unmap_and_move / migrate_folio_undo_src', (s, me) => {
      const dst = me.dst!
      remap?.(s, me.src!, me.src!)
      s.page[me.src!].PG_locked = false
      s.page[dst].PG_locked = false
      s.page[dst].fresh = false
      putPage(s, dst)
      me.dst = null
      return 'putback_page'
    }),
    putback_page: step('mm/migrate.c: putback_movable_page / putback_movable_ops_page', (s, me) => {
      const p = me.src!
      when(!s.page[p].PG_locked)
      // Off the list of the core first: the driver puts the page on its own.
      listDel(s, p)
      if (coreSeesOwner(s, p, settings)) ops.putback(s, p)
      s.page[p].isolated = false
      s.page[p].coreRefs--
      putPage(s, p)
      me.src = null
      return exit
    }),
  }
}
