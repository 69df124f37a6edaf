/**
 * Folios, page-table entries and per-CPU LRU batches, and what the counters of a folio are made of. Every step of the
 * model is atomic and sequentially consistent.
 */
import type { Domain, ScalarDomain, StateOf, UnionOf } from '../checker/language/index.ts'
import { array, bool, collection, constant, oneOf, range, record, sequence, union } from '../checker/language/index.ts'

/**
 * What one FOLL_PIN adds to the refcount of a small folio: GUP_PIN_COUNTING_BIAS, 1024 in the kernel. Any number larger
 * than all other references together behaves the same, because it is only ever compared with `>=`.
 */
export const PIN_BIAS = 8

/** Entries of a per-CPU batch: PAGEVEC_SIZE, 15 (31 since v6.9) in the kernel. A batch that is full is flushed at once. */
export const BATCH_SIZE = 2

/** How many of each thing a scenario has. */
export interface Sizes {
  /** pages of the address space, each mapping a folio of its own in ZONE_MOVABLE at the start */
  readonly pages: number
  /** folios that are free at the start */
  readonly freeMovable: number
  readonly freeNormal: number
  readonly cpus: number
  /** whether somebody may disable the LRU batches (memory offlining does) */
  readonly lruCacheMayBeDisabled?: boolean
  /** NUMA nodes. Where there are several, zones play no part; one when absent */
  readonly nodes?: number
  /** folios, where pages need not have one each at the start */
  readonly folios?: number
  /** whether page-table entries may be empty, or map what is no folio of the LRU (the zero page, a PFN) */
  readonly ptesMayBeEmpty?: boolean
  /** whether some task pins pages; it does when absent */
  readonly pinner?: boolean
  /** VMAs, over which the pages are spread evenly; 1 when absent */
  readonly vmas?: number
  /** VM_LOCKED and what stands behind it: flags and count of a folio, NR_MLOCK, the mlock batches */
  readonly mlock?: MlockSizes
}

export interface MlockSizes {
  /** entries of the mlock batch of a CPU: PAGEVEC_SIZE, 15 (31 since v6.10) in the kernel; 0 where there is no such batch */
  readonly capacity: number
  /** the largest mlock_count that a run may reach; 0 where the kernel does not count */
  readonly count: number
  /** the largest value of a PG* event counter; absent: events are not counted */
  readonly events?: number
}

/** The events of mlock in /proc/vmstat, without their prefix UNEVICTABLE_. */
export const MLOCK_EVENTS = ['PGCULLED', 'PGRESCUED', 'PGMLOCKED', 'PGMUNLOCKED', 'PGCLEARED', 'PGSTRANDED'] as const
export type MlockEvent = (typeof MLOCK_EVENTS)[number]

/** What an entry of an mlock batch asks for: mlock of a folio on the LRU, or of a new one, or munlock. */
export const mlockKinds = oneOf('LRU', 'NEW', 'MUNLOCK')

/** What a page-table entry may hold. */
type Pte = UnionOf<{
  none: Record<never, never>
  special: Record<never, never>
  present: { folio: ScalarDomain<number> }
  migration: { folio: ScalarDomain<number> }
}>

