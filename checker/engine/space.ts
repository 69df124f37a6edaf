/**
 * The state space: every distinct state in full, in the order of discovery, and the hash table that finds them. A record
 * is the packed words of a state and the number of its parent; states are numbered from 1, and number 0 is nobody. An
 * entry of the table is the number of a state, which fits the bits that select a slot, below the other bits of its hash:
 * most entries of other states are told apart without a look at their record.
 * Everything lies in shared memory, so that several threads can work on one space.
 */
import type { Layout } from './layout.ts'

/** Positions in the control block that all threads share. */
export const CONTROL = { cursor: 0, pause: 1, nextBlock: 2, size: 4 } as const

/** The shared memory of a space; posted to other threads as it is. */
export interface SpaceMemory {
  readonly log: SharedArrayBuffer
  readonly table: SharedArrayBuffer
  readonly control: SharedArrayBuffer
}

/** States handed out to one thread at a time, so that threads append without meeting. */
export const BLOCK = 1024

const SMALLEST_TABLE = 1 << 12
const SMALLEST_LOG = 1 << 12
/** above this many states the log gets all the address space it may ever use, and no longer moves */
const RESERVE_ABOVE = 1 << 22
const LOAD_LIMIT = 0.7
const ENTER_RUN = 128

export class Space {
  readonly words: number
  /** words per record */
  readonly stride: number
  log: Int32Array
  table: Int32Array
  readonly control: Int32Array
  /** keeps the loads of `#enter` alive */
  touched = 0

  constructor(layout: Layout, memory?: SpaceMemory) {
    this.words = layout.words
    this.stride = layout.words + 1
    this.log = new Int32Array(memory?.log ?? new SharedArrayBuffer(SMALLEST_LOG * this.stride * 4))
    this.table = new Int32Array(memory?.table ?? new SharedArrayBuffer(SMALLEST_TABLE * 4))
    this.control = new Int32Array(memory?.control ?? new SharedArrayBuffer(CONTROL.size * 4))
    if (memory === undefined) this.control[CONTROL.nextBlock] = 1
  }

  get memory(): SpaceMemory {
    return {
      log: this.log.buffer as SharedArrayBuffer,
      table: this.table.buffer as SharedArrayBuffer,
      control: this.control.buffer as SharedArrayBuffer,
    }
  }

  /** Points this thread's view at memory that another thread has grown. */
  attach(memory: SpaceMemory): void {
    if (memory.log !== this.log.buffer) this.log = new Int32Array(memory.log)
    if (memory.table !== this.table.buffer) this.table = new Int32Array(memory.table)
  }

  /** How many states fit before `grow` must be called. */
  get capacity(): number {
    return Math.min(this.log.length / this.stride - BLOCK, this.table.length * LOAD_LIMIT)
  }

  /** Numbers handed out so far, which is the number of states, give or take the open blocks of the threads. */
  get reserved(): number {
    return Atomics.load(this.control, CONTROL.nextBlock) - 1
  }

  /** Bytes in use: records written, and the hash table. */
  get bytes(): number {
    return this.reserved * this.stride * 4 + this.table.length * 4
  }

  /** Bytes that `grow` needs at its peak, beyond those in use. */
  get growthBytes(): number {
    const table = this.table.length * 8
    return this.log.length / this.stride > RESERVE_ABOVE ? table : table + this.log.length * 8
  }

  /**
   * Doubles what is too small for `wanted` states. Only while no other thread works. `limit` is the number of bytes that
   * all states may use; it bounds the address space that a large log reserves. Throws a RangeError when the machine gives
   * no more.
   */
  grow(wanted: number, ranges: readonly IdRange[], limit: number): void {
    const records = this.log.length / this.stride
    if (records - BLOCK <= wanted) {
      const size = records >= RESERVE_ABOVE ? Math.max(2 * records, Math.ceil(limit / (this.stride * 4))) : 2 * records
      const grown = reserve(size * this.stride, (records + RESERVE_ABOVE / 4) * this.stride)
      grown.set(this.log)
      this.log = grown
    }
    if (this.table.length * LOAD_LIMIT <= wanted) {
      this.table = new Int32Array(new SharedArrayBuffer(this.table.length * 8))
      for (const range of ranges) this.#enter(range)
    }
  }

  /** Enters states that are known to be distinct. In runs, like the insertion, so that cache misses overlap. */
  #enter({ from, to }: IdRange): void {
    const { log, table, stride, words } = this
    const mask = table.length - 1
    const hashes = new Int32Array(ENTER_RUN)
    for (let first = from; first < to; first += ENTER_RUN) {
      const count = Math.min(ENTER_RUN, to - first)
      let touched = 0
      for (let at = 0; at < count; at++) hashes[at] = hashWords(log, (first + at) * stride, words)
      for (let at = 0; at < count; at++) touched ^= table[hashes[at] & mask]
      this.touched = touched
      for (let at = 0; at < count; at++) {
        let slot = hashes[at] & mask
        while (table[slot] !== 0) slot = (slot + 1) & mask
        table[slot] = (hashes[at] & ~mask) | (first + at)
      }
    }
  }

  /** The number of the state whose words begin at `base`, or 0 when it is not in the space. */
  find(words: Readonly<Int32Array>, base: number): number {
    const mask = this.table.length - 1
    const hash = hashWords(words, base, this.words)
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.table[slot]
      if (entry === 0) return 0
      if (((entry ^ hash) & ~mask) !== 0) continue
      const id = entry & mask
      let word = 0
      while (word < this.words && this.log[id * this.stride + word] === words[base + word]) word++
      if (word === this.words) return id
    }
  }

  parent(id: number): number {
    return this.log[id * this.stride + this.words]
  }
}

/** States `from` to `to - 1`. */
export interface IdRange {
  readonly from: number
  readonly to: number
}

export const rangesSize = (ranges: readonly IdRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from, 0)

function reserve(wanted: number, least: number): Int32Array {
  for (let size = Math.min(wanted, 2 ** 32 - 1); ; size = Math.floor(size * 0.75)) {
    try {
      return new Int32Array(new SharedArrayBuffer(size * 4))
    } catch (thrown) {
      if (size <= least) throw thrown
    }
  }
}

/** The hash of a packed state. The generated insertion computes the same, unrolled. */
export function hashWords(words: Readonly<Int32Array>, base: number, count: number): number {
  let h = 0x2545f491
  for (let at = 0; at < count; at++) {
    h = Math.imul(h ^ words[base + at], 0x9e3779b1)
    h ^= h >>> 15
  }
  h = Math.imul(h ^ (h >>> 13), 0x85ebca6b)
  return h ^ (h >>> 16)
}
