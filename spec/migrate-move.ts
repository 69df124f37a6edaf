/**
 * Migration of one folio, second half: freeze, change the page cache, copy, remap (migrate_folio_move; up to v6.2 the rest
 * of unmap_and_move). Since v6.12 the contents are copied before the references are frozen. Comments number the steps M1
 * to M10. A folio that is in no page cache is never frozen: its references are only compared.
 */
import { match } from 'ts-pattern'
import type { Steps } from '../checker/language/index.ts'
import { note, step, stepsIf, when } from '../checker/language/index.ts'
import { checkBuffers, letUsersBack, lockBuffers, moveBuffers } from './buffers.ts'
import { flushBatch, folioAddLru, moveUnevictable, unisolate } from './lru.ts'
import { expectedReferences, flushTlb, folioPut, folioUnlock, inPageCache, type Mm, ownReferences } from './memory.ts'
import { type MigrateLabel, type Migration, putDestination, referencesGone, startMove } from './migrate.ts'
import type { Locals } from './migrate-locals.ts'
import { drainMlockBatch } from './mlock.ts'
import { addRmap, drainInPageTableLock, visited, walkBegins, walkOn } from './rmap.ts'

export type MoveLabel =
  | 'try_to_unmap_flush'
  | 'lock buffers'
  | 'check buffers'
  | 'refcount as expected?'
  | 'wait for references'
  | 'freeze refcount'
  | 'change slot'
  | 'move buffers'
  | 'copy contents'
  | 'copied, refcount as expected?'
  | 'add destination to the LRU'
  | 'remove_migration_ptes'
  | 'unlock destination'
  | 'free source'

