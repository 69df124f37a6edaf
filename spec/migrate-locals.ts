/** What a task that migrates keeps to itself while migrate_pages runs. */
import type { Domain, ScalarDomain } from '../checker/language/index.ts'
import { bool, constant, oneOf, optional, range, sequence } from '../checker/language/index.ts'
import type { Memory } from './memory.ts'
import type { Settings } from './switches/index.ts'

/** Passes over the list: 10 in the kernel, 3 asynchronous and 7 synchronous; nothing sleeps between them. */
export const PASSES = 2

/** MIGRATE_ASYNC never waits, MIGRATE_SYNC_LIGHT waits for locks, MIGRATE_SYNC for writeback too. */
export type Mode = 'async' | 'sync_light' | 'sync'

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
  const count = (counts ? range(0, longest) : constant(0)) as ScalarDomain<number>
  return {
    /** isolated folios that are still to be migrated */
    list: sequence(folios, longest),
    next: range(0, longest - 1),
    pass: (passes > 1 ? range(0, passes - 1) : constant(0)) as ScalarDomain<number>,
    src: optional(folios),
    dst: optional(folios),
    /** migrate_pages did not return 0 */
    failed: bool,
    /** folios that were moved or found free (PGMIGRATE_SUCCESS), and folios that were not (PGMIGRATE_FAIL) */
    succeeded: count,
    failures: count,
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
    returned: sequence(folios, batched || sizes.writeback ? longest : 0),
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
  succeeded: 0,
  failures: 0,
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
