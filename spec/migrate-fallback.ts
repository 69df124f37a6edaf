/**
 * Moving a folio whose mapping has something to say: it is marked unmovable (-EOPNOTSUPP), or its file system has no
 * migrate_folio. Then fallback_migrate_folio writes a dirty folio out, which it does in synchronous mode only and not any
 * more since v6.16, and lets the file system release what it keeps in the private data of a clean one.
 */
import { match } from 'ts-pattern'
import type { Steps } from '../checker/language/index.ts'
import { choose, note, step, stepsIf, when } from '../checker/language/index.ts'
import { folioPut, folioUnlock, type Mm } from './memory.ts'
import { type MigrateLabel, type Migration, startMove } from './migrate.ts'
import type { Locals, Refusal } from './migrate-locals.ts'
import { addRmap, visited, walkBegins, walkOn } from './rmap.ts'
import { clearDirtyForIo } from './shared-mapping.ts'

export type FallbackLabel =
  | 'mapping_unmovable?'
  | 'fallback_migrate_folio'
  | 'restore ptes, to write out'
  | 'writepage'
  | 'folio_lock, after writepage'
  | 'BUG'

/** The labelled steps between the unmapping of such a folio and its move. */
export function fallbackSteps<Exit extends string>(
  migration: Migration<Exit>,
): Steps<Mm, Locals, FallbackLabel, MigrateLabel | Exit> {
  const { mm, settings, driver, by, go } = migration
  const { firstMapping } = mm.sizes
  const refuse = (s: Mm, me: Locals, why: '-EAGAIN' | Refusal) => {
    note(s, why)
    return go(s, me, driver.moveFailed(me, why))
  }
  /** What a file system that cannot release its private data makes of the attempt. */
  const notReleased = (me: Locals) =>
    match(settings['private-not-released'])
      .with('-EAGAIN', () => '-EAGAIN' as const)
      .with('-EBUSY-unless-sync', () => (driver.mode(me) === 'sync' ? ('-EAGAIN' as const) : ('-EBUSY' as const)))
      .exhaustive()

  return {
    ...stepsIf(firstMapping === 'AS_UNMOVABLE', {
      'mapping_unmovable?': step('mm/migrate.c: move_to_new_folio', (s: Mm, me: Locals) =>
        settings['unmovable-mapping'] === 'stays' ? refuse(s, me, '-EOPNOTSUPP') : startMove(migration, s, me),
      ),
    }),
    ...stepsIf(firstMapping === 'no migrate_folio', {
      fallback_migrate_folio: step(
        'mm/migrate.c: fallback_migrate_page / fallback_migrate_folio',
        (s: Mm, me: Locals) => {
          const f = me.src!
          if (s.folio[f].PG_dirty) {
            if (settings['fallback-writeout'] === 'refuses' || driver.mode(me) !== 'sync')
              return refuse(s, me, '-EBUSY')
            clearDirtyForIo(s, f)
            return 'restore ptes, to write out'
          }
          if (s.buffer.folio === f) {
            // mm/filemap.c: filemap_release_folio leaves alone what is being written back.
            if (s.folio[f].PG_writeback) return refuse(s, me, notReleased(me))
            s.buffer.folio = null
            folioPut(s, f)
          }
          if (!s.folio[f].PG_writeback) return startMove(migration, s, me)
          note(s, 'BUG_ON(folio_test_writeback(src))')
          return 'BUG'
        },
      ),
    }),
    ...stepsIf(firstMapping === 'no migrate_folio' && settings['fallback-writeout'] === 'writes-out', {
      'restore ptes, to write out': step('mm/migrate.c: writeout, remove_migration_ptes', (s: Mm, me: Locals) => {
        walkBegins(mm, s, me)
        const page = visited(mm, s, me, (pte) => pte.kind === 'migration' && pte.folio === me.src)
        if (page !== null) addRmap(s, page, me.src!, by(me))
        return walkOn(mm, s, me) ? 'restore ptes, to write out' : 'writepage'
      }),
      // The file system unlocks the folio, with the writeback begun, or with an error and the folio dirty as before.
      writepage: step('mm/migrate.c: writeout, a_ops->writepage', (s: Mm, me: Locals) => {
        const f = me.src!
        me.error = choose(s, ['-EAGAIN', '-EIO'] as const)
        note(s, me.error === '-EIO' ? 'fails' : 'is on its way to the disk')
        s.folio[f].PG_writeback = me.error !== '-EIO'
        s.folio[f].PG_dirty = me.error === '-EIO'
        folioUnlock(s, f)
        return 'folio_lock, after writepage'
      }),
      'folio_lock, after writepage': step('mm/migrate.c: writeout', (s: Mm, me: Locals) => {
        when(!s.folio[me.src!].PG_locked)
        s.folio[me.src!].PG_locked = true
        return refuse(s, me, me.error as '-EAGAIN' | '-EIO')
      }),
      // The task is dead, and what it has locked stays locked.
      BUG: step('mm/migrate.c: migrate_folio', () => {
        when(false)
        return 'BUG'
      }),
    }),
  }
}