/** The labelled steps of the second half. */
export function moveSteps<Exit extends string>(
  migration: Migration<Exit>,
): Steps<Mm, Locals, MoveLabel, MigrateLabel | Exit> {
  const { mm, settings, driver, by, go } = migration
  const { file = false, tlb = false, firstMapping } = mm.sizes
  /** what has no migrate_folio has to release its private data before */
  const buffers = mm.sizes.buffers === true && firstMapping !== 'no migrate_folio'
  const locksBuffers = buffers && mm.sizes.bufferLocks === true && settings['buffer-check'] !== 'release'
  const copyFirst = settings['copy-order'] === 'before-freeze'
  const addLast = settings['add-destination'] === 'after-restore'

  const fail = (s: Mm, me: Locals) => (migration.waits ? 'wait for references' : failed(s, me))
  const failed = (s: Mm, me: Locals) => {
    if (s.buffer.folio === me.src) letUsersBack(s)
    if (mm.sizes.mappings && settings['anon-vma-kept-in'] === 'mapping')
      s.folio[me.dst!].mapping = 'anon_vma of the source'
    return go(s, me, driver.moveFailed(me, '-EAGAIN'))
  }
  const asExpected = (s: Mm, me: Locals): boolean => {
    const { refs } = s.folio[me.src!]
    const expected = expectedReferences(s, me.src!)
    note(s, refs === expected ? 'yes' : `no, ${refs} instead of ${expected}`)
    return refs === expected
  }
  /** M5: migrate_page_states / folio_migrate_flags. PG_mlocked is not copied: remapping sets it where it is due. */
  const copyFlags = (s: Mm, me: Locals) => {
    if (mm.sizes.uptodate) s.folio[me.dst!].PG_uptodate = true
    moveUnevictable(s, me.src!, me.dst!)
  }
  /** The contents are copied, and nobody but the migration knows the source any more. */
  const moved = (s: Mm, me: Locals) => {
    if (s.buffer.folio === me.dst) letUsersBack(s)
    if (mm.sizes.mappings) s.folio[me.dst!].mapping = 'object'
    if (addLast) copyFlags(s, me)
    return addLast ? 'remove_migration_ptes' : 'add destination to the LRU'
  }
  /** M7: the destination goes to the LRU, and this CPU's batches are drained so that the mlocks to come are counted. */
  const addDestination = (s: Mm, me: Locals) => {
    const { cpu } = by(me)
    folioAddLru(s, cpu, me.dst!)
    const drains = match(settings['destination-drain'])
      .with('never', () => false)
      .with('mapped', () => s.pte.some((pte) => pte.kind === 'migration' && pte.folio === me.src))
      .with('mlocked', () => me.wasMlocked)
      .exhaustive()
    if (!drains) return
    flushBatch(s, cpu)
    drainMlockBatch(s, cpu)
  }

  return {
    ...stepsIf(tlb && settings['migrate-list'] === 'batched', {
      try_to_unmap_flush: step('mm/rmap.c: try_to_unmap_flush', (s: Mm, me: Locals) => {
        if (settings['unmap-flush'] !== 'never') for (const page of s.pte.keys()) flushTlb(s, page)
        return go(s, me, 'move')
      }),
    }),
    ...stepsIf(locksBuffers, {
      'lock buffers': step('mm/migrate.c: buffer_migrate_lock_buffers', (s: Mm, me: Locals) => {
        if (lockBuffers(s, driver.mode(me), settings)) return 'check buffers'
        note(s, 'is locked, -EAGAIN')
        return go(s, me, driver.moveFailed(me, '-EAGAIN'))
      }),
    }),
    ...stepsIf(buffers, {
      'check buffers': step(
        'mm/migrate.c: fallback_migrate_page / buffer_migrate_page_norefs / buffer_migrate_folio_norefs',
        (s: Mm, me: Locals) => {
          if (checkBuffers(s, me.src!, settings)) return startMove(migration, s, me)
          note(s, 'somebody uses them')
          if (locksBuffers) letUsersBack(s)
          return go(s, me, driver.moveFailed(me, '-EAGAIN'))
        },
      ),
    }),
    // M1 and, for folios outside the page cache, M3: compared, not frozen.
    'refcount as expected?': step('mm/migrate.c: migrate_page_move_mapping / __migrate_folio', (s, me) => {
      if (mm.sizes.mappings) s.folio[me.dst!].mapping = 'none'
      return asExpected(s, me) ? 'copy contents' : fail(s, me)
    }),
    ...stepsIf(migration.waits === true, {
      'wait for references': step('mm/migrate.c: migrate_folios_move', (s: Mm, me: Locals) => {
        when(referencesGone(s, me.src!))
        return failed(s, me)
      }),
    }),
    ...stepsIf(file, {
      // M3 for the page cache: from here on nobody can get a reference.
      'freeze refcount': step(
        'mm/migrate.c: migrate_page_move_mapping / __folio_migrate_mapping',
        (s: Mm, me: Locals) => {
          when(!s.i_pages_locked)
          if (!asExpected(s, me)) return fail(s, me)
          s.i_pages_locked = true
          s.folio[me.src!].refs = 0
          s.folio[me.src!].frozen = true
          return 'change slot'
        },
      ),
      'change slot': step('mm/migrate.c: migrate_page_move_mapping / __folio_migrate_mapping', (s: Mm, me: Locals) => {
        const [src, dst] = [me.src!, me.dst!]
        s.cache[s.cache.indexOf(src)] = dst
        if (s.folio[src].PG_dirty) {
          s.folio[src].PG_dirty = false
          s.folio[dst].PG_dirty = true
        }
        s.folio[dst].refs++
        s.folio[src].frozen = false
        s.folio[src].refs = 1 + ownReferences(s, src)
        s.i_pages_locked = false
        if (s.buffer.folio === src) return 'move buffers'
        return copyFirst ? moved(s, me) : 'copy contents'
      }),
    }),
    ...stepsIf(buffers, {
      'move buffers': step('mm/migrate.c: buffer_migrate_page / buffer_migrate_folio_norefs', (s: Mm, me: Locals) => {
        moveBuffers(s, me.src!, me.dst!)
        return copyFirst ? moved(s, me) : 'copy contents'
      }),
    }),
    // M2 or M4
    'copy contents': step('mm/migrate.c: migrate_page_copy / folio_migrate_copy / folio_mc_copy', (s, me) => {
      s.folio[me.dst!].content = s.folio[me.src!].content
      if (!copyFirst) return moved(s, me)
      return inPageCache(s, me.src!) ? 'freeze refcount' : 'copied, refcount as expected?'
    }),
    ...stepsIf(copyFirst, {
      'copied, refcount as expected?': step('mm/migrate.c: __folio_migrate_mapping', (s: Mm, me: Locals) =>
        asExpected(s, me) ? moved(s, me) : fail(s, me),
      ),
    }),
    // M5 to M7
    ...stepsIf(!addLast, {
      'add destination to the LRU': step('mm/migrate.c: __unmap_and_move / migrate_folio_move', (s: Mm, me: Locals) => {
        copyFlags(s, me)
        addDestination(s, me)
        return 'remove_migration_ptes'
      }),
    }),
    // M8. One entry at a time, under its page-table lock.
    remove_migration_ptes: step('mm/migrate.c: remove_migration_pte', (s, me) => {
      walkBegins(mm, s, me)
      const page = visited(mm, s, me, (pte) => pte.kind === 'migration' && pte.folio === me.src)
      if (page !== null) {
        addRmap(s, page, me.dst!, by(me))
        drainInPageTableLock(s, page, by(me))
      }
      return walkOn(mm, s, me) ? 'remove_migration_ptes' : 'unlock destination'
    }),
    // M9. Up to v5.17 the destination gets to the LRU here, when source and destination are unlocked.
    'unlock destination': step('mm/migrate.c: __unmap_and_move / migrate_folio_move', (s, me) => {
      const dst = me.dst!
      folioUnlock(s, dst)
      if (addLast) {
        folioUnlock(s, me.src!)
        folioAddLru(s, by(me).cpu, dst)
      }
      putDestination(s, dst)
      return 'free source'
    }),
    // M10
    'free source': step('mm/migrate.c: unmap_and_move / migrate_folio_done', (s, me) => {
      const src = me.src!
      if (!addLast) folioUnlock(s, src)
      unisolate(s, src)
      folioPut(s, src)
      return go(s, me, driver.attempted(me, 'gone'))
    }),
  }
}
