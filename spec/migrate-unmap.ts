/**
 * Migration of one folio, first half: a destination, the folio locks, and a migration entry in the place of each mapping
 * (migrate_folio_unmap; up to v6.2 the first half of __unmap_and_move). Comments number the steps U1 to U10.
 */
import { match } from 'ts-pattern'
import type { Steps } from '../checker/language/index.ts'
import { note, step, stepsIf, when } from '../checker/language/index.ts'
import { unisolate } from './lru.ts'
import {
  flushTlb,
  folioPut,
  folioUnlock,
  inPageCache,
  type Mm,
  makeCompound,
  mapcount,
  mappedBy,
  type Pte,
} from './memory.ts'
import { type MigrateLabel, type Migration, putDestination, referencesGone } from './migrate.ts'
import type { Locals, Refusal } from './migrate-locals.ts'
import { mustSplitFirst } from './migrate-split.ts'
import { drainMlockBatch } from './mlock.ts'
import { maybeDmaPinned } from './pin.ts'
import { addRmap, drainInPageTableLock, munlockRestored, removeRmap, visited, walkBegins, walkOn } from './rmap.ts'

export type UnmapLabel =
  | 'alloc destination'
  | 'folio_lock'
  | 'writeback?'
  | 'try_to_migrate'
  | 'mlock_page_drain'
  | 'restore ptes'
  | 'unlock, -EAGAIN'
  | 'unlock, give up'
  | 'wait for references, mapped'

