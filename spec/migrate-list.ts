/**
 * How migrate_pages goes over its list, in its two forms: each folio completely before the next (up to v6.2), or first
 * all of a batch unmapped and then all of it moved (since v6.3). What happens to one folio is in migrate.ts.
 */
import { match } from 'ts-pattern'
import type { Domain, ScalarDomain } from '../checker/language/index.ts'
import { bool, constant, oneOf, optional, range, sequence } from '../checker/language/index.ts'
import type { Memory } from './memory.ts'
import type { Settings } from './switches/index.ts'

/** Passes over the list: 10 in the kernel, 3 asynchronous and 7 synchronous; nothing sleeps between them. */
const PASSES = 2

/** MIGRATE_ASYNC never waits, MIGRATE_SYNC_LIGHT waits for locks, MIGRATE_SYNC for writeback too. */
export type Mode = 'async' | 'sync_light' | 'sync'

interface Bounds {
  /** the number of folios that the list may hold */
  readonly longest: number
  readonly mode: Mode
  readonly settings: Settings
  /** whether memory for destinations may run out when some are already unmapped */
  readonly mayRunOut?: boolean
}

/** What a process that migrates keeps to itself. */
export function migrateLocals(
  { folios, pages, sizes }: Memory,
  { longest, mode, settings, mayRunOut = false }: Bounds,
) {
  const batched = settings['migrate-list'] === 'batched'
  const passes = sizes.passes ?? PASSES
  return {
    /** isolated folios that are still to be migrated */
    list: sequence(folios, longest),
    next: range(0, longest - 1),
    pass: (passes > 1 ? range(0, passes - 1) : constant(0)) as ScalarDomain<number>,
    src: optional(folios),
    dst: optional(folios),
    failed: bool,
    /** where the rmap walk stands */
    at: (sizes.shared || sizes.mappedTwice ? pages : constant(0)) as ScalarDomain<number>,
    /** a batch is being unmapped, then moved; what could not be moved is restored at the end */
    phase: (batched ? oneOf('unmap', 'move', 'undo') : constant('unmap')) as ScalarDomain<'unmap' | 'move' | 'undo'>,
    /** folios of the batch whose mappings are migration entries, still locked, and their destinations */
    unmapped: sequence(folios, batched ? longest : 0),
    destinations: sequence(folios, batched ? longest : 0),
    /** folios that are given up */
    returned: sequence(folios, batched ? longest : 0),
    /** after the batch: the folios that it left behind are taken one by one, in the mode that was asked for */
    alone: batched && mode !== 'async' ? bool : constant<boolean>(false),
    /** no destination could be allocated, and what is already unmapped is still to be moved */
    nomem: batched && mayRunOut ? bool : constant<boolean>(false),
  }
}

export const migrateStart = {
  list: [] as number[],
  next: 0,
  pass: 0,
  src: null,
  dst: null,
  failed: false,
  at: 0,
  phase: 'unmap' as const,
  unmapped: [] as number[],
  destinations: [] as number[],
  returned: [] as number[],
  alone: false,
  nomem: false,
}

export type Locals = {
  [K in keyof ReturnType<typeof migrateLocals>]: ReturnType<typeof migrateLocals>[K] extends Domain<infer T> ? T : never
}

/** What became of one attempt at one folio: gone (moved, or freed by others), -EAGAIN, or no memory for a destination. */
export type Outcome = 'gone' | '-EAGAIN' | '-ENOMEM'

/** Where a list driver sends the process next; how one folio is moved is not its business. */
export type NextLabel<Exit extends string> = 'alloc destination' | 'move' | 'restore ptes' | 'putback' | Exit

/** The decisions between two attempts. */
export interface ListDriver<Exit extends string> {
  /** all mappings of `src` are migration entries now */
  readonly unmapped: (me: Locals) => NextLabel<Exit>
  /** an attempt to unmap or move `src` is over */
  readonly attempted: (me: Locals, outcome: Outcome) => NextLabel<Exit>
  /** what a failed move has to do first: restore the mappings at once, or keep them for the next pass */
  readonly moveFailed: (me: Locals) => NextLabel<Exit>
  /** the mode in which `src` is handled now */
  readonly mode: (me: Locals) => Mode
  /** whether this attempt may wait for a folio lock */
  readonly mayWait: (me: Locals) => boolean
}

/** migrate_pages begins: takes up the first folio of `me.list`, or returns at once when there is none. */
export function nextFolio<Exit extends string>(me: Locals, exit: Exit): 'alloc destination' | Exit {
  if (me.list.length === 0) return exit
  me.src = me.list[0]
  return 'alloc destination'
}

/** The driver of a kernel. `passes` is the number of passes over the list. */
export function listDriver<Exit extends string>(
  { sizes }: Memory,
  { mode, settings, exit }: { mode: Mode; settings: Settings; exit: Exit },
): ListDriver<Exit> {
  const lastPass = (sizes.passes ?? PASSES) - 1
  return match(settings['migrate-list'])
    .with('per-folio', () => perFolio(lastPass, mode, exit))
    .with('batched', () => batched(lastPass, mode, exit))
    .exhaustive()
}

/** The end of migrate_pages: what is left on the list, the caller puts back. */
function endMigration<Exit extends string>(me: Locals, exit: Exit): 'putback' | Exit {
  me.failed = me.list.length > 0
  me.src = null
  me.dst = null
  me.next = 0
  me.pass = 0
  return me.failed ? 'putback' : exit
}

