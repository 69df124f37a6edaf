/**
 * How migrate_pages goes over its list: what its two forms have in common. Up to v6.2 each folio is handled completely
 * before the next (migrate-per-folio.ts); since v6.3 all of a batch is unmapped first, and then all of it is moved
 * (migrate-batched.ts). What happens to one folio is in migrate.ts.
 */
import type { Memory } from './memory.ts'
import { type Counted, type Counts, NOTHING_COUNTED } from './migrate-counts.ts'
import { type Locals, type Mode, PASSES, type Refusal, type SplitReason } from './migrate-locals.ts'
import type { Settings } from './switches/index.ts'

/** What became of one attempt at one folio: moved, or freed by others; not now; not at all; no destination for it. */
export type Outcome = 'gone' | '-EAGAIN' | Refusal | '-ENOMEM'

/** Where a list driver sends the process next; how one folio is moved is not its business. */
export type NextLabel<Exit extends string> =
  | 'alloc destination'
  | 'try_split_folio'
  | 'flush'
  | 'move'
  | 'restore ptes'
  | 'putback'
  | Exit

/** The decisions between two attempts. */
export interface ListDriver<Exit extends string> {
  /** all mappings of `src` are migration entries now */
  readonly unmapped: (me: Locals) => NextLabel<Exit>
  /** an attempt to unmap or move `src` is over */
  readonly attempted: (me: Locals, outcome: Outcome) => NextLabel<Exit>
  /** `src` is a large folio that has to be split first, or should be */
  readonly mustSplit: (me: Locals, why: SplitReason) => NextLabel<Exit>
  /** it was split, or could not be; `tail` is the part that has become a folio of its own */
  readonly split: (me: Locals, tail: number | null) => NextLabel<Exit>
  /** what a failed move has to do first: restore the mappings at once, or keep them for the next pass */
  readonly moveFailed: (me: Locals, why: '-EAGAIN' | Refusal) => NextLabel<Exit>
  /** the mode in which `src` is handled now */
  readonly mode: (me: Locals) => Mode
  /** whether this attempt may wait for the lock of `src` */
  readonly mayWaitForLock: (me: Locals) => boolean
  /** whether it may wait for writeback of `src`, if the mode allows that at all */
  readonly mayWaitForWriteback: (me: Locals) => boolean
}

export interface DriverOptions<Exit extends string> {
  readonly mm: Memory
  readonly mode: Mode
  readonly settings: Settings
  readonly exit: Exit
  readonly counts?: boolean
}

/** migrate_pages begins: takes up the first folio of `me.list`, or returns at once when there is none. */
export function nextFolio<Exit extends string>(me: Locals, exit: Exit): 'alloc destination' | Exit {
  me.nomem = false
  me.left = false
  me.stats = { ...NOTHING_COUNTED }
  if (me.list.length === 0) return exit
  me.src = me.list[0]
  return 'alloc destination'
}

/** The last of the passes over the list, which are counted from 0. */
export const lastPassOf = ({ sizes }: Memory) => (sizes.passes ?? PASSES) - 1

/** `src` as it is counted. */
export const counted = (me: Locals): Counted => ({ pages: me.thp ? 2 : 1, thp: me.thp, part: me.parts })

/**
 * The end of migrate_pages. The caller puts back what is left on the list, and looks for it only if the call does not
 * return 0: what is left on the list then, nobody knows any more.
 */
export function endMigration<Exit extends string>(
  me: Locals,
  { exit, counts, settings }: DriverOptions<Exit>,
): 'putback' | Exit {
  giveBack(me)
  if (settings['split-result'] === 'nothing-left-is-0' && me.list.length === 0) me.stats.nr_failed = 0
  const left = me.list.length > 0
  if (counts) me.left = left
  me.failed = counts ? me.nomem || me.stats.nr_failed > 0 : left
  if (counts && !me.failed) me.list = []
  clearPass(me.stats)
  Object.assign(me, { src: null, dst: null, thp: false, next: 0, pass: 0, alone: false, parts: false, split: [] })
  return me.failed && left ? 'putback' : exit
}

/** What was to be tried again in the next pass is not known any more when there is none. */
function clearPass(n: Counts): void {
  Object.assign(n, { retry: 0, thp_retry: 0, nr_retry_pages: 0 })
}

/** Folios that are given up come behind those that might have been tried again. */
export function giveBack(me: Locals): void {
  me.list = [...me.list, ...me.returned]
  me.returned = []
}

export function remove(me: Locals, f: number): void {
  me.list = me.list.filter((each) => each !== f)
}
