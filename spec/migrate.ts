/**
 * migrate_pages for one small folio, anonymous or in the page cache: unmap, freeze where the page cache has it, copy,
 * remap. The same text serves every caller and every release; how the list is gone over is in migrate-list.ts. Comments
 * count the steps as U1 to U10 (unmap) and M1 to M10 (move).
 */
import type { Steps } from '../checker/language/index.ts'
import { note, step, stepsIf, when } from '../checker/language/index.ts'
import { folioAddLru, folioPutbackLru } from './lru.ts'
import {
  cacheReferences,
  expectedReferences,
  folioPut,
  folioUnlock,
  type Memory,
  type Mm,
  mapcount,
  mappedBy,
} from './memory.ts'
import { type Locals, listDriver, type Mode, type NextLabel } from './migrate-list.ts'
import { maybeDmaPinned } from './pin.ts'
import { addRmap, removeRmap, visited, walkOn } from './rmap.ts'
import type { Settings } from './switches/index.ts'

export { migrateLocals, migrateStart, nextFolio } from './migrate-list.ts'

type Label =
  | 'alloc destination'
  | 'folio_lock'
  | 'try_to_migrate'
  | 'refcount as expected?'
  | 'freeze refcount'
  | 'change slot'
  | 'copy contents'
  | 'copied, refcount as expected?'
  | 'add destination to the LRU'
  | 'remove_migration_ptes'
  | 'unlock destination'
  | 'free source'
  | 'restore ptes'
  | 'unlock, -EAGAIN'
  | 'putback'

/** How a caller wants it. */
export interface MigrateOptions<Exit extends string> {
  readonly mm: Memory
  readonly cpu: number
  readonly mode: Mode
  /** a free folio that may take the place of `src`, for the caller with these locals; null when there is none */
  readonly allocate: (s: Mm, src: number, me: object) => number | null
  readonly settings: Settings
  /** where the caller goes on, with leftovers put back; `me.failed` tells whether there were any */
  readonly exit: Exit
}

