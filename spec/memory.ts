/**
 * Folios, page-table entries, the page cache and per-CPU batches, and what the counters of a folio are made of. What only
 * some scenarios need is a feature of `Sizes`; where it is off, its fields are constants and cost nothing. The file is
 * long because every variable is declared here, so that one text of each step serves all scenarios. Every step is atomic
 * and sequentially consistent.
 */
import type { Domain, ScalarDomain, StateOf, UnionOf } from '../checker/language/index.ts'
import {
  array,
  bool,
  collection,
  constant,
  oneOf,
  optional,
  range,
  record,
  sequence,
  union,
} from '../checker/language/index.ts'

/**
 * What one FOLL_PIN adds to the refcount of a small folio: GUP_PIN_COUNTING_BIAS, 1024 in the kernel. Any number larger
 * than all other references together behaves the same, because it is only ever compared with `>=`.
 */
export const PIN_BIAS = 8

/** Entries of a per-CPU batch: PAGEVEC_SIZE, 15 (31 since v6.9) in the kernel. A batch that is full is flushed at once. */
export const BATCH_SIZE = 2

/** How many of each thing a scenario has, and which features of memory it uses. */
export interface Sizes {
  /** pages of the address space, each mapping a folio of its own in ZONE_MOVABLE at the start */
  readonly pages: number
  /** folios that are free at the start */
  readonly freeMovable: number
  readonly freeNormal: number
  readonly cpus: number
  /** tasks that may have the LRU batches disabled at one time (memory offlining does, and mbind); none when absent */
  readonly lruCacheDisablers?: number
  /** the LRU batches are disabled throughout: whoever migrates has called lru_cache_disable */
  readonly lruCacheDisabled?: boolean
  /** NUMA nodes. Where there are several, zones play no part; one when absent */
  readonly nodes?: number
  /** folios, where pages need not have one each at the start */
  readonly folios?: number
  /** whether page-table entries may be empty, or map what is no folio of the LRU (the zero page, a PFN) */
  readonly ptesMayBeEmpty?: boolean
  /** whether some task pins pages; it does when absent */
  readonly pinner?: boolean
  /** the largest refcount; when absent, less than a pin adds, or than two do where somebody pins */
  readonly references?: number
  /** whether some task migrates folios; one does when absent */
  readonly migrates?: boolean
  /** tasks that may have a folio pinned at the same time; 1 when absent */
  readonly pinsPerFolio?: number
  /** folios that begin mapped are large: a pin adds one reference and counts in _pincount */
  readonly large?: boolean
  /** pageblocks have a type, and folios may lie in a CMA area: all pages begin there, or none do */
  readonly pageblocks?: 'CMA' | 'ordinary'
  /** the first folio is ZERO_PAGE(0): on no LRU, and never freed */
  readonly zeroPage?: boolean
  /** folios are referenced and active, and wait in a batch to be activated, with PG_lru as it was or clear meanwhile */
  readonly activation?: 'kept' | 'cleared'
  /** VMAs, over which the pages are spread evenly; 1 when absent */
  readonly vmas?: number
  /** VM_LOCKED and what stands behind it: flags and count of a folio, NR_MLOCK, the mlock batches */
  readonly mlock?: MlockSizes
  /** passes of migrate_pages over its list: 10 in the kernel (3 and 7 since v6.3); 2 when absent */
  readonly passes?: number
  /** transient references (PFN walkers, look-ups, collectors) that a folio may have at once; 1 when absent */
  readonly gets?: number
  /** pages may be file-backed: the page cache names their folios, which are frozen while it changes */
  readonly file?: boolean
  /** all pages map the same thing, as several VMAs of one file page do: an rmap walk visits each of them */
  readonly shared?: boolean
  /** a folio may be mapped by several of the pages, whichever they are: an rmap walk looks at each of them */
  readonly mappedTwice?: boolean
  /** page-table entries may be present and without access (PROT_NONE, NUMA hints) */
  readonly protNone?: boolean
  /** the last version that a store may write: contents of folios are versions, so that a lost update shows */
  readonly versions?: number
  /** the number of different contents that folios may have, where nobody stores anything */
  readonly contents?: number
  /** each CPU remembers translations until its TLB is flushed */
  readonly tlb?: boolean
  /** tasks may sleep on a folio lock until it is released: one on each CPU */
  readonly sleepers?: boolean
  /** walks over the rmap exclude those who take its lock for writing (i_mmap_rwsem, the lock of the anon_vma) */
  readonly rmapLock?: boolean
  /** folios may be found in the page cache before their contents are there */
  readonly uptodate?: boolean
  /** folios may be written back */
  readonly writeback?: boolean
  /** folios may be large ones that migration splits before it moves them */
  readonly deferredSplit?: boolean
  /** the folio of the first object has a buffer head; where its mapping offers no migrate_folio, private data of any kind */
  readonly buffers?: boolean
  /** that buffer can be locked, by whoever reads it from the disk and by migration */
  readonly bufferLocks?: boolean
  /** the first object is a file whose mapping is marked unmovable, or offers no migrate_folio */
  readonly firstMapping?: 'AS_UNMOVABLE' | 'no migrate_folio'
  /** the first two pages are a THP at the start, which is one folio: a head, and a tail that is nobody's */
  readonly thp?: boolean
  /** what folio->mapping holds is looked at by somebody who does not lock the folio */
  readonly mappings?: boolean
  /** isolated folios are counted (NR_ISOLATED) */
  readonly isolatedCount?: boolean
}

