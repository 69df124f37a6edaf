/**
 * migrate_pages for small anonymous folios outside the swap cache, the same text for every caller. Such a folio is never
 * frozen: its refcount is only compared, after every mapping of it has become a migration entry.
 */
import type { Domain, Steps } from '../checker/language/index.ts'
import { bool, note, optional, range, sequence, step, when } from '../checker/language/index.ts'
import { folioAddLru, folioPutbackLru } from './lru.ts'
import { folioPut, type Memory, type Mm, mapcount, PIN_BIAS } from './memory.ts'
import type { Settings } from './switches/index.ts'

/** Passes over the list: 10 in the kernel, 3 asynchronous and 7 synchronous; nothing sleeps between them. */
const PASSES = 2

/** What a process that migrates keeps to itself. */
export function migrateLocals({ folios }: Pick<Memory, 'folios'>, listSize: number) {
  return {
    /** isolated folios that are still to be migrated */
    list: sequence(folios, listSize),
    next: range(0, listSize - 1),
    pass: range(0, PASSES - 1),
    src: optional(folios),
    dst: optional(folios),
    failed: bool,
  }
}

export const migrateStart = { list: [] as number[], next: 0, pass: 0, src: null, dst: null, failed: false }

type Locals = {
  [K in keyof ReturnType<typeof migrateLocals>]: ReturnType<typeof migrateLocals>[K] extends Domain<infer T> ? T : never
}
type Label =
  | 'alloc destination'
  | 'folio_lock'
  | 'try_to_migrate'
  | 'refcount as expected?'
  | 'copy to destination'
  | 'remove_migration_ptes'
  | 'free source'
  | 'restore ptes'
  | 'unlock, -EAGAIN'
  | 'putback'

/** How a caller wants it. */
export interface MigrateOptions<Exit extends string> {
  readonly cpu: number
  /** MIGRATE_ASYNC only tries the folio lock, MIGRATE_SYNC waits for it */
  readonly mode: 'async' | 'sync'
  /** a free folio that may take the place of `src`; null when there is none */
  readonly allocate: (s: Mm, src: number) => number | null
  readonly settings: Settings
  /** where the caller goes on, with leftovers put back; `me.failed` tells whether there were any */
  readonly exit: Exit
}

/** Takes up folio `next` of the list, or the next pass, or ends: the part of migrate_pages between two folios. */
export function nextFolio<Exit extends string>(
  me: Locals,
  exit: Exit,
  next = 0,
): 'alloc destination' | 'putback' | Exit {
  const passOver = next === me.list.length
  if (me.list.length === 0 || (passOver && me.pass === PASSES - 1)) return endMigration(me, exit)
  if (passOver) me.pass++
  me.next = passOver ? 0 : next
  me.src = me.list[me.next]
  return 'alloc destination'
}

function endMigration<Exit extends string>(me: Locals, exit: Exit): 'putback' | Exit {
  me.failed = me.list.length > 0
  me.src = null
  me.dst = null
  me.next = 0
  me.pass = 0
  return me.failed ? 'putback' : exit
}

/** The labelled steps of one migrate_pages call with its putback. Enter through `nextFolio`. */
export function migratePages<Exit extends string>(options: MigrateOptions<Exit>): Steps<Mm, Locals, Label, Exit> {
  const { cpu, mode, allocate, settings, exit } = options
  const tryAgain = (me: Locals) => {
    me.dst = null
    return nextFolio(me, exit, me.next + 1)
  }
  const done = (me: Locals) => {
    me.list = me.list.filter((f) => f !== me.src)
    me.dst = null
    return nextFolio(me, exit, me.next)
  }
  const freeDestination = (s: Mm, dst: number) => {
    s.folio[dst].fresh = false
    folioPut(s, dst)
  }
  return {
    'alloc destination': step('mm/migrate.c: unmap_and_move / migrate_folio_unmap', (s, me) => {
      const src = me.src!
      if (s.folio[src].refs === 1) {
        // The isolation holds the last reference: the owner is gone, which counts as success.
        s.folio[src].isolated = false
        folioPut(s, src)
        return done(me)
      }
      const dst = allocate(s, src)
      // Without memory the whole list is given up (-ENOMEM).
      if (dst === null) return endMigration(me, exit)
      s.folio[dst].refs = 1
      s.folio[dst].fresh = true
      me.dst = dst
      return 'folio_lock'
    }),
    folio_lock: step('mm/migrate.c: __unmap_and_move / migrate_folio_unmap', (s, me) => {
      const src = s.folio[me.src!]
      if (mode === 'async' && src.PG_locked) {
        freeDestination(s, me.dst!)
        return tryAgain(me)
      }
      when(!src.PG_locked)
      src.PG_locked = true
      return 'try_to_migrate'
    }),
    // One page-table entry at a time, under its page-table lock.
    try_to_migrate: step('mm/rmap.c: try_to_migrate_one', (s, me) => {
      const src = me.src!
      const mapping = s.pte.findIndex((pte) => pte.kind === 'present' && pte.folio === src)
      if (mapping < 0) return 'refcount as expected?'
      if (settings['unmap-sees-pins'] === 'yes' && s.folio[src].refs >= PIN_BIAS) return 'restore ptes'
      s.pte[mapping] = { kind: 'migration', folio: src }
      folioPut(s, src)
      return mapcount(s, src) > 0 ? 'try_to_migrate' : 'refcount as expected?'
    }),
    'refcount as expected?': step('mm/migrate.c: migrate_page_move_mapping / folio_migrate_mapping', (s, me) => {
      // Only the isolation may still hold a reference. Compared, not frozen.
      const { refs } = s.folio[me.src!]
      note(s, refs === 1 ? 'yes' : `no, ${refs} instead of 1`)
      return refs === 1 ? 'copy to destination' : 'restore ptes'
    }),
    'copy to destination': step('mm/migrate.c: migrate_page_copy / move_to_new_folio', (s, me) => {
      folioAddLru(s, cpu, me.dst!)
      return 'remove_migration_ptes'
    }),
    remove_migration_ptes: step('mm/migrate.c: remove_migration_pte', (s, me) => {
      remap(s, me.src!, me.dst!)
      return 'free source'
    }),
    'free source': step('mm/migrate.c: migrate_folio_done', (s, me) => {
      const src = me.src!
      s.folio[src].PG_locked = false
      s.folio[src].isolated = false
      folioPut(s, src)
      freeDestination(s, me.dst!)
      return done(me)
    }),
    'restore ptes': step('mm/migrate.c: remove_migration_pte', (s, me) => {
      remap(s, me.src!, me.src!)
      return 'unlock, -EAGAIN'
    }),
    'unlock, -EAGAIN': step('mm/migrate.c: migrate_folio_undo_src', (s, me) => {
      s.folio[me.src!].PG_locked = false
      freeDestination(s, me.dst!)
      return tryAgain(me)
    }),
    putback: step('mm/migrate.c: putback_movable_pages', (s, me) => {
      const f = me.list.shift()!
      folioPutbackLru(s, cpu, f)
      return me.list.length > 0 ? 'putback' : exit
    }),
  }
}

/** Replaces the migration entries of `from` by mappings of `to`. */
function remap(s: Mm, from: number, to: number): void {
  for (const [page, pte] of s.pte.entries()) {
    if (pte.kind !== 'migration' || pte.folio !== from) continue
    s.pte[page] = { kind: 'present', folio: to }
    s.folio[to].refs++
  }
}
