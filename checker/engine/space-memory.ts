/**
 * The memory of a space. While it is small, log and table are two arrays. Then both lie in one WebAssembly memory, where
 * functions of WebAssembly insert; these reach 4 GiB, and what is larger lies in two arrays again.
 */
import { growable } from './growable.ts'
import { stageBytes } from './space-code.ts'
import { type SharedMemory, sharedMemory } from './wasm/module.ts'

/** The shared memory of a space; posted to other threads as it is. */
export interface SpaceMemory {
  readonly log: SharedArrayBuffer
  readonly table: SharedArrayBuffer
  /** where they begin, in bytes */
  readonly logAt: number
  readonly tableAt: number
  /** how many of each it holds now; arrays grow in place */
  readonly records: number
  readonly slots: number
  readonly control: SharedArrayBuffer
  /** the memory in which both lie, if they do */
  readonly wasm: SharedMemory | null
}

/** States handed out to one thread at a time, so that threads append without meeting. */
export const BLOCK = 1024
export const LOAD_LIMIT = 0.7
export const SMALLEST_TABLE = 1 << 13
export const SMALLEST_LOG = 1 << 13
/** elements of a typed array */
export const LARGEST_ARRAY = 2 ** 32 - 1
/** bytes that WebAssembly has addresses for */
const ADDRESSES = 2 ** 32
/** The slots of tables that are kept in WebAssembly memory, as far as that is large enough. */
export interface RoomySizes {
  readonly from: number
  readonly to: number
}
export const ROOMY: RoomySizes = { from: 2 ** 16, to: Infinity }
/** The code for a state is written out word by word. */
const MOST_WORDS = 64
/** Threads that have a stage; others insert as into arrays. */
const STAGES = 16
const PAGE = 2 ** 12
/** The table has a quarter of the addresses, which is what it needs beside states of one word or more. */
const MOST_ROOMY = 2 ** 28
const LARGEST_BALLAST = 2 ** 30

const aligned = (bytes: number): number => Math.ceil(bytes / PAGE) * PAGE

/** Where log and table lie in a WebAssembly memory, in bytes. */
export interface Rooms {
  readonly log: number
  readonly records: number
  readonly table: number
}

/**
 * The places for a table of so many slots and a log of more than `wanted` records; null where a WebAssembly memory is not
 * worth while or not large enough. They begin at the same places whatever the sizes are, so that both grow where they lie.
 */
export function roomsFor(words: number, slots: number, wanted: number, { from, to }: RoomySizes): Rooms | null {
  if (slots < from || slots > Math.min(to, MOST_ROOMY) || words > MOST_WORDS) return null
  const table = aligned(STAGES * stageBytes(words))
  const log = table + 4 * MOST_ROOMY
  const most = Math.floor((ADDRESSES - log) / (4 * (words + 1)))
  const records = Math.min(most, Math.floor(slots * LOAD_LIMIT) + 2 * BLOCK)
  return records - BLOCK <= wanted ? null : { log, records, table }
}

/** Where a thread works on records before they are in the log; null for more threads than there are places. */
export const stageOf = (words: number, thread: number): number | null =>
  thread < STAGES ? thread * stageBytes(words) : null

/** A WebAssembly memory, or null where the machine has no addresses for one. */
export function roomyMemory(): SharedMemory | null {
  try {
    return sharedMemory()
  } catch {
    return null
  }
}

/**
 * To be kept as long as so many bytes of a WebAssembly memory are in use: the garbage collector does not know how much
 * these are, and would not hurry to free them. It takes addresses and no memory, as nothing is ever written to it; null
 * where the machine has no addresses left.
 */
export function ballast(bytes: number): ArrayBuffer | null {
  try {
    return new ArrayBuffer(Math.min(bytes, LARGEST_BALLAST))
  } catch {
    return null
  }
}

/** Memory of a space without states. */
export const newMemory = (stride: number): Omit<SpaceMemory, 'control'> => ({
  log: growable(SMALLEST_LOG * stride * 4),
  table: growable(SMALLEST_TABLE * 4),
  logAt: 0,
  tableAt: 0,
  records: SMALLEST_LOG,
  slots: SMALLEST_TABLE,
  wasm: null,
})

/** As many of the wanted words as the machine has addresses for. Throws a RangeError where it has none for the least. */
export function reserve(wanted: number, least: number): Int32Array {
  for (let size = Math.min(wanted, LARGEST_ARRAY); ; size = Math.max(least, Math.floor(size * 0.75))) {
    try {
      return new Int32Array(new SharedArrayBuffer(size * 4))
    } catch (thrown) {
      if (size <= least) throw thrown
    }
  }
}