export interface MlockSizes {
  /** entries of the mlock batch of a CPU: PAGEVEC_SIZE, 15 (31 since v6.10) in the kernel; 0 where there is no such batch */
  readonly capacity: number
  /** the largest mlock_count that a run may reach; 0 where the kernel does not count */
  readonly count: number
  /** the largest value of a PG* event counter; absent: events are not counted */
  readonly events?: number
  /** several tasks may be on one CPU, one after the other: then its local locks are kept */
  readonly tasksShareCpus?: boolean
}

/** The events of mlock in /proc/vmstat, without their prefix UNEVICTABLE_. */
export const MLOCK_EVENTS = ['PGCULLED', 'PGRESCUED', 'PGMLOCKED', 'PGMUNLOCKED', 'PGCLEARED', 'PGSTRANDED'] as const
export type MlockEvent = (typeof MLOCK_EVENTS)[number]

/** What an entry of an mlock batch asks for: mlock of a folio on the LRU, or of a new one, or munlock. */
const mlockEntryOf = (folio: ScalarDomain<number>) => union({ LRU: { folio }, NEW: { folio }, MUNLOCK: { folio } })

type NamesFolio = { folio: ScalarDomain<number> }

/** What a page-table entry may hold; `protnone` maps a folio and lets nobody access it. */
export type Pte = UnionOf<{
  none: Record<never, never>
  special: Record<never, never>
  present: NamesFolio
  protnone: NamesFolio
  migration: NamesFolio
}>