/** The labelled steps of the first half, and of undoing it. */
export function unmapSteps<Exit extends string>(
  migration: Migration<Exit>,
): Steps<Mm, Locals, UnmapLabel, MigrateLabel | Exit> {
  const { mm, settings, allocate, driver, by, go } = migration
  const drainsAfterWalk = settings['migration-drains-mlock'] === 'after-walk'
  const samplesMlocked = settings['destination-drain'] === 'mlocked' && mm.sizes.mlock !== undefined

  /** 9a: the entry is cleared, and the TLBs are flushed now, at the end of the batch, or not at all. */
  const flushNow = (me: Locals, pte: Pte): boolean =>
    match(settings['unmap-flush'])
      .with('never', () => false)
      .with('each-entry', () => pte.kind !== 'protnone' || settings['flush-without-access'] === 'yes')
      .with('deferred-in-async', () => driver.mode(me) !== 'async')
      .exhaustive()
  /** Of a task in direct reclaim nobody knows which folios it has locked already. In no mode does it wait for a lock. */
  const onlyTries = migration.memalloc === true && settings['lock-in-reclaim'] === 'tries'
  /** Whoever reads a folio holds its lock as long as the disk takes. */
  const worthWaiting = (s: Mm, me: Locals): boolean => {
    if (driver.mode(me) !== 'sync_light' || !mm.sizes.uptodate) return true
    return settings['sync-light-lock'] === 'waits' || s.folio[me.src!].PG_uptodate
  }
  const giveUp = (s: Mm, me: Locals, outcome: '-EAGAIN' | Refusal) => {
    note(s, outcome)
    s.folio[me.dst!].PG_locked = false
    putDestination(s, me.dst!)
    return go(s, me, driver.attempted(me, outcome))
  }
  /** U10: no mapping is left, or the walk has failed. */
  const walked = (s: Mm, me: Locals) => {
    if (mapcount(s, me.src!) > 0) return 'restore ptes'
    if (mm.sizes.mappings && settings['anon-vma-kept-in'] === 'mapping')
      s.folio[me.dst!].mapping = 'anon_vma of the source'
    return go(s, me, driver.unmapped(me))
  }

  return {
    // U1, U2
    'alloc destination': step('mm/migrate.c: unmap_and_move / migrate_folio_unmap', (s, me) => {
      const src = me.src!
      me.thp = s.folio[src].compound === 'head'
      if (me.thp && me.error !== 'deferred') {
        const why = mustSplitFirst(s, src, settings)
        if (why !== null) {
          note(s, why === 'deferred' ? 'waits to be split' : `a THP cannot be migrated, ${why}`)
          return go(s, me, driver.mustSplit(me, why))
        }
      }
      if (s.folio[src].refs === 1) {
        // The isolation holds the last reference: the owner is gone, which counts as success.
        unisolate(s, src)
        folioPut(s, src)
        return go(s, me, driver.attempted(me, 'gone'))
      }
      const dst = allocate(s, src, me)
      if (dst === null) {
        note(s, 'none is free, -ENOMEM')
        if (me.thp) return go(s, me, driver.mustSplit(me, '-ENOMEM'))
        return go(s, me, driver.attempted(me, '-ENOMEM'))
      }
      s.folio[dst].refs = 1
      s.folio[dst].fresh = true
      if (me.thp) makeCompound(s, dst)
      if (mm.sizes.mappings) s.folio[dst].mapping = 'none'
      me.dst = dst
      return 'folio_lock'
    }),
    // U3, U6. Nobody else can have locked the destination.
    folio_lock: step('mm/migrate.c: __unmap_and_move / migrate_folio_unmap', (s, me) => {
      const src = s.folio[me.src!]
      const waits = driver.mayWaitForLock(me) && !onlyTries && worthWaiting(s, me)
      if (src.PG_locked && !waits) return giveUp(s, me, '-EAGAIN')
      when(!src.PG_locked)
      src.PG_locked = true
      s.folio[me.dst!].PG_locked = true
      if (samplesMlocked) me.wasMlocked = src.PG_mlocked
      return mm.sizes.writeback ? 'writeback?' : 'try_to_migrate'
    }),
    // U4
    ...stepsIf(mm.sizes.writeback === true, {
      'writeback?': step('mm/migrate.c: __unmap_and_move / migrate_folio_unmap', (s: Mm, me: Locals) => {
        const src = s.folio[me.src!]
        if (src.PG_writeback && !(driver.mode(me) === 'sync' && driver.mayWaitForWriteback(me))) {
          folioUnlock(s, me.src!)
          return giveUp(s, me, driver.mode(me) === 'sync' ? '-EAGAIN' : '-EBUSY')
        }
        when(!src.PG_writeback)
        return 'try_to_migrate'
      }),
    }),
    // U9, U10. One page-table entry at a time, under its page-table lock.
    try_to_migrate: step('mm/rmap.c: try_to_migrate_one', (s, me) => {
      const src = me.src!
      walkBegins(mm, s, me)
      const page = visited(mm, s, me, (pte) => mappedBy(pte) === src)
      if (page !== null) {
        // Pages of a file are not exclusive to anybody: a pin of one is seen at the refcount only.
        if (settings['unmap-sees-pins'] === 'yes' && !inPageCache(s, src) && maybeDmaPinned(s, src)) {
          me.at = 0
          s.rmap_locked = false
          return 'restore ptes'
        }
        if (flushNow(me, s.pte[page])) flushTlb(s, page)
        // 9b
        if (s.mayStore[page] === 'dirty') {
          s.folio[src].PG_dirty = true
          s.mayStore[page] = 'yes'
        }
        removeRmap(s, page, { kind: 'migration', folio: src }, by(me))
        drainInPageTableLock(s, page, by(me))
      }
      if (walkOn(mm, s, me)) return 'try_to_migrate'
      return drainsAfterWalk ? 'mlock_page_drain' : walked(s, me)
    }),
    ...stepsIf(drainsAfterWalk, {
      mlock_page_drain: step('mm/mlock.c: mlock_page_drain', (s: Mm, me: Locals) => {
        drainMlockBatch(s, by(me).cpu)
        return walked(s, me)
      }),
    }),
    'restore ptes': step('mm/migrate.c: remove_migration_pte', (s, me) => {
      walkBegins(mm, s, me)
      const page = visited(mm, s, me, (pte) => pte.kind === 'migration' && pte.folio === me.src)
      if (page !== null) {
        addRmap(s, page, me.src!, by(me))
        munlockRestored(s, page, me.src!, by(me))
        drainInPageTableLock(s, page, by(me))
      }
      if (walkOn(mm, s, me)) return 'restore ptes'
      return me.error === '-EAGAIN' ? 'unlock, -EAGAIN' : 'unlock, give up'
    }),
    'unlock, -EAGAIN': step('mm/migrate.c: __unmap_and_move / migrate_folio_undo_src', (s, me) => {
      folioUnlock(s, me.src!)
      return migration.waits && me.phase === 'unmap' ? 'wait for references, mapped' : giveUp(s, me, '-EAGAIN')
    }),
    ...stepsIf(mm.sizes.firstMapping !== undefined, {
      'unlock, give up': step('mm/migrate.c: move_to_new_page / migrate_folio_undo_src', (s: Mm, me: Locals) => {
        folioUnlock(s, me.src!)
        return giveUp(s, me, me.error as Refusal)
      }),
    }),
    ...stepsIf(migration.waits === true, {
      'wait for references, mapped': step('mm/migrate.c: migrate_pages_batch', (s: Mm, me: Locals) => {
        when(referencesGone(s, me.src!))
        return giveUp(s, me, '-EAGAIN')
      }),
    }),
  }
}
