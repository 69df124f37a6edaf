/**
 * The state space: every distinct state in full, in the order of discovery, and the hash table that finds them. A record
 * is the packed words of a state and the number of its parent; states are numbered from 1, and number 0 is nobody.
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
const LOAD_LIMIT = 0.6

export class Space {
  readonly words: number
  /** words per record */
  readonly stride: number
  log: Int32Array
  table: Int32Array
  readonly control: Int32Array

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
      for (const { from, to } of ranges) for (let id = from; id < to; id++) this.#enter(id)
    }
  }

  #enter(id: number): void {
    const mask = this.table.length - 1
    let slot = hashWords(this.log, id * this.stride, this.words) & mask
    while (this.table[slot] !== 0) slot = (slot + 1) & mask
    this.table[slot] = id
  }

  /** The number of the state whose words begin at `base`, or 0 when it is not in the space. */
  find(words: Readonly<Int32Array>, base: number): number {
    const mask = this.table.length - 1
    let slot = hashWords(words, base, this.words) & mask
    for (;;) {
      const id = this.table[slot]
      if (id === 0) return 0
      const at = id * this.stride
      let word = 0
      while (word < this.words && this.log[at + word] === words[base + word]) word++
      if (word === this.words) return id
      slot = (slot + 1) & mask
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