/** The variables of the model, for an address space of the given sizes. */
export function memory(sizes: Sizes) {
  const folios = collection('F', sizes.folios ?? sizes.pages + sizes.freeMovable + sizes.freeNormal)
  const pages = collection('page', sizes.pages)
  const cpus = collection('cpu', sizes.cpus)
  const vmas = collection('VMA', sizes.vmas ?? 1)
  /** what is behind the pages: a page of a file, or anonymous memory */
  const objects = collection('object', sizes.shared ? 1 : sizes.pages)
  const { mlock } = sizes
  /** pages of the first object are mapped shared, so that the kernel has to know whether they were stored to */
  const tracksDirty = sizes.firstMapping === 'no migrate_folio'
  const pinsPerFolio = sizes.pinner === false ? 0 : (sizes.pinsPerFolio ?? 1)
  const folioIf = (feature = false): ScalarDomain<number | null> =>
    feature ? optional(folios) : constant<number | null>(null)
  const version = sizes.versions ? range(0, sizes.versions) : constant<number>(0)
  const migrationFlag = flag(sizes.migrates !== false)
  const mlockFlag = flag(mlock !== undefined)
  const eventCount = mlock?.events ? range(0, mlock.events) : constant<number>(0)
  const state = {
    folio: array(
      folios,
      record({
        zone: zonesOf(sizes),
        node: range(0, (sizes.nodes ?? 1) - 1),
        /** the counter itself; the fields below it are what it should be made of, beside mappings and batches */
        refs: range(0, sizes.references ?? (pinsPerFolio + 1) * PIN_BIAS - 1),
        pins: range(0, pinsPerFolio),
        large: flag(sizes.large),
        /** inside a CMA area, for good; and what the type of its pageblock says at the moment */
        cma: sizes.pageblocks === 'CMA' ? bool : constant<boolean>(false),
        block: pageblocksOf(sizes),
        /** transient references of somebody who looks at it */
        gets: range(0, sizes.gets ?? 1),
        /** on somebody's isolation list, which holds a reference */
        isolated: bool,
        /** allocated as the destination of a migration and not yet published */
        fresh: migrationFlag,
        /** its references are taken away so that nobody gets one (folio_ref_freeze), or it is a tail, which never has any */
        frozen: flag(sizes.file || sizes.thp),
        PG_lru: bool,
        PG_referenced: flag(sizes.activation !== undefined),
        PG_active: flag(sizes.activation !== undefined),
        PG_locked: migrationFlag,
        PG_mlocked: mlockFlag,
        /** on the unevictable list, or taken off it */
        PG_unevictable: mlockFlag,
        /** VM_LOCKED mappings counted so far (v5.18 on). It overlays a link of the LRU list: off the list it is lost, here 0. */
        mlock_count: mlock?.count ? range(0, mlock.count) : constant<number>(0),
        /** the version of what is stored in it; 0 is what a free folio holds */
        content: sizes.contents ? range(0, sizes.contents) : version,
        PG_writeback: flag(sizes.writeback || tracksDirty),
        PG_dirty: flag(tracksDirty),
        /** its contents are there: who has not locked it must not look at it before */
        PG_uptodate: flag(sizes.uptodate),
        /** of a THP, which is one folio, the head stands for the whole: the tail has no references of its own */
        compound: sizes.thp ? oneOf<Compound[]>('no', 'head', 'tail') : constant<Compound>('no'),
        /** large, and on the list of those that are to be split when that is possible */
        deferredSplit: flag(sizes.deferredSplit),
        mapping: sizes.mappings ? mappings : constant<Mapping>('none'),
      }),
    ),
    vma: array(
      vmas,
      record({
        VM_LOCKED: mlockFlag,
        /** set by mlock(2) while it walks, so that nobody else counts for this VMA (v5.18 on) */
        VM_IO: mlockFlag,
      }),
    ),
    pte: array(pages, pteOf(folios, sizes)),
    /** whether an entry lets its task store, and whether it has; a migration entry remembers the first of these */
    mayStore: array(pages, tracksDirty ? oneOf<MayStore[]>('no', 'yes', 'dirty') : constant<MayStore>('no')),
    /** what the page cache has for each object; none where the object is anonymous */
    cache: array(objects, folioIf(sizes.file)),
    /** the lock around changes of the page cache (xa_lock of i_pages) */
    i_pages_locked: flag(sizes.file),
    /** held by an rmap walk, from its first place to its last */
    rmap_locked: flag(sizes.rmapLock),
    /** the buffer head: the folio whose PG_private it is, who uses it, and the lock around looking it up */
    buffer: record({
      folio: folioIf(sizes.buffers),
      b_count: sizes.buffers && !tracksDirty ? range(0, 1) : constant<number>(0),
      private_lock: flag(sizes.buffers && !tracksDirty),
      BH_Migrate: flag(sizes.buffers && !tracksDirty),
      BH_Lock: flag(sizes.bufferLocks),
      BH_Uptodate: flag(sizes.bufferLocks),
    }),
    /** the translation that a CPU still has for a page */
    tlb: array(cpus, array(pages, folioIf(sizes.tlb))),
    /** the folio on whose lock the task on a CPU sleeps */
    asleep: array(cpus, folioIf(sizes.sleepers)),
    /** the last version stored to each object: not in the kernel, but what the user remembers */
    stored: array(objects, sizes.versions ? range(1, sizes.versions) : constant<number>(0)),
    /** the version of the first object that the disk has */
    onDisk: tracksDirty ? version : constant<number>(0),
    /** lru_add batches: each entry holds a reference */
    batch: array(cpus, sequence(folios, sizes.lruCacheDisabled ? 1 : BATCH_SIZE)),
    /** activate batches: each entry holds a reference; whether PG_lru is clear meanwhile depends on the release */
    activateBatch: array(cpus, sequence(folios, sizes.activation ? BATCH_SIZE : 0)),
    clearsLruFlag: constant<boolean>(sizes.activation === 'cleared'),
    /** whether the architecture can migrate a THP without splitting it */
    thpMigrationSupported: (sizes.thp ? bool : constant(true)) as ScalarDomain<boolean>,
    zeroFolio: constant<number | null>(sizes.zeroPage ? 0 : null),
    /** mlock batches (v5.18 on): each entry holds a reference */
    mlockBatch: array(cpus, sequence(mlockEntryOf(folios), mlock?.capacity ?? 0)),
    mlockCapacity: constant<number>(mlock?.capacity ?? 0),
    /** the CPU that holds the lruvec lock; there is one lruvec */
    lruLock: (mlock ? optional(cpus) : constant<number | null>(null)) as ScalarDomain<number | null>,
    /** the local lock of a CPU's batches is held across steps: its task is neither preempted nor moved */
    localLock: array(cpus, mlock?.tasksShareCpus ? bool : constant<boolean>(false)),
    tasksShareCpus: constant<boolean>(mlock?.tasksShareCpus ?? false),
    NR_MLOCK: mlock ? range(0, folios.size) : constant<number>(0),
    event: array(oneOf(...MLOCK_EVENTS), eventCount),
    countsEvents: constant<boolean>(mlock?.events !== undefined),
    /** lru_disable_count: the batches stay empty while it is not zero */
    lru_disable_count: sizes.lruCacheDisabled ? constant<number>(1) : range(0, sizes.lruCacheDisablers ?? 0),
    NR_ISOLATED: sizes.isolatedCount ? range(0, objects.size) : constant<number>(0),
    countsIsolated: constant<boolean>(sizes.isolatedCount === true),
  }
  return { sizes, folios, pages, cpus, vmas, objects, state }
}

