/** mm/migrate.c: migrate_pages up to v6.2, which unmaps, moves and remaps one folio of its list after the other. */
import { match } from 'ts-pattern'
import { COUNTS_NOTHING, type Counter, countsBasePages, countsEntries, countsFolios } from './migrate-counts.ts'
import {
  counted,
  type DriverOptions,
  endMigration,
  type ListDriver,
  lastPassOf,
  type NextLabel,
  remove,
} from './migrate-list.ts'
import type { Locals } from './migrate-locals.ts'
import type { Settings } from './switches/index.ts'

const counterOf = (settings: Settings): Counter =>
  match(settings['migrate-counts'])
    .with('entries', () => countsEntries)
    .with('base-pages', () => countsBasePages)
    .with('folios', () => countsFolios({ retriedPages: false }))
    .with('folios-and-retries', () => countsFolios({ retriedPages: true }))
    .exhaustive()

/** Folio locks are waited for in the later passes only (`force`). */
export function migratePerFolio<Exit extends string>(options: DriverOptions<Exit>): ListDriver<Exit> {
  const { mm, mode, counts, settings } = options
  const lastPass = lastPassOf(mm)
  const count = counts ? counterOf(settings) : COUNTS_NOTHING
  /** parts of a THP that was split are tried after the rest of the list, and count no more; or on the list, as others do */
  const partsLast = settings['migrate-counts'] === 'folios' || settings['migrate-counts'] === 'folios-and-retries'
  /** Nothing that may be tried again is counted in the round of the parts, and so there is no second pass (since v6.1). */
  const lastPassNow = (me: Locals) => (me.parts && settings['migrate-counts'] === 'folios-and-retries' ? 0 : lastPass)

  const take = (me: Locals, next: number): NextLabel<Exit> => {
    const passOver = next === me.list.length
    if (me.list.length === 0 || (passOver && me.pass === lastPassNow(me))) return endPasses(me)
    if (passOver) {
      me.pass++
      count.passBegins(me.stats)
    }
    me.next = passOver ? 0 : next
    me.src = me.list[me.next]
    return 'alloc destination'
  }
  const endPasses = (me: Locals): NextLabel<Exit> => {
    count.passesEnd(me.stats, me.parts)
    count.passBegins(me.stats)
    if (me.split.length > 0) {
      me.returned = [...me.returned, ...me.list]
      Object.assign(me, { list: me.split, split: [], parts: true, pass: 0 })
      return take(me, 0)
    }
    return end(me)
  }
  const end = (me: Locals): NextLabel<Exit> => {
    if (counts && partsLast) me.stats.nr_failed += me.stats.nr_thp_failed
    return endMigration(me, options)
  }
  const giveUp = (me: Locals): NextLabel<Exit> => {
    me.returned.push(me.src!)
    remove(me, me.src!)
    return take(me, me.next)
  }
  /** The whole list is given up; parts that are still to be tried were forgotten in v5.17. */
  const ranOut = (me: Locals): NextLabel<Exit> => {
    count.noMemory(me.stats, counted(me))
    if (counts) me.nomem = true
    if (settings['parts-without-memory'] === 'given-back') me.list = [...me.list, ...me.split]
    return end(me)
  }
  return {
    unmapped: () => 'move',
    moveFailed(me, why) {
      me.error = why
      return 'restore ptes'
    },
    mode: () => mode,
    mayWaitForLock: (me) => mode !== 'async' && me.pass === lastPass,
    mayWaitForWriteback: (me) => mode !== 'async' && me.pass === lastPass,
    mustSplit(me, why) {
      me.error = why
      count.wantsSplit(me.stats)
      return 'try_split_folio'
    },
    split(me, tail) {
      const why = me.error
      me.error = '-EAGAIN'
      if (tail === null && why === '-ENOMEM') return ranOut(me)
      if (tail === null) {
        if (partsLast) count.notSplit(me.stats, counted(me))
        else count.failed(me.stats, counted(me))
        return giveUp(me)
      }
      count.split(me.stats)
      if (!partsLast) {
        // The head is tried again at once, and the tail at the end of the list.
        me.list.push(tail)
        return 'alloc destination'
      }
      me.split = [...me.split, tail, me.src!]
      remove(me, me.src!)
      return take(me, me.next)
    },
    attempted(me, outcome) {
      me.dst = null
      me.error = '-EAGAIN'
      return match(outcome)
        .with('gone', () => {
          count.succeeded(me.stats, counted(me))
          remove(me, me.src!)
          return take(me, me.next)
        })
        .with('-EAGAIN', () => {
          count.again(me.stats, counted(me))
          return take(me, me.next + 1)
        })
        .with('-EBUSY', '-EIO', '-EOPNOTSUPP', () => {
          count.failed(me.stats, counted(me))
          return giveUp(me)
        })
        .with('-ENOMEM', () => ranOut(me))
        .exhaustive()
    },
  }
}
