/** What a search is asked, and what it tells while it goes on. */
import type { CheckpointEvent, CheckpointOptions } from './checkpoint.ts'
import type { Bounds } from './outcome.ts'
import type { ModelSource } from './source.ts'
import type { RoomySizes } from './space-memory.ts'
import type { SpillOptions } from './spill.ts'

export interface Progress {
  readonly level: number
  readonly distinct: number
  readonly generated: number
  /** states of this level not yet taken up */
  readonly frontier: number
  readonly bytes: number
  readonly seconds: number
  /** what is done instead of searching, where that may take a while; else empty */
  readonly doing: string
}

export interface SearchOptions extends Bounds {
  /** threads, this one included; more than one needs `source` */
  readonly workers?: number
  readonly source?: ModelSource
  /** states found before other threads are started, which join large levels when they are ready, 1 by default; 0 to wait for them at every level */
  readonly parallelFrom?: number
  /** bytes for states and hash table */
  readonly maxMemory?: number
  /** states expanded before the kernel takes over; 0 to have it do all that it can */
  readonly kernelAfter?: number
  /** sizes of the hash table for which states are kept in WebAssembly memory */
  readonly roomy?: RoomySizes
  /** keep one state of each orbit, where the model declares collections symmetric; default true */
  readonly symmetry?: boolean
  readonly onProgress?: (progress: Progress) => void
  /** ends the search soon, with what was found so far */
  readonly signal?: AbortSignal
  /** where to save what was found at the end of levels, and whether to go on from there */
  readonly checkpoint?: CheckpointOptions
  readonly onCheckpoint?: (event: CheckpointEvent) => void
  /** where to keep states that do not fit into memory; without it, the search stops there */
  readonly spill?: SpillOptions
  readonly onSpill?: (event: SpillEvent) => void
  /** keep states folded: each takes less memory, above 64 bits, and more time */
  readonly compress?: boolean
  /** states found before they are folded: fewer take little memory as they are */
  readonly foldFrom?: number
}

/** States went to disk, or could not. */
export interface SpillEvent {
  readonly dir: string
  readonly distinct: number
  /** what the system said; empty where all is well */
  readonly reason: string
}
