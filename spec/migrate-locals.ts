/** What a task that migrates keeps to itself while migrate_pages runs. */
import { match } from 'ts-pattern'
import type { Domain, ScalarDomain } from '../checker/language/index.ts'
import { bool, constant, oneOf, optional, range, sequence } from '../checker/language/index.ts'
import type { Memory } from './memory.ts'
import { migrateCounts, NOTHING_COUNTED } from './migrate-counts.ts'
import type { Settings } from './switches/index.ts'

/** Passes over the list: 10 in the kernel, 3 asynchronous and 7 synchronous; nothing sleeps between them. */
export const PASSES = 2

/** MIGRATE_ASYNC never waits, MIGRATE_SYNC_LIGHT waits for locks, MIGRATE_SYNC for writeback too. */
export type Mode = 'async' | 'sync_light' | 'sync'

/** What keeps a folio from being migrated for good, in this call. */
export type Refusal = '-EBUSY' | '-EOPNOTSUPP' | '-EIO'

/** Why a large folio is split first: it cannot be migrated whole, has no destination, or is waiting to be split anyway. */
export type SplitReason = '-ENOSYS' | '-ENOMEM' | 'deferred'

interface Bounds {
  /** the number of folios that the list may hold */
  readonly longest: number
  readonly mode: Mode
  readonly settings: Settings
  /** whether memory for destinations may run out when some are already unmapped */
  readonly mayRunOut?: boolean
  /** whether the results are counted, as migrate_pages returns them and as /proc/vmstat shows them */
  readonly counts?: boolean
}

/** What a process that migrates keeps to itself. */
export function migrateLocals(
  { folios, pages, sizes }: Memory,
  { longest, mode, settings, mayRunOut = false, counts = false }: Bounds,
) {
  const batched = settings['migrate-list'] === 'batched'
  const passes = sizes.passes ?? PASSES
  const { thp = false } = sizes
  const refusals: readonly Refusal[] = match(sizes.firstMapping)
    .with('AS_UNMOVABLE', () => ['-EOPNOTSUPP' as const])
    .with('no migrate_folio', () => ['-EBUSY' as const, '-EIO' as const])
    .otherwise(() => [])
  return {
    /** isolated folios that are still to be migrated */
    list: sequence(folios, longest),
    next: range(0, longest - 1),
    pass: (passes > 1 ? range(0, passes - 1) : constant(0)) as ScalarDomain<number>,
    src: optional(folios),
    dst: optional(folios),
    /** migrate_pages did not return 0 */
    failed: bool,
    /** folios were left on the list when it returned */
    left: (counts ? bool : constant(false)) as ScalarDomain<boolean>,
    stats: migrateCounts(counts ? longest : 0, counts && thp ? 1 : 0),
    /** `src` is a THP, as it was when it was taken up */
    thp: (thp ? bool : constant(false)) as ScalarDomain<boolean>,
    /** THPs that were split: their parts, which are tried after the rest of the list; and whether that is being done now */
    split: sequence(folios, thp ? longest : 0),
    parts: (thp ? bool : constant(false)) as ScalarDomain<boolean>,
    /** what the attempt at `src` has come to, as long as it is being undone, or why `src` is being split */
    error: oneOf('-EAGAIN', ...refusals, ...(thp ? (['-ENOSYS', '-ENOMEM', 'deferred'] as const) : [])) as ScalarDomain<
      '-EAGAIN' | Refusal | SplitReason
    >,
    /** PG_mlocked of the source, sampled when it was locked (v6.7 on) */
    wasMlocked: sizes.mlock && settings['destination-drain'] === 'mlocked' ? bool : constant<boolean>(false),
    /** where the rmap walk stands */
    at: (sizes.shared || sizes.mappedTwice ? pages : constant(0)) as ScalarDomain<number>,
    /** a batch is being unmapped, then moved; what could not be moved is restored at the end */
    phase: (batched ? oneOf('unmap', 'move', 'undo') : constant('unmap')) as ScalarDomain<'unmap' | 'move' | 'undo'>,
    /** folios of the batch whose mappings are migration entries, still locked, and their destinations */
    unmapped: sequence(folios, batched ? longest : 0),
    destinations: sequence(folios, batched ? longest : 0),
    /** folios that are given up */
    returned: sequence(folios, batched || sizes.writeback || refusals.length > 0 || thp ? longest : 0),
    /** after the batch: the folios that it left behind are taken one by one, in the mode that was asked for */
    alone: batched && mode !== 'async' && settings['batch-locks'] !== 'as-asked' ? bool : constant<boolean>(false),
    /** a destination could not be allocated: migrate_pages returns -ENOMEM, once it has moved what is already unmapped */
    nomem: mayRunOut && (batched || counts) ? bool : constant<boolean>(false),
  }
}

export const migrateStart = {
  list: [] as number[],
  next: 0,
  pass: 0,
  src: null,
  dst: null,
  failed: false,
  left: false,
  stats: NOTHING_COUNTED,
  thp: false,
  split: [] as number[],
  parts: false,
  error: '-EAGAIN' as const,
  wasMlocked: false,
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
