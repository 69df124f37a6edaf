/** What must hold of page migration, seen by user space, by the page cache, and by its own bookkeeping. */
import {
  type Claim,
  eventually,
  type FixedArray,
  invariant,
  leadsTo,
  reachable,
  refines,
  type Sequence,
  stepClaim,
} from '../checker/language/index.ts'
import { addressSpace } from '../spec/contracts/migration-invisible.ts'
import { isFree, type Memory, type Mm, mappedBy } from '../spec/memory.ts'

/** The memory and a task that uses it. */
export type Used = Mm & { readonly user: { readonly seen: FixedArray<number>; readonly pc: string } }

/** A task that migrates. */
interface Mover {
  readonly pc: string
  readonly src: number | null
  readonly dst: number | null
  readonly list: Sequence<number>
  readonly unmapped: Sequence<number>
}

export type Moved = Mm & { readonly migration: Mover }

/** Where the task stands outside migrate_pages: it looks pages up, or has just returned. */
const OUTSIDE: readonly string[] = ['look up', 'folio_isolate_lru', 'return', 'done', 'folio_try_get', 'compacted']

/** The whole of it as a refinement: an address space in which nothing happens but loads and stores. */
export const migrationInvisible = ({ objects, sizes }: Memory): Claim<Used> =>
  refines('page migration is invisible to user space', {
    name: 'migration-invisible',
    source: 'Documentation/mm/page_migration.rst: the process need not be aware of it',
    abstract: addressSpace(objects.size, sizes.versions ?? 0),
    map(s: Used, abstract) {
      abstract.stored = s.stored.map((version) => version) as never
      abstract.seen = s.user.seen.map((version) => version) as never
    },
  })

/** P7: what a page-table entry or a TLB leads to holds what was stored last. */
export const noLostUpdate = ({ pages, cpus }: Memory): Claim<Mm> =>
  invariant('whatever a processor can load holds what was stored last', {
    name: 'no-lost-update',
    source: 'Documentation/mm/page_migration.rst',
    over: { page: pages, cpu: cpus },
    holds: {
      'through the page table': (s: Mm, { page }) => {
        const f = mappedBy(s.pte[page])
        return f === null || s.folio[f].content === s.stored[object(s, page)]
      },
      'through the TLB': (s: Mm, { page, cpu }) => {
        const f = s.tlb[cpu][page]
        return f === null || s.folio[f].content === s.stored[object(s, page)]
      },
    },
  })

const object = (s: Mm, page: number): number => (s.stored.length === 1 ? 0 : page)

/** P6: what the page cache hands out unlocked is valid. */
export const cacheIsValid = ({ objects }: Memory): Claim<Mm> =>
  invariant('an unlocked folio of the page cache holds what was stored last', {
    name: 'cache-is-valid',
    source: 'mm/migrate.c, move_to_new_folio: the destination is locked until its contents are there',
    over: { object: objects },
    given: (s: Mm, { object }) => s.cache[object] !== null && !s.folio[s.cache[object]!].PG_locked,
    holds: (s: Mm, { object }) => s.folio[s.cache[object]!].content === s.stored[object],
  })

/** P8: no write reaches the source after it was copied, unless the copy is thrown away. */
export const noLateWrite = (): Claim<Moved> =>
  invariant('once there is no way back, the source holds nothing newer than the destination', {
    name: 'no-late-write',
    source: 'mm/migrate.c: the copy is made when nobody else can write, or made again',
    given: ({ migration }: Moved) => migration.dst !== null && NO_WAY_BACK.includes(migration.pc),
    holds: (s: Moved) => s.folio[s.migration.src!].content <= s.folio[s.migration.dst!].content,
  })

/** Steps with the copy behind them that cannot fail any more. */
const NO_WAY_BACK: readonly string[] = [
  'add destination to the LRU',
  'remove_migration_ptes',
  'unlock destination',
  'free source',
]