/** The labelled steps of one migrate_pages call with its putback. Enter through `nextFolio`. */
export function migratePages<Exit extends string>(options: MigrateOptions<Exit>): Steps<Mm, Locals, Label, Exit> {
  const { mm, cpu, allocate, settings, exit } = options
  const by = { cpu, settings }
  const { file = false } = mm.sizes
  const copyFirst = settings['copy-order'] === 'before-freeze'
  const addLast = settings['add-destination'] === 'after-restore'
  const driver = listDriver(mm, options)

  const go = (s: Mm, me: Locals, next: NextLabel<Exit>): Label | Exit => (next === 'move' ? firstMove(s, me) : next)
  /** Copying first looks at the references before it takes the trouble. Freezing is for folios in the page cache. */
  const firstMove = (s: Mm, me: Locals): Label =>
    !copyFirst && cacheReferences(s, me.src!) > 0 ? 'freeze refcount' : 'refcount as expected?'
  const freeDestination = (s: Mm, dst: number) => {
    s.folio[dst].fresh = false
    folioPut(s, dst)
  }
  const asExpected = (s: Mm, me: Locals): boolean => {
    const { refs } = s.folio[me.src!]
    const expected = expectedReferences(s, me.src!)
    note(s, refs === expected ? 'yes' : `no, ${refs} instead of ${expected}`)
    return refs === expected
  }
  const remap = (s: Mm, me: Locals, to: number): boolean => {
    const page = visited(mm, s, me, (pte) => pte.kind === 'migration' && pte.folio === me.src)
    if (page !== null) addRmap(s, page, to, by)
    return walkOn(mm, me)
  }

  const afterCopy = addLast ? 'remove_migration_ptes' : 'add destination to the LRU'

  return {
    // U1, U2
    'alloc destination': step('mm/migrate.c: unmap_and_move / migrate_folio_unmap', (s, me) => {
      const src = me.src!
      if (s.folio[src].refs === 1) {
        // The isolation holds the last reference: the owner is gone, which counts as success.
        s.folio[src].isolated = false
        folioPut(s, src)
        return go(s, me, driver.attempted(me, 'gone'))
      }
      const dst = allocate(s, src, me)
      if (dst === null) return go(s, me, driver.attempted(me, '-ENOMEM'))
      s.folio[dst].refs = 1
      s.folio[dst].fresh = true
      me.dst = dst
      return 'folio_lock'
    }),
    // U3, U6. Nobody else can have locked the destination.
    folio_lock: step('mm/migrate.c: __unmap_and_move / migrate_folio_unmap', (s, me) => {
      const src = s.folio[me.src!]
      if (src.PG_locked && !driver.mayWait(me)) {
        note(s, 'is locked, -EAGAIN')
        freeDestination(s, me.dst!)
        return go(s, me, driver.attempted(me, '-EAGAIN'))
      }
      when(!src.PG_locked)
      src.PG_locked = true
      s.folio[me.dst!].PG_locked = true
      return 'try_to_migrate'
    }),
    // U9, U10. One page-table entry at a time, under its page-table lock.
    try_to_migrate: step('mm/rmap.c: try_to_migrate_one', (s, me) => {
      const src = me.src!
      const page = visited(mm, s, me, (pte) => mappedBy(pte) === src)
      if (page !== null) {
        if (settings['unmap-sees-pins'] === 'yes' && maybeDmaPinned(s, src)) {
          me.at = 0
          return 'restore ptes'
        }
        removeRmap(s, page, { kind: 'migration', folio: src }, by)
      }
      if (walkOn(mm, me)) return 'try_to_migrate'
      return mapcount(s, src) > 0 ? 'restore ptes' : go(s, me, driver.unmapped(me))
    }),
    // M1 and, for anonymous folios, M3: compared, not frozen.
    'refcount as expected?': step('mm/migrate.c: migrate_page_move_mapping / __migrate_folio', (s, me) => {
      if (!asExpected(s, me)) return go(s, me, driver.moveFailed(me))
      return 'copy contents'
    }),
    ...stepsIf(file, {
      // M3 for the page cache: from here on nobody can get a reference.
      'freeze refcount': step('mm/migrate.c: migrate_page_move_mapping / __folio_migrate_mapping', (s, me) => {
        when(!s.i_pages_locked)
        if (!asExpected(s, me)) return go(s, me, driver.moveFailed(me))
        s.i_pages_locked = true
        s.folio[me.src!].refs = 0
        s.folio[me.src!].frozen = true
        return 'change slot'
      }),
      'change slot': step('mm/migrate.c: migrate_page_move_mapping / __folio_migrate_mapping', (s, me) => {
        const [src, dst] = [me.src!, me.dst!]
        s.cache[s.cache.indexOf(src)] = dst
        s.folio[dst].refs++
        s.folio[src].frozen = false
        s.folio[src].refs = 1
        s.i_pages_locked = false
        return copyFirst ? afterCopy : 'copy contents'
      }),
    }),
    // M2 or M4
    'copy contents': step('mm/migrate.c: migrate_page_copy / folio_migrate_copy / folio_mc_copy', (s, me) => {
      s.folio[me.dst!].content = s.folio[me.src!].content
      if (!copyFirst) return afterCopy
      return cacheReferences(s, me.src!) > 0 ? 'freeze refcount' : 'copied, refcount as expected?'
    }),
    ...stepsIf(copyFirst, {
      'copied, refcount as expected?': step('mm/migrate.c: __folio_migrate_mapping', (s, me) =>
        asExpected(s, me) ? afterCopy : go(s, me, driver.moveFailed(me)),
      ),
    }),
    // M5 to M7
    ...stepsIf(!addLast, {
      'add destination to the LRU': step('mm/migrate.c: __unmap_and_move / migrate_folio_move', (s, me) => {
        folioAddLru(s, cpu, me.dst!)
        return 'remove_migration_ptes'
      }),
    }),

    // M8. One entry at a time, under its page-table lock.
    remove_migration_ptes: step('mm/migrate.c: remove_migration_pte', (s, me) =>
      remap(s, me, me.dst!) ? 'remove_migration_ptes' : 'unlock destination',
    ),
    // M9. Up to v5.17 the destination gets to the LRU here, when source and destination are unlocked.
    'unlock destination': step('mm/migrate.c: __unmap_and_move / migrate_folio_move', (s, me) => {
      const dst = me.dst!
      folioUnlock(s, dst)
      if (addLast) {
        folioUnlock(s, me.src!)
        folioAddLru(s, cpu, dst)
      }
      freeDestination(s, dst)
      return 'free source'
    }),
    // M10
    'free source': step('mm/migrate.c: unmap_and_move / migrate_folio_done', (s, me) => {
      const src = me.src!
      if (!addLast) folioUnlock(s, src)
      s.folio[src].isolated = false
      folioPut(s, src)
      return go(s, me, driver.attempted(me, 'gone'))
    }),
    'restore ptes': step('mm/migrate.c: remove_migration_pte', (s, me) =>
      remap(s, me, me.src!) ? 'restore ptes' : 'unlock, -EAGAIN',
    ),
    'unlock, -EAGAIN': step('mm/migrate.c: __unmap_and_move / migrate_folio_undo_src', (s, me) => {
      folioUnlock(s, me.src!)
      s.folio[me.dst!].PG_locked = false
      freeDestination(s, me.dst!)
      return go(s, me, driver.attempted(me, '-EAGAIN'))
    }),
    putback: step('mm/migrate.c: putback_movable_pages', (s, me) => {
      const f = me.list.shift()!
      folioPutbackLru(s, cpu, f)
      return me.list.length > 0 ? 'putback' : exit
    }),
  }
}
