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
}

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
      }),
    ),
    pte: array(pages, pteOf(folios, sizes.ptesMayBeEmpty ?? false)),
    /** lru_add batches: each entry holds a reference */
    batch: array(cpus, sequence(folios, BATCH_SIZE)),
    lruCacheDisabled: sizes.lruCacheMayBeDisabled ? bool : constant<boolean>(false),
  }
  return { folios, pages, cpus, state }
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
    }
    if (mapped) s.pte[f] = { kind: 'present', folio: f }
  }
  for (const cpu of s.batch.keys()) s.batch[cpu] = []
  s.lruCacheDisabled = false
}

/** folio_put: the last reference frees the folio. */
export function folioPut(s: Mm, f: number, references = 1): void {
  s.folio[f].refs -= references
  if (s.folio[f].refs === 0) s.folio[f].PG_lru = false
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