type Zone = 'MOVABLE' | 'NORMAL'

type MayStore = 'no' | 'yes' | 'dirty'

type Compound = 'no' | 'head' | 'tail'

/** Several nodes make zones unimportant, and a CMA area lies in ZONE_NORMAL. */
function zonesOf({ nodes, pageblocks, freeMovable, freeNormal }: Sizes): ScalarDomain<Zone> {
  if (nodes === undefined && pageblocks === undefined && freeNormal === 0) return constant<Zone>('MOVABLE')
  const onlyNormal = nodes !== undefined || (pageblocks === 'CMA' && freeMovable === 0)
  return onlyNormal ? constant<Zone>('NORMAL') : oneOf<Zone[]>('MOVABLE', 'NORMAL')
}

type Pageblock = 'ordinary' | 'CMA' | 'ISOLATE'

function pageblocksOf({ pageblocks }: Sizes): ScalarDomain<Pageblock> {
  if (pageblocks === 'CMA') return oneOf<Pageblock[]>('ordinary', 'CMA', 'ISOLATE')
  return pageblocks === 'ordinary' ? oneOf<Pageblock[]>('ordinary', 'ISOLATE') : constant<Pageblock>('ordinary')
}

const flag = (feature = false): ScalarDomain<boolean> => (feature ? bool : constant<boolean>(false))

/** What folio->mapping leads to; a batched migration keeps the anon_vma of the source in that of the destination. */
export const mappings = oneOf('none', 'object', 'anon_vma of the source')
type Mapping = (typeof mappings.values)[number]

function pteOf(folio: ScalarDomain<number>, { ptesMayBeEmpty, protNone, migrates }: Sizes): Domain<Pte> {
  return union({
    ...(ptesMayBeEmpty && { none: {}, special: {} }),
    ...(protNone && { protnone: { folio } }),
    present: { folio },
    ...(migrates !== false && { migration: { folio } }),
  }) as unknown as Domain<Pte>
}

export type Memory = ReturnType<typeof memory>
export type Mm = StateOf<Memory['state']>

/** A folio that the allocator has. */
export const FREE = {
  node: 0,
  refs: 0,
  pins: 0,
  large: false,
  cma: false,
  block: 'ordinary',
  gets: 0,
  isolated: false,
  fresh: false,
  frozen: false,
  PG_lru: false,
  PG_referenced: false,
  PG_active: false,
  PG_locked: false,
  PG_mlocked: false,
  PG_unevictable: false,
  mlock_count: 0,
  content: 0,
  PG_writeback: false,
  PG_dirty: false,
  PG_uptodate: false,
  compound: 'no',
  deferredSplit: false,
  mapping: 'none',
} as const