/** P3: nothing names a folio that is free. */
export const nothingNamesFree = ({ folios }: Memory): Claim<Mm> =>
  invariant('nothing names a folio that is free', {
    name: 'nothing-names-a-free-folio',
    source: 'the reference that each mapping, slot, list and batch holds',
    over: { f: folios },
    given: (s: Mm, { f }) => isFree(s, f),
    holds: {
      'no page-table entry maps it': (s: Mm, { f }) => s.pte.every((pte) => mappedBy(pte) !== f),
      'no migration entry names it': (s: Mm, { f }) =>
        s.pte.every((pte) => pte.kind !== 'migration' || pte.folio !== f),
      'the page cache does not have it': (s: Mm, { f }) => !s.cache.includes(f),
      'no buffer belongs to it': (s: Mm, { f }) => s.buffer.folio !== f,
      'no batch has it': (s: Mm, { f }) => s.batch.every((batch) => !batch.includes(f)),
      'it is not on the LRU or isolated': (s: Mm, { f }) => !s.folio[f].PG_lru && !s.folio[f].isolated,
    },
  })

/** P4: what makes it safe to wait on a migration entry without a reference (since v5.17). */
export const entryIsLocked = ({ pages }: Memory): Claim<Mm> =>
  invariant('a migration entry names a folio that the migrating task keeps locked, with a reference', {
    name: 'migration-entry-is-locked',
    source: 'mm/filemap.c, migration_entry_wait_on_locked: no reference is needed (ffa65753c431)',
    over: { page: pages },
    given: (s: Mm, { page }) => s.pte[page].kind === 'migration',
    holds: (s: Mm, { page }) => {
      const pte = s.pte[page]
      return pte.kind === 'migration' && s.folio[pte.folio].PG_locked && s.folio[pte.folio].isolated
    },
  })

/** The same from the other side: whoever sleeps will be woken. */
export const sleeperIsWoken = ({ cpus }: Memory): Claim<Mm> =>
  invariant('a task sleeps only on the lock of a folio that somebody has locked', {
    name: 'sleeper-is-woken',
    source: 'mm/filemap.c, folio_wait_bit_common',
    over: { cpu: cpus },
    given: (s: Mm, { cpu }) => s.asleep[cpu] !== null,
    holds: (s: Mm, { cpu }) => s.folio[s.asleep[cpu]!].PG_locked,
  })

/** P5: when migrate_pages has returned, no entry of it is left. */
export const noEntryIsLeft = ({ pages }: Memory): Claim<Moved> =>
  invariant('migrate_pages leaves no migration entry behind', {
    name: 'no-entry-is-left',
    source: 'mm/migrate.c, remove_migration_ptes',
    over: { page: pages },
    given: ({ migration }: Moved) => OUTSIDE.includes(migration.pc),
    holds: (s: Moved, { page }) => s.pte[page].kind !== 'migration',
  })

/** P9: PG_lru, and what stands in its place while it is clear. */
export const lruExclusive = ({ folios }: Memory): Claim<Mm> =>
  invariant('a folio in use is on the LRU, isolated, in a batch, or not published yet: exactly one of these', {
    name: 'on-one-list',
    source: 'mm/vmscan.c, folio_isolate_lru; mm/swap.c, folio_add_lru',
    over: { f: folios },
    // Somebody who looks at it for a moment may keep a folio that is in use no more.
    given: (s: Mm, { f }) => s.folio[f].refs > s.folio[f].gets,
    holds: (s: Mm, { f }) => {
      const { PG_lru, isolated, fresh } = s.folio[f]
      const batched = s.batch.some((batch) => batch.includes(f))
      // A destination keeps its first reference until it is unlocked, after it went to the LRU.
      const unpublished = fresh && !PG_lru && !batched
      return [PG_lru, isolated, batched, unpublished].filter(Boolean).length === 1
    },
  })

/** P10 */
export const isolatedCounted = (): Claim<Mm> =>
  invariant('NR_ISOLATED is the number of isolated folios', {
    name: 'isolated-is-counted',
    source: 'include/linux/mmzone.h, NR_ISOLATED_ANON and NR_ISOLATED_FILE',
    holds: (s: Mm) => s.NR_ISOLATED === s.folio.filter(({ isolated }) => isolated).length,
  })

/** P3 for translations: a processor that keeps one writes to whoever gets the memory next. */
export const tlbNamesNoFree = ({ cpus, pages }: Memory): Claim<Mm> =>
  invariant('no processor remembers a translation to a folio that is free', {
    name: 'no-stale-translation',
    source: 'mm/mmu_gather.c: the TLBs are flushed before the page is freed',
    over: { cpu: cpus, page: pages },
    given: (s: Mm, { cpu, page }) => s.tlb[cpu][page] !== null,
    holds: (s: Mm, { cpu, page }) => !isFree(s, s.tlb[cpu][page]!),
  })

