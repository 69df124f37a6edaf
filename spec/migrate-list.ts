/**
 * How migrate_pages goes over its list, in its two forms: each folio completely before the next (up to v6.2), or first
 * all of a batch unmapped and then all of it moved (since v6.3). What happens to one folio is in migrate.ts.
 */
import { match } from 'ts-pattern'
import type { Memory } from './memory.ts'
import { type Locals, type Mode, PASSES } from './migrate-locals.ts'
import type { Settings } from './switches/index.ts'

/** What became of one attempt at one folio: moved, or freed by others; not now; not at all; no destination for it. */
export type Outcome = 'gone' | '-EAGAIN' | '-EBUSY' | '-ENOMEM'

/** Where a list driver sends the process next; how one folio is moved is not its business. */
export type NextLabel<Exit extends string> = 'alloc destination' | 'flush' | 'move' | 'restore ptes' | 'putback' | Exit

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
  /** whether this attempt may wait for the lock of `src` */
  readonly mayWaitForLock: (me: Locals) => boolean
  /** whether it may wait for writeback of `src`, if the mode allows that at all */
  readonly mayWaitForWriteback: (me: Locals) => boolean
}

interface DriverOptions<Exit extends string> {
  readonly mm: Memory
  readonly mode: Mode
  readonly settings: Settings
  readonly exit: Exit
  readonly counts?: boolean
}

/** migrate_pages begins: takes up the first folio of `me.list`, or returns at once when there is none. */
export function nextFolio<Exit extends string>(me: Locals, exit: Exit): 'alloc destination' | Exit {
  me.nomem = false
  if (me.list.length === 0) return exit
  me.src = me.list[0]
  return 'alloc destination'
}

/** How the list is gone over on a kernel. */
export function listDriver<Exit extends string>(options: DriverOptions<Exit>): ListDriver<Exit> {
  return match(options.settings['migrate-list'])
    .with('per-folio', () => perFolio(options))
    .with('batched', () => batched(options))
    .exhaustive()
}

const lastPassOf = ({ sizes }: Memory) => (sizes.passes ?? PASSES) - 1

/** The end of migrate_pages: what is left on the list, the caller puts back. */
function endMigration<Exit extends string>(me: Locals, { exit, counts }: DriverOptions<Exit>): 'putback' | Exit {
  // When memory has run out, those that were not tried any more do not count.
  if (counts) me.failures = (me.nomem ? me.failures : me.list.length) + me.returned.length
  giveBack(me)
  Object.assign(me, { src: null, dst: null, next: 0, pass: 0, alone: false, failed: me.list.length > 0 })
  return me.failed ? 'putback' : exit
}

/** Folios that are given up come behind those that might have been tried again. */
function giveBack(me: Locals): void {
  me.list = [...me.list, ...me.returned]
  me.returned = []
}

/** The folio for which there is no memory has failed, and so have those that this pass has left behind. */
function ranOut(me: Locals): void {
  me.nomem = true
  me.failures = me.next + 1
}

function remove(me: Locals, f: number): void {
  me.list = me.list.filter((each) => each !== f)
}

/** mm/migrate.c: migrate_pages up to v6.2. Folio locks are waited for in the later passes only (`force`). */
function perFolio<Exit extends string>(options: DriverOptions<Exit>): ListDriver<Exit> {
  const { mm, mode, counts } = options
  const lastPass = lastPassOf(mm)
  const take = (me: Locals, next: number): NextLabel<Exit> => {
    const passOver = next === me.list.length
    if (me.list.length === 0 || (passOver && me.pass === lastPass)) return endMigration(me, options)
    if (passOver) me.pass++
    me.next = passOver ? 0 : next
    me.src = me.list[me.next]
    return 'alloc destination'
  }
  return {
    unmapped: () => 'move',
    moveFailed: () => 'restore ptes',
    mode: () => mode,
    mayWaitForLock: (me) => mode !== 'async' && me.pass === lastPass,
    mayWaitForWriteback: (me) => mode !== 'async' && me.pass === lastPass,
    attempted(me, outcome) {
      me.dst = null
      return (
        match(outcome)
          .with('gone', () => {
            if (counts) me.succeeded++
            remove(me, me.src!)
            return take(me, me.next)
          })
          .with('-EAGAIN', () => take(me, me.next + 1))
          .with('-EBUSY', () => {
            me.returned.push(me.src!)
            remove(me, me.src!)
            return take(me, me.next)
          })
          // The whole list is given up.
          .with('-ENOMEM', () => {
            if (counts) ranOut(me)
            return endMigration(me, options)
          })
          .exhaustive()
      )
    },
  }
}