/**
 * All pages mapped, each to its own folio on the LRU, or all to the first one where they are shared; the other folios are
 * free. `backing` is what is behind the pages: anonymous memory, or a file that the page cache has all of.
 */
export function bootMemory(s: Mm, sizes: Sizes, backing: 'anon' | 'file' = 'anon'): void {
  bootFree(s, sizes)
  for (const object of s.cache.keys()) {
    const version = sizes.versions ? 1 : 0
    s.cache[object] = backing === 'file' ? object : null
    Object.assign(s.folio[object], { PG_lru: true, content: version, refs: backing === 'file' ? 1 : 0 })
    if (sizes.mappings) s.folio[object].mapping = 'object'
    if (sizes.uptodate) s.folio[object].PG_uptodate = true
  }
  for (const page of s.pte.keys()) {
    const f = objectOf(s, page)
    s.pte[page] = { kind: 'present', folio: f }
    s.folio[f].refs++
    s.folio[f].large = sizes.large ?? false
    if (sizes.pageblocks === 'CMA') Object.assign(s.folio[f], { cma: true, block: 'CMA' })
  }
  if (sizes.zeroPage) s.folio[0].PG_lru = false
  if (sizes.thp) {
    Object.assign(s.folio[1], { PG_lru: false, refs: 0 })
    s.pte[1] = { kind: 'present', folio: 0 }
    s.folio[0].refs++
    makeCompound(s, 0)
  }
  if (sizes.buffers) {
    s.buffer.folio = 0
    s.folio[0].refs++
  }
}

/** Every folio free and nothing in any batch or cache: what is mapped, the caller says. */
export function bootFree(s: Mm, sizes: Sizes): void {
  const movable = sizes.nodes === undefined ? sizes.pages + sizes.freeMovable : 0
  const cma = sizes.pageblocks === 'CMA' ? sizes.pages : 0
  for (const f of s.folio.keys()) s.folio[f] = { ...FREE, zone: f < movable && f >= cma ? 'MOVABLE' : 'NORMAL' }
  s.stored.fill(sizes.versions ? 1 : 0)
  s.cache.fill(null)
  s.mayStore.fill('no')
  s.onDisk = sizes.firstMapping === 'no migrate_folio' ? 1 : 0
  s.i_pages_locked = false
  s.rmap_locked = false
  s.buffer = { folio: null, b_count: 0, private_lock: false, BH_Migrate: false, BH_Lock: false, BH_Uptodate: false }
  for (const cpu of s.tlb.keys()) s.tlb[cpu].fill(null)
  s.asleep.fill(null)
  for (const cpu of s.batch.keys()) {
    s.batch[cpu] = []
    s.activateBatch[cpu] = []
  }
  s.clearsLruFlag = sizes.activation === 'cleared'
  s.zeroFolio = sizes.zeroPage ? 0 : null
  s.thpMigrationSupported = true
  for (const vma of s.vma) {
    vma.VM_LOCKED = false
    vma.VM_IO = false
  }
  for (const cpu of s.mlockBatch.keys()) s.mlockBatch[cpu] = []
  s.mlockCapacity = sizes.mlock?.capacity ?? 0
  s.lruLock = null
  s.localLock.fill(false)
  s.tasksShareCpus = sizes.mlock?.tasksShareCpus ?? false
  s.NR_MLOCK = 0
  for (const name of MLOCK_EVENTS) s.event[name] = 0
  s.countsEvents = sizes.mlock?.events !== undefined
  s.lru_disable_count = sizes.lruCacheDisabled ? 1 : 0
  s.NR_ISOLATED = 0
  s.countsIsolated = sizes.isolatedCount === true
}

/** The object behind a page: one for all of them where they are shared, otherwise one of its own. */
export function objectOf(s: Mm, page: number): number {
  return s.cache.length === 1 ? 0 : page
}