/** The memory and somebody who uses a buffer. */
export type BufferUsed = Mm & { readonly user: { readonly b_data: number | null } }

/** Whoever holds b_count may use what b_data points to. */
export const bufferStays = (): Claim<BufferUsed> =>
  invariant('the memory of a buffer stays where it is while somebody holds the buffer', {
    name: 'buffer-stays',
    source: 'fs/buffer.c, get_bh',
    given: (s: BufferUsed) => s.user.b_data !== null,
    holds: (s: BufferUsed) => s.buffer.folio === s.user.b_data,
  })

/** P3 for buffers: the reference count knows nothing of b_count. */
export const bufferNotFreed = (): Claim<BufferUsed> =>
  invariant('the memory of a buffer is not freed while somebody holds the buffer', {
    name: 'buffer-not-freed',
    source: 'fs/buffer.c, get_bh',
    given: (s: BufferUsed) => s.user.b_data !== null,
    holds: (s: BufferUsed) => !isFree(s, s.user.b_data!),
  })

/** What v5.0 changed: a sleeping waiter is no reason for a migration to fail. The user is the task of CPU 1. */
export const sleeperHoldsNoReference = (): Claim<Mm & { readonly user: { readonly folio: number | null } }> =>
  invariant('a task that sleeps on a migration entry holds no reference to its folio', {
    name: 'sleeper-holds-no-reference',
    source: 'mm/filemap.c, put_and_wait_on_page_locked (9a1ea439b16b)',
    given: (s) => s.asleep[1] !== null,
    holds: (s) => s.user.folio !== s.asleep[1],
  })

/** P16: nothing but cache, mappings and isolation refers to the folio, apart from those who fault on its entries. */
export const migrationSucceeds = (): Claim<Moved> =>
  eventually('a migration that is tried again and again succeeds, however often the page is used', {
    name: 'migration-succeeds',
    source: 'mm/memory_hotplug.c, offline_pages: it is tried until it succeeds',
    holds: (s: Moved) => s.migration.pc === 'done',
  })

/** P21: whoever sleeps on a migration entry is woken and accesses the memory again. */
export const waiterWakes = (): Claim<Used> =>
  leadsTo('a fault on a migration entry returns to user space', {
    name: 'fault-returns',
    source: 'mm/migrate.c, migration_entry_wait',
    from: (s: Used) => s.user.pc !== 'access',
    holds: (s: Used) => s.user.pc === 'access',
  })

/** P21: an access that meets a migration entry gets past it. */
export const entryGoesAway = ({ pages }: Memory): Claim<Mm> =>
  leadsTo('a migration entry does not stay', {
    name: 'entry-goes-away',
    source: 'mm/migrate.c, remove_migration_ptes',
    over: { page: pages },
    from: (s: Mm, { page }) => s.pte[page].kind === 'migration',
    holds: (s: Mm, { page }) => s.pte[page].kind !== 'migration',
  })

/** What tells the modes apart: nothing is assumed of the disk here, not even that it is ever done. */
export const returnsWithoutIo = (): Claim<Moved> =>
  eventually('migrate_pages returns, however long reading and writing back takes', {
    name: 'returns-without-io',
    source: 'include/linux/migrate_mode.h: MIGRATE_ASYNC means never block, MIGRATE_SYNC_LIGHT not for writeback',
    holds: (s: Moved) => s.migration.pc === 'done',
  })

/** P21: what is asked of migrate_pages in any mode. */
export const migrationReturns = (): Claim<Moved> =>
  eventually('migrate_pages returns', {
    name: 'migration-returns',
    source: 'mm/migrate.c, migrate_pages',
    holds: (s: Moved) => s.migration.pc === 'done',
  })

/** P21 for two folios: no task waits for a folio of one that waits for a folio of it. */
export const noLockCycle = <S extends Mm>(
  sentence: string,
  source: string,
  tasks: readonly [(s: S) => LockUse, (s: S) => LockUse],
): Claim<S> =>
  invariant(sentence, {
    name: 'no-lock-cycle',
    source,
    holds: (s: S) => {
      const [one, other] = tasks.map((use) => use(s))
      const waits = (a: LockUse, b: LockUse) => a.wants !== null && b.holds.includes(a.wants)
      return !(waits(one, other) && waits(other, one))
    },
  })

/** The folios that a task keeps others away from, and the one that it waits for at the moment. */
export interface LockUse {
  readonly holds: readonly number[]
  readonly wants: number | null
}

