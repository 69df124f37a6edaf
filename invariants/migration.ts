/** What must hold of page migration in every state, seen by user space, by the page cache, and by its own bookkeeping. */
import { type Claim, type FixedArray, invariant, refines, type Sequence } from '../checker/language/index.ts'
import { addressSpace } from '../spec/contracts/migration-invisible.ts'
import { isFree, type Memory, type Mm, mappedBy } from '../spec/memory.ts'

/** The memory and a task that uses it. */
export type Used = Mm & { readonly user: { readonly seen: FixedArray<number>; readonly pc: string } }

/** A task that migrates. */
export interface Mover {
  readonly pc: string
  readonly src: number | null
  readonly dst: number | null
  readonly list: Sequence<number>
  readonly unmapped: Sequence<number>
}

export type Moved = Mm & { readonly migration: Mover }

/** Where the task stands outside migrate_pages: it looks pages up, or has just returned. */
export const OUTSIDE: readonly string[] = [
  'look up',
  'folio_isolate_lru',
  'return',
  'done',
  'folio_try_get',
  'compacted',
]

/** The whole of it as a refinement: an address space in which nothing happens but loads and stores. */
export const migrationInvisible = ({ objects, sizes }: Memory): Claim<Used> =>
  refines('page migration is invisible to user space', {
    name: 'migration-invisible',
    source: 'Documentation/mm/page_migration.rst: the addresses that a process sees stay the same',
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

/** A walker that holds a reference and no lock may look at folio->mapping; what it finds has to be a mapping. */
export const walkerSeesMapping = (): Claim<Mm & { readonly reader: { readonly saw: string } }> =>
  invariant('whoever reads folio->mapping of a folio that is not his finds a mapping, or nothing', {
    name: 'mapping-is-a-mapping',
    source: 'mm/debug.c, dump_page; include/linux/pagemap.h, folio_mapping',
    holds: (s) => s.reader.saw !== 'anon_vma of the source',
  })