/** folio_put: the last reference frees the folio. PG_mlocked does not keep it; it is cleared and counted. */
export function folioPut(s: Mm, f: number, references = 1): void {
  const folio = s.folio[f]
  folio.refs -= references
  if (folio.refs > 0) return
  folio.PG_lru = false
  folio.PG_referenced = false
  folio.PG_active = false
  folio.content = 0
  folio.PG_uptodate = false
  folio.PG_dirty = false
  if (folio.compound === 'head') {
    folio.compound = 'no'
    folio.deferredSplit = false
    Object.assign(s.folio[f + 1], { compound: 'no', frozen: false })
  }
  if (folio.PG_mlocked) {
    folio.PG_mlocked = false
    s.NR_MLOCK--
    countEvent(s, 'PGCLEARED')
  }
  if (folio.PG_unevictable) {
    folio.PG_unevictable = false
    folio.mlock_count = 0
  }
}

/** count_vm_event, where the scenario counts events. */
export function countEvent(s: Mm, name: MlockEvent): void {
  if (s.countsEvents) s.event[name]++
}

/** The VMA that a page belongs to. */
export function vmaOf(s: Mm, page: number): number {
  return Math.floor((page * s.vma.length) / s.pte.length)
}

/** folio_try_get: a reference for somebody who has none, unless the folio is free or frozen. */
export function folioTryGet(s: Mm, f: number): boolean {
  if (s.folio[f].refs === 0) return false
  s.folio[f].refs++
  s.folio[f].gets++
  return true
}

/** Lets go of what folioTryGet took. */
export function folioPutGet(s: Mm, f: number): void {
  s.folio[f].gets--
  folioPut(s, f)
}

/** folio_unlock: whoever sleeps on the lock wakes up. Steps that wait with a guard on PG_locked need not be woken. */
export function folioUnlock(s: Mm, f: number): void {
  s.folio[f].PG_locked = false
  for (const cpu of s.asleep.keys()) if (s.asleep[cpu] === f) s.asleep[cpu] = null
}

/** The folio that an entry maps, or null: migration entries and empty ones map nothing. */
export function mappedBy(pte: Pte): number | null {
  return pte.kind === 'present' || pte.kind === 'protnone' ? pte.folio : null
}

/** The number of page-table entries that map a folio (its mapcount). */
export function mapcount(s: Mm, f: number): number {
  return s.pte.filter((pte) => mappedBy(pte) === f).length
}

/** Whether the page cache has the folio, which holds a reference then. */
export function inPageCache(s: Mm, f: number): boolean {
  return s.cache.includes(f)
}

/** The references of the page cache and of PG_private, the two that migration takes over. */
export function ownReferences(s: Mm, f: number): number {
  return (inPageCache(s, f) ? 1 : 0) + (s.buffer.folio === f ? 1 : 0)
}

/** folio_expected_refs, for a folio that is isolated and unmapped. */
export function expectedReferences(s: Mm, f: number): number {
  return 1 + ownReferences(s, f)
}

/** Whether the allocator has the folio. A frozen one has no references either, and is not free. */
export function isFree(s: Mm, f: number): boolean {
  return s.folio[f].refs === 0 && !s.folio[f].frozen
}

/**
 * The first free folio of a zone: which one the allocator picks does not matter. Null when there is none. Pageblocks that
 * are isolated have none, and those of CMA are for movable allocations, which are not asked for here.
 */
export function freeFolio(s: Mm, zone: 'MOVABLE' | 'NORMAL'): number | null {
  const f = s.folio.findIndex((folio, f) => folio.zone === zone && folio.block === 'ordinary' && isFree(s, f))
  return f < 0 ? null : f
}

/** The first two free folios of ZONE_MOVABLE that may become a THP, which is aligned. Null when there are none. */
export function freePair(s: Mm): number | null {
  const f = s.folio.findIndex(({ zone }, f) => f % 2 === 0 && zone === 'MOVABLE' && isFree(s, f) && isFreeAt(s, f + 1))
  return f < 0 ? null : f
}

const isFreeAt = (s: Mm, f: number): boolean => f < s.folio.length && s.folio[f].zone === 'MOVABLE' && isFree(s, f)

/** Two folios become one. */
export function makeCompound(s: Mm, head: number): void {
  s.folio[head].compound = 'head'
  Object.assign(s.folio[head + 1], { compound: 'tail', frozen: true })
}

/** Every CPU forgets the translation of a page. */
export function flushTlb(s: Mm, page: number): void {
  for (const cpu of s.tlb.keys()) s.tlb[cpu][page] = null
}
