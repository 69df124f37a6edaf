/**
 * Descriptions of small address spaces: VMAs, what each page-table entry holds, and the folios behind them. A scenario
 * starts from one of several; every difference between kinds of pages is a difference in these fields and nothing else.
 */
import type { PolicyText } from './call.ts'

/** `unmigratable`: VM_IO, VM_PFNMAP, or a file whose pages must come from a zone below the policy zone. */
export type VmaKind = 'anon' | 'shmem' | 'unmigratable' | 'hugetlb'

export interface VmaText {
  /** first page, and length in pages */
  readonly off: number
  readonly n: number
  /** anonymous when absent */
  readonly kind?: VmaKind
  readonly policy?: PolicyText | null
  /** VMAs of one mapping can be merged (same file and offset, or anon_vma); each is of its own when absent */
  readonly mapping?: number
}

export interface FolioText {
  readonly node: number
  /** small when absent; for hugetlb the flag PG_lru stands for HPageMigratable */
  readonly size?: 'small' | 'large' | 'hugetlb'
  /** on the LRU when absent; `off` for a driver's page or one that somebody has isolated, `batch` before a drain */
  readonly lru?: 'on' | 'off' | 'batch'
  /** somebody else holds a reference for as long as it takes (GUP, a read in flight) */
  readonly held?: boolean
  /** mappings of other address spaces */
  readonly elsewhere?: number
}

/** What a page-table entry holds: a mapping or a migration entry of a folio, nothing, or no folio of the LRU. */
export type PageText = 'none' | 'special' | { readonly maps: number } | { readonly migrating: number }

export interface Layout {
  readonly vmas: readonly VmaText[]
  readonly pages: readonly PageText[]
  readonly folios: readonly FolioText[]
  /** page tables that are one PMD entry: their pages all map one large folio, or are `migrating` */
  readonly huge?: readonly number[]
  /** the nodes of the free folios, where they are not as on the machine; as many of them */
  readonly free?: readonly number[]
}

/** The machine, and how much of everything there is. */
export interface Machine {
  readonly nodes: number
  /** nodes that have memory and that the task may use (cpuset mems); all when absent */
  readonly allowed?: readonly number[]
  /** the node of the CPU that the task runs on; 0 when absent */
  readonly local?: number
  readonly cpus: number
  /** pages covered by one page table: the walk has a page table in hand at a time. All of them when absent */
  readonly pagesPerTable?: number
  /** the nodes of the folios that are free at the start */
  readonly free: readonly number[]
}

/** Nodes that a policy may be restricted to. */
export const allowedOn = ({ nodes, allowed }: Machine): readonly number[] =>
  allowed ?? Array.from({ length: nodes }, (_, node) => node)