/** mm/migrate.c: migrate_pages up to v6.2. Folio locks are waited for in the later passes only (`force`). */
function perFolio<Exit extends string>(lastPass: number, mode: Mode, exit: Exit): ListDriver<Exit> {
  const take = (me: Locals, next: number): NextLabel<Exit> => {
    const passOver = next === me.list.length
    if (passOver && me.pass === lastPass) return endMigration(me, exit)
    if (me.list.length === 0) return endMigration(me, exit)
    if (passOver) me.pass++
    me.next = passOver ? 0 : next
    me.src = me.list[me.next]
    return 'alloc destination'
  }
  return {
    unmapped: () => 'move',
    moveFailed: () => 'restore ptes',
    mode: () => mode,
    mayWait: (me) => mode !== 'async' && me.pass === lastPass,
    attempted: (me, outcome) =>
      match(outcome)
        .with('gone', () => {
          me.list = me.list.filter((f) => f !== me.src)
          me.dst = null
          return take(me, me.next)
        })
        .with('-EAGAIN', () => {
          me.dst = null
          return take(me, me.next + 1)
        })
        // The whole list is given up.
        .with('-ENOMEM', () => endMigration(me, exit))
        .exhaustive(),
  }
}

/** mm/migrate.c: migrate_pages, migrate_pages_sync and migrate_pages_batch since v6.3. */
function batched<Exit extends string>(lastPass: number, mode: Mode, exit: Exit): ListDriver<Exit> {
  const unmapNext = (me: Locals, next: number): NextLabel<Exit> => {
    const passOver = next === (me.alone ? 1 : me.list.length)
    if (passOver && me.pass === lastPass) return moveBatch(me)
    if (me.list.length === 0) return moveBatch(me)
    if (passOver) me.pass++
    me.next = passOver ? 0 : next
    me.src = me.list[me.next]
    return 'alloc destination'
  }
  const moveBatch = (me: Locals): NextLabel<Exit> => {
    // A folio taken alone that could not be unmapped is not tried again.
    if (me.alone && me.unmapped.length === 0 && me.src !== null) me.returned.push(me.list.shift()!)
    me.pass = 0
    return me.unmapped.length === 0 ? endBatch(me) : moveNext(me, 0)
  }
  const moveNext = (me: Locals, next: number): NextLabel<Exit> => {
    if (me.unmapped.length === 0) return endBatch(me)
    const passOver = next === me.unmapped.length
    if (passOver && me.pass === lastPass) return undoNext(me)
    if (passOver) me.pass++
    me.phase = 'move'
    takeUnmapped(me, passOver ? 0 : next)
    return 'move'
  }
  const undoNext = (me: Locals): NextLabel<Exit> => {
    if (me.unmapped.length === 0) return endBatch(me)
    me.phase = 'undo'
    takeUnmapped(me, 0)
    return 'restore ptes'
  }
  const endBatch = (me: Locals): NextLabel<Exit> => {
    Object.assign(me, { phase: 'unmap', next: 0, pass: 0, src: null, dst: null })
    const over = me.nomem || (me.alone ? me.list.length === 0 : mode === 'async')
    me.nomem = false
    if (!me.alone || over) {
      me.list = [...me.list, ...me.returned]
      me.returned = []
    }
    me.alone = !over && me.list.length > 0
    if (!me.alone) return endMigration(me, exit)
    me.src = me.list[0]
    return 'alloc destination'
  }
  return {
    unmapped(me) {
      me.unmapped.push(me.src!)
      me.destinations.push(me.dst!)
      me.list = me.list.filter((f) => f !== me.src)
      me.src = null
      me.dst = null
      return me.alone ? moveBatch(me) : unmapNext(me, me.next)
    },
    // The mappings stay migration entries, and the folio stays locked, until the next pass.
    moveFailed: (me) => moveNext(me, me.next + 1),
    mode: (me) => (me.alone ? mode : 'async'),
    mayWait: (me) => me.alone,
    attempted(me, outcome) {
      const { src } = me
      me.dst = null
      return match(me.phase)
        .with('unmap', () =>
          match(outcome)
            .with('gone', () => {
              me.list = me.list.filter((f) => f !== src)
              me.src = null
              return me.alone ? moveBatch(me) : unmapNext(me, me.next)
            })
            .with('-EAGAIN', () => unmapNext(me, me.next + 1))
            // Nothing more is unmapped, but what is unmapped is moved.
            .with('-ENOMEM', () => {
              if (me.unmapped.length > 0) me.nomem = true
              me.src = null
              me.pass = 0
              if (me.unmapped.length > 0) return moveNext(me, 0)
              me.list = [...me.list, ...me.returned]
              me.returned = []
              me.alone = false
              return endMigration(me, exit)
            })
            .exhaustive(),
        )
        .with('move', () => {
          dropUnmapped(me, me.next)
          return moveNext(me, me.next)
        })
        .with('undo', () => {
          dropUnmapped(me, 0)
          me.returned.push(src!)
          return undoNext(me)
        })
        .exhaustive()
    },
  }
}

function takeUnmapped(me: Locals, next: number): void {
  me.next = next
  me.src = me.unmapped[next]
  me.dst = me.destinations[next]
}

function dropUnmapped(me: Locals, at: number): void {
  me.unmapped = me.unmapped.filter((_, each) => each !== at)
  me.destinations = me.destinations.filter((_, each) => each !== at)
}