/** The folio locks of a migrating task: those of its batch, and the one that it is at. */
export function locksOfMigration({ unmapped, src, pc }: Mover, wants: number | null): LockUse {
  const locked = src !== null && !BEFORE_LOCK.includes(pc) ? [src] : []
  return { holds: [...unmapped, ...locked], wants }
}

const BEFORE_LOCK: readonly string[] = [...OUTSIDE, 'split_folio', 'alloc destination', 'folio_lock', 'putback']

/** A walker that holds a reference and no lock may look at folio->mapping; what it finds has to be a mapping. */
export const walkerSeesMapping = (): Claim<Mm & { readonly reader: { readonly saw: string } }> =>
  invariant('whoever reads folio->mapping of a folio that is not his finds a mapping, or nothing', {
    name: 'mapping-is-a-mapping',
    source: 'mm/debug.c, dump_page; include/linux/pagemap.h, folio_mapping',
    holds: (s) => s.reader.saw !== 'anon_vma of the source',
  })

/** What the caller of migrate_pages is told. */
interface Told {
  readonly pc: string
  readonly listed: number
  readonly succeeded: number
  readonly failures: number
  readonly failed: boolean
  readonly nomem: boolean
  readonly src: number | null
  readonly dst: number | null
}

export type Counting = Mm & { readonly migration: Told }

const returned = ({ migration }: Counting) => migration.pc === 'return'

/** Section "return codes": every folio of the list is counted once. */
export const everyFolioCounted = (): Claim<Counting> =>
  invariant('every folio on the list is counted, as a success or as a failure', {
    name: 'every-folio-counted',
    source: 'mm/migrate.c, migrate_pages: PGMIGRATE_SUCCESS and PGMIGRATE_FAIL',
    given: returned,
    holds: ({ migration: { listed, succeeded, failures } }: Counting) => succeeded + failures === listed,
  })

export const resultTells = (): Claim<Counting> =>
  invariant('migrate_pages returns 0 if and only if no folio was left behind', {
    name: 'result-tells',
    source: 'mm/migrate.c, migrate_pages: the number of folios not migrated, or an error code',
    given: returned,
    holds: ({ migration: { failed, failures, nomem } }: Counting) => failed === failures > 0 && (!nomem || failed),
  })

/** What is unmapped is moved, although migrate_pages returns an error. */
export const nomemMovesTheRest = (): Claim<Counting> =>
  reachable('-ENOMEM may be returned when some folios were moved', {
    name: 'nomem-and-moved',
    source: 'mm/migrate.c, migrate_pages_batch: nr_failed and move',
    holds: (s: Counting) => returned(s) && s.migration.nomem && s.migration.succeeded > 0,
  })

/** A comment of migrate_folio_move: "which will not free the page because new page owner increased refcounter". */
export const destinationHasOwner = (): Claim<Counting> =>
  stepClaim('the last put of the destination does not free it', {
    name: 'destination-has-owner',
    source: 'mm/migrate.c, migrate_folio_move: the comment at its end',
    given: (s: Counting) => s.migration.pc === 'unlock destination',
    holds: (before: Counting, after: Counting) =>
      after.migration.pc === 'unlock destination' || !isFree(after, before.migration.dst!),
  })

/** Whoever wins a reference against the last put has to free the folio in its place. */
export const nothingLeaks = ({ folios }: Memory): Claim<Counting & { readonly walker: { readonly pc: string } }> =>
  invariant('a folio that nobody uses any more is free once those who looked at it have let go', {
    name: 'nothing-leaks',
    source: 'mm/migrate.c, isolate_movable_page: winning the race against a free only delays it',
    over: { f: folios },
    given: (s, { f }) => OUTSIDE.includes(s.migration.pc) && s.folio[f].gets === 0 && !s.folio[f].isolated,
    holds: (s, { f }) => isFree(s, f) || s.pte.some((pte) => mappedBy(pte) === f) || s.cache.includes(f),
  })

/** An isolation that is refused for good keeps the memory from being offlined. */
export const unpinnedIsIsolated = (): Claim<Mm & { readonly compaction: { readonly pc: string } }> =>
  eventually('a folio that nobody has pinned is isolated in the end', {
    name: 'unpinned-is-isolated',
    source: 'mm/compaction.c, isolate_migratepages_block, called by alloc_contig_range for virtio-mem and CMA',
    holds: (s) => s.compaction.pc === 'done',
  })