/** The variables of the model, for an address space of the given sizes. */
export function memory(sizes: Sizes) {
  const folios = collection('F', sizes.folios ?? sizes.pages + sizes.freeMovable + sizes.freeNormal)
  const pages = collection('page', sizes.pages)
  const cpus = collection('cpu', sizes.cpus)
  const vmas = collection('VMA', sizes.vmas ?? 1)
  const { mlock } = sizes
  const mlockFlag = mlock ? bool : constant<boolean>(false)
  const eventCount = mlock?.events ? range(0, mlock.events) : constant<number>(0)
  const state = {
    folio: array(
      folios,
      record({
        zone: sizes.nodes === undefined ? oneOf('MOVABLE', 'NORMAL') : constant<'MOVABLE' | 'NORMAL'>('NORMAL'),
        node: range(0, (sizes.nodes ?? 1) - 1),
        /** the counter itself; the fields below it are what it should be made of, beside mappings and batches */
        refs: range(0, 2 * PIN_BIAS - 1),
        pins: range(0, sizes.pinner === false ? 0 : 1),
        /** transient references of a PFN walker */
        gets: range(0, 1),
        /** on somebody's isolation list, which holds a reference */
        isolated: bool,
        /** allocated as the destination of a migration and not yet published */
        fresh: bool,
        PG_lru: bool,
        PG_locked: bool,
        PG_mlocked: mlockFlag,
        /** on the unevictable list, or taken off it */
        PG_unevictable: mlockFlag,
        /** VM_LOCKED mappings counted so far (v5.18 on). It overlays a link of the LRU list: off the list it is lost, here 0. */
        mlock_count: mlock?.count ? range(0, mlock.count) : constant<number>(0),
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
    pte: array(pages, pteOf(folios, sizes.ptesMayBeEmpty ?? false)),
    /** lru_add batches: each entry holds a reference */
    batch: array(cpus, sequence(folios, BATCH_SIZE)),
    /** mlock batches (v5.18 on): each entry holds a reference */
    mlockBatch: array(cpus, sequence(record({ folio: folios, kind: mlockKinds }), mlock?.capacity ?? 0)),
    /** the lruvec lock; there is one lruvec */
    lruLock: mlockFlag,
    /** the local lock of a CPU's batches is held across steps: its task is neither preempted nor moved */
    localLock: array(cpus, mlockFlag),
    NR_MLOCK: mlock ? range(0, folios.size) : constant<number>(0),
    event: array(oneOf(...MLOCK_EVENTS), eventCount),
    countsEvents: constant<boolean>(mlock?.events !== undefined),
    lruCacheDisabled: sizes.lruCacheMayBeDisabled ? bool : constant<boolean>(false),
  }
  return { folios, pages, cpus, vmas, state }
}

function pteOf(folio: ScalarDomain<number>, mayBeEmpty: boolean): Domain<Pte> {
  const mapped = { present: { folio }, migration: { folio } }
  return (mayBeEmpty ? union({ none: {}, special: {}, ...mapped }) : union(mapped)) as Domain<Pte>
}

export type Memory = ReturnType<typeof memory>
export type Mm = StateOf<Memory['state']>

/** All pages mapped, each to its own folio on the LRU; the other folios free. */
export function bootMemory(s: Mm, sizes: Sizes): void {
  for (const f of s.folio.keys()) {
    const mapped = f < sizes.pages
    const zone = f < sizes.pages + sizes.freeMovable ? 'MOVABLE' : 'NORMAL'
    s.folio[f] = {
      zone,
      node: 0,
      refs: mapped ? 1 : 0,
      pins: 0,
      gets: 0,
      isolated: false,
      fresh: false,
      PG_lru: mapped,
      PG_locked: false,
      PG_mlocked: false,
      PG_unevictable: false,
      mlock_count: 0,
    }
    if (mapped) s.pte[f] = { kind: 'present', folio: f }
  }
  for (const cpu of s.batch.keys()) s.batch[cpu] = []
  s.vma.fill({ VM_LOCKED: false, VM_IO: false })
  for (const cpu of s.mlockBatch.keys()) s.mlockBatch[cpu] = []
  s.lruLock = false
  s.localLock.fill(false)
  s.NR_MLOCK = 0
  for (const name of MLOCK_EVENTS) s.event[name] = 0
  s.countsEvents = sizes.mlock?.events !== undefined
  s.lruCacheDisabled = false
}

/** folio_put: the last reference frees the folio. PG_mlocked does not keep it; it is cleared and counted. */
export function folioPut(s: Mm, f: number, references = 1): void {
  const folio = s.folio[f]
  folio.refs -= references
  if (folio.refs > 0) return
  folio.PG_lru = false
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

/** The number of page-table entries that map a folio (its mapcount). */
export function mapcount(s: Mm, f: number): number {
  return s.pte.filter((pte) => pte.kind === 'present' && pte.folio === f).length
}

/** The first free folio of a zone: which one the allocator picks does not matter. Null when there is none. */
export function freeFolio(s: Mm, zone: 'MOVABLE' | 'NORMAL'): number | null {
  const f = s.folio.findIndex((folio) => folio.zone === zone && folio.refs === 0)
  return f < 0 ? null : f
}
