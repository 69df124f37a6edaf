/**
 * migrate_pages for folios of one page, anonymous or in the page cache, and for a THP. The same text serves every caller
 * and every release. Five parts: how the list is gone over (migrate-list.ts), how a large folio is split
 * (migrate-split.ts), how one folio is unmapped (migrate-unmap.ts), what its mapping has to say (migrate-fallback.ts), and
 * how it is moved (migrate-move.ts).
 */
import type { Steps } from '../checker/language/index.ts'
import { step } from '../checker/language/index.ts'
import { folioPutbackLru } from './lru.ts'
import { expectedReferences, folioPut, inPageCache, type Memory, type Mm, mapcount } from './memory.ts'
import { migrateBatched } from './migrate-batched.ts'
import { type FallbackLabel, fallbackSteps } from './migrate-fallback.ts'
import type { ListDriver, NextLabel } from './migrate-list.ts'
import type { Locals, Mode } from './migrate-locals.ts'
import { type MoveLabel, moveSteps } from './migrate-move.ts'
import { migratePerFolio } from './migrate-per-folio.ts'
import { type SplitLabel, splitSteps } from './migrate-split.ts'
import { type UnmapLabel, unmapSteps } from './migrate-unmap.ts'
import type { By } from './rmap.ts'
import type { Settings } from './switches/index.ts'

export { nextFolio } from './migrate-list.ts'
export { migrateLocals, migrateStart } from './migrate-locals.ts'

/** How a caller wants it. */
export interface MigrateOptions<Exit extends string> {
  readonly mm: Memory
  /** its CPU, or where a caller that may be moved keeps it */
  readonly cpu: number | ((me: object) => number)
  readonly mode: Mode
  /** a free folio that may take the place of `src`, for the caller with these locals; null when there is none */
  readonly allocate: (s: Mm, src: number, me: object) => number | null
  readonly settings: Settings
  /** where the caller goes on, with leftovers put back; `me.failed` tells whether there were any */
  readonly exit: Exit
  /** a folio with unexpected references is waited for before the next attempt (proposed for MR_LONGTERM_PIN) */
  readonly waits?: boolean
  /** the caller is in direct reclaim (PF_MEMALLOC): it may hold folio locks of its own, so that it waits for none */
  readonly memalloc?: boolean
  /** whether `me.stats` counts; it must have been declared so */
  readonly counts?: boolean
}

export type MigrateLabel = SplitLabel | UnmapLabel | FallbackLabel | MoveLabel | 'putback'

/** What the parts of a migration share: the options, and what comes next. */
export interface Migration<Exit extends string> extends MigrateOptions<Exit> {
  readonly driver: ListDriver<Exit>
  /** the CPU on which it is now, and the kernel */
  readonly by: (me: Locals) => By
  /** the label that a decision of the list driver stands for */
  readonly go: (s: Mm, me: Locals, next: NextLabel<Exit>) => MigrateLabel | Exit
}

/** The labelled steps of one migrate_pages call with its putback. Enter through `nextFolio`. */
export function migratePages<Exit extends string>(
  options: MigrateOptions<Exit>,
): Steps<Mm, Locals, MigrateLabel, Exit> {
  const { mm, cpu, settings, exit } = options
  const driver = settings['migrate-list'] === 'batched' ? migrateBatched(options) : migratePerFolio(options)
  const by = (me: Locals): By => ({ cpu: typeof cpu === 'number' ? cpu : cpu(me), settings })
  const migration: Migration<Exit> = { ...options, driver, by, go }
  return {
    ...splitSteps(migration),
    ...unmapSteps(migration),
    ...fallbackSteps(migration),
    ...moveSteps(migration),
    putback: step('mm/migrate.c: putback_movable_pages', (s, me) => {
      const f = me.list.shift()!
      folioPutbackLru(s, by(me).cpu, f)
      return me.list.length > 0 ? 'putback' : exit
    }),
  }

  function go(s: Mm, me: Locals, next: NextLabel<Exit>): MigrateLabel | Exit {
    if (next === 'alloc destination')
      return mm.sizes.deferredSplit && !mm.sizes.thp && s.folio[me.src!].deferredSplit ? 'split_folio' : next
    if (next === 'flush') return mm.sizes.tlb ? 'try_to_unmap_flush' : go(s, me, 'move')
    if (next !== 'move') return next
    me.thp = s.folio[me.src!].compound === 'head'
    if (mm.sizes.firstMapping !== undefined && s.cache[0] === me.src)
      return mm.sizes.firstMapping === 'AS_UNMOVABLE' ? 'mapping_unmovable?' : 'fallback_migrate_folio'
    if (s.buffer.folio !== me.src) return startMove(options, s, me)
    return mm.sizes.bufferLocks && settings['buffer-check'] !== 'release' ? 'lock buffers' : 'check buffers'
  }
}

/**
 * The wait is over: nobody has an unexpected reference. The holds that it is for, of GUP and of others who look at the
 * folio, are taken to be shorter than its timeout of a second; the rest may stay for ever and times out.
 */
export function referencesGone(s: Mm, f: number): boolean {
  const { refs, gets, pins } = s.folio[f]
  return refs <= expectedReferences(s, f) + mapcount(s, f) || (gets === 0 && pins === 0)
}

/** The first step of a move. Copying first looks at the references before it takes the trouble. */
export function startMove(
  { settings }: { settings: Settings },
  s: Mm,
  me: Locals,
): 'refcount as expected?' | 'freeze refcount' {
  const frozenFirst = settings['copy-order'] === 'after-freeze' && inPageCache(s, me.src!)
  return frozenFirst ? 'freeze refcount' : 'refcount as expected?'
}

/** A destination that is not needed, or that has its owners now, loses the reference that it was allocated with. */
export function putDestination(s: Mm, dst: number): void {
  s.folio[dst].fresh = false
  folioPut(s, dst)
}
