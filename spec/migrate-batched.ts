/**
 * mm/migrate.c: migrate_pages, migrate_pages_sync and migrate_pages_batch since v6.3. A batch is unmapped, the TLBs are
 * flushed, and the batch is moved. In synchronous modes what an asynchronous batch leaves behind is taken again, each folio
 * alone. The parts of large folios that were split come last, in one more asynchronous batch of one pass.
 */
import { match } from 'ts-pattern'
import { COUNTS_NOTHING, countsBatch } from './migrate-counts.ts'
import {
  counted,
  type DriverOptions,
  endMigration,
  giveBack,
  type ListDriver,
  lastPassOf,
  type NextLabel,
  remove,
} from './migrate-list.ts'
import type { Locals } from './migrate-locals.ts'

export function migrateBatched<Exit extends string>(options: DriverOptions<Exit>): ListDriver<Exit> {
  const { mm, mode, counts, settings } = options
  const count = counts ? countsBatch : COUNTS_NOTHING
  const batchMode = settings['batch-locks'] === 'as-asked' ? mode : 'async'
  const lastPass = (me: Locals) => (me.parts ? 0 : lastPassOf(mm))
  const endOfList = (me: Locals) => (me.alone ? Math.min(1, me.list.length) : me.list.length)

  const unmapNext = (me: Locals, next: number): NextLabel<Exit> => {
    const end = endOfList(me)
    if (end === 0 || (next === end && me.pass === lastPass(me))) return passesOver(me)
    if (next === end) {
      me.pass++
      count.passBegins(me.stats)
    }
    me.next = next === end ? 0 : next
    me.src = me.list[me.next]
    return 'alloc destination'
  }
  /** A folio that is taken alone and gone from the list is the whole batch. */
  const unmapRest = (me: Locals): NextLabel<Exit> => (me.alone ? passesOver(me) : unmapNext(me, me.next))
  const passesOver = (me: Locals): NextLabel<Exit> => {
    count.passesEnd(me.stats, me.parts)
    return moveBatch(me)
  }
  const moveBatch = (me: Locals): NextLabel<Exit> => {
    count.passBegins(me.stats)
    if (me.alone && me.src !== null) me.returned.push(me.list.shift()!)
    me.pass = 0
    if (me.unmapped.length === 0) return endBatch(me)
    me.phase = 'move'
    takeUnmapped(me, 0)
    return 'flush'
  }
  const moveNext = (me: Locals, next: number): NextLabel<Exit> => {
    const passOver = next === me.unmapped.length
    if (me.unmapped.length === 0 || (passOver && me.pass === lastPass(me))) {
      count.passesEnd(me.stats, me.parts)
      count.passBegins(me.stats)
      return undoNext(me)
    }
    if (passOver) {
      me.pass++
      count.passBegins(me.stats)
    }
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
    if (me.nomem && !me.parts) {
      giveBack(me)
      me.list = [...me.list, ...me.split]
      return endMigration(me, options)
    }
    // What the asynchronous batch has left behind is tried again, each folio alone.
    const another = !me.alone && !me.parts && mode !== batchMode
    if (another) {
      giveBack(me)
      if (counts) forgetFailures(me)
    }
    if ((another || me.alone) && me.list.length > 0) {
      me.alone = true
      me.src = me.list[0]
      return 'alloc destination'
    }
    return me.split.length > 0 ? lastBatch(me) : end(me)
  }
  const lastBatch = (me: Locals): NextLabel<Exit> => {
    me.returned = [...me.returned, ...me.list]
    Object.assign(me, { list: me.split, split: [], parts: true, alone: false, src: me.split[0] })
    return 'alloc destination'
  }
  /** Parts for which there was no memory are left on the list; the call itself does not return that. */
  const end = (me: Locals): NextLabel<Exit> => {
    if (me.parts) me.nomem = false
    return endMigration(me, options)
  }
  /** Nothing more is unmapped, but what is unmapped is moved. */
  const ranOut = (me: Locals): NextLabel<Exit> => {
    count.noMemory(me.stats, counted(me))
    if (counts || me.unmapped.length > 0) me.nomem = true
    me.src = null
    if (me.unmapped.length > 0) return moveBatch(me)
    count.passBegins(me.stats)
    if (counts) return endBatch(me)
    return endMigration(me, options)
  }
  const giveUp = (me: Locals): NextLabel<Exit> => {
    me.returned.push(me.src!)
    remove(me, me.src!)
    me.src = null
    return unmapRest(me)
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
    moveFailed(me, why) {
      me.error = why
      if (why !== '-EAGAIN') return 'restore ptes'
      // The mappings stay migration entries, and the folio stays locked, until the next pass.
      count.again(me.stats, counted(me))
      return moveNext(me, me.next + 1)
    },
    mode: (me) => (me.alone ? mode : batchMode),
    // The first form of batches bailed out where it would have waited for a lock while it held others (-EDEADLOCK).
    mayWaitForLock: (me) => me.alone || (batchMode !== 'async' && me.unmapped.length === 0),
    mayWaitForWriteback: (me) => me.alone || batchMode !== 'async',
    mustSplit(me, why) {
      me.error = why
      if (why !== 'deferred') count.wantsSplit(me.stats)
      return 'try_split_folio'
    },
    split(me, tail) {
      const why = me.error
      if (tail === null && why === 'deferred') return 'alloc destination'
      me.error = '-EAGAIN'
      if (tail === null && why === '-ENOMEM') return ranOut(me)
      if (tail === null) {
        count.notSplit(me.stats, counted(me))
        return giveUp(me)
      }
      if (why === 'deferred' && settings['deferred-split'] !== 'first-uncounted') count.wantsSplit(me.stats)
      count.split(me.stats)
      me.split = [...me.split, tail, me.src!]
      remove(me, me.src!)
      me.src = null
      return unmapRest(me)
    },
    attempted(me, outcome) {
      const src = me.src!
      me.dst = null
      me.error = '-EAGAIN'
      if (outcome === 'gone') count.succeeded(me.stats, counted(me))
      return match({ phase: me.phase, outcome })
        .with({ phase: 'unmap', outcome: 'gone' }, () => {
          remove(me, src)
          me.src = null
          return unmapRest(me)
        })
        .with({ phase: 'unmap', outcome: '-EAGAIN' }, () => {
          count.again(me.stats, counted(me))
          return unmapNext(me, me.next + 1)
        })
        .with({ phase: 'unmap', outcome: '-ENOMEM' }, () => ranOut(me))
        .with({ phase: 'unmap' }, () => {
          count.failed(me.stats, counted(me))
          return giveUp(me)
        })
        .with({ phase: 'move' }, () => {
          dropUnmapped(me, me.next)
          if (outcome !== 'gone') {
            count.failed(me.stats, counted(me))
            me.returned.push(src)
          }
          return moveNext(me, me.next)
        })
        .with({ phase: 'undo' }, () => {
          dropUnmapped(me, 0)
          me.returned.push(src)
          return undoNext(me)
        })
        .exhaustive()
    },
  }
}

/** migrate_pages_sync: all but the THPs that were split is tried again, so that its failure has not been one yet. */
function forgetFailures({ stats }: Locals): void {
  stats.nr_failed = stats.nr_thp_split
  stats.nr_thp_failed = stats.nr_thp_split
  stats.nr_failed_pages = 0
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