/** mm/migrate.c: migrate_pages, migrate_pages_sync and migrate_pages_batch since v6.3. */
function batched<Exit extends string>(options: DriverOptions<Exit>): ListDriver<Exit> {
  const { mm, mode, counts } = options
  const lastPass = lastPassOf(mm)
  const batchMode = options.settings['batch-locks'] === 'as-asked' ? mode : 'async'
  const endOfList = (me: Locals) => (me.alone ? Math.min(1, me.list.length) : me.list.length)

  const unmapNext = (me: Locals, next: number): NextLabel<Exit> => {
    const end = endOfList(me)
    if (end === 0 || (next === end && me.pass === lastPass)) return moveBatch(me)
    if (next === end) me.pass++
    me.next = next === end ? 0 : next
    me.src = me.list[me.next]
    return 'alloc destination'
  }
  /** A folio that is taken alone and gone from the list is the whole batch. */
  const unmapRest = (me: Locals): NextLabel<Exit> => (me.alone ? moveBatch(me) : unmapNext(me, me.next))
  const moveBatch = (me: Locals): NextLabel<Exit> => {
    if (me.alone && me.src !== null) me.returned.push(me.list.shift()!)
    me.pass = 0
    if (me.unmapped.length === 0) return endBatch(me)
    me.phase = 'move'
    takeUnmapped(me, 0)
    return 'flush'
  }
  const moveNext = (me: Locals, next: number): NextLabel<Exit> => {
    if (me.unmapped.length === 0) return endBatch(me)
    const passOver = next === me.unmapped.length
    if (passOver && me.pass === lastPass) return undoNext(me)
    if (passOver) me.pass++
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
    // What the asynchronous batch has left behind is tried again, each folio alone.
    const another = !me.alone && mode !== batchMode && !me.nomem
    if (another) giveBack(me)
    if (!(another || (me.alone && !me.nomem)) || me.list.length === 0) return endMigration(me, options)
    me.alone = true
    me.src = me.list[0]
    return 'alloc destination'
  }
  return {
    unmapped(me) {
      me.unmapped.push(me.src!)
      me.destinations.push(me.dst!)
      remove(me, me.src!)
      me.src = null
      me.dst = null
      return unmapRest(me)
    },
    // The mappings stay migration entries, and the folio stays locked, until the next pass.
    moveFailed: (me) => moveNext(me, me.next + 1),
    mode: (me) => (me.alone ? mode : batchMode),
    // The first form of batches bailed out where it would have waited for a lock while it held others (-EDEADLOCK).
    mayWaitForLock: (me) => me.alone || (batchMode !== 'async' && me.unmapped.length === 0),
    mayWaitForWriteback: (me) => me.alone || batchMode !== 'async',
    attempted(me, outcome) {
      const src = me.src!
      me.dst = null
      if (outcome === 'gone' && counts) me.succeeded++
      return (
        match({ phase: me.phase, outcome })
          .with({ phase: 'unmap', outcome: 'gone' }, () => {
            remove(me, src)
            me.src = null
            return unmapRest(me)
          })
          .with({ phase: 'unmap', outcome: '-EAGAIN' }, () => unmapNext(me, me.next + 1))
          .with({ phase: 'unmap', outcome: '-EBUSY' }, () => {
            me.returned.push(src)
            remove(me, src)
            me.src = null
            return unmapRest(me)
          })
          // Nothing more is unmapped, but what is unmapped is moved.
          .with({ phase: 'unmap', outcome: '-ENOMEM' }, () => {
            if (counts) ranOut(me)
            if (me.unmapped.length > 0) me.nomem = true
            if (me.unmapped.length === 0) return endMigration(me, options)
            me.src = null
            return moveBatch(me)
          })
          .with({ phase: 'move' }, () => {
            dropUnmapped(me, me.next)
            return moveNext(me, me.next)
          })
          .with({ phase: 'undo' }, () => {
            dropUnmapped(me, 0)
            me.returned.push(src)
            return undoNext(me)
          })
          .exhaustive()
      )
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
