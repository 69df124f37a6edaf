/**
 * The state space: every distinct state in full, in the order of discovery, and the hash table that finds them. A record
 * is the packed words of a state and the number of its parent; states are numbered from 1, and number 0 is nobody. An
 * entry of the table is the number of a state, which fits the bits that select a slot, below the other bits of its hash:
 * most entries of other states are told apart without a look at their record.
 * Everything lies in shared memory, so that several threads can work on one space. Longer than most files because growth,
 * alone or beside other threads, replaces what all the rest looks at; where memory comes from is elsewhere (space-memory).
 */
import { growable } from './growable.ts'
import type { Layout } from './layout.ts'
import { type SpaceCode, type SpacePlaces, spaceCode } from './space-code.ts'
import {
  BLOCK,
  ballast,
  LARGEST_ARRAY,
  LOAD_LIMIT,
  newMemory,
  ROOMY,
  type Rooms,
  type RoomySizes,
  reserve,
  roomsFor,
  roomyMemory,
  SMALLEST_LOG,
  SMALLEST_TABLE,
  type SpaceMemory,
  stageOf,
} from './space-memory.ts'
import type { SharedMemory } from './wasm/module.ts'

/** Positions in the control block that all threads share. */
export const CONTROL = {
  cursor: 0,
  pause: 1,
  nextBlock: 2,
  capacity: 3,
  entering: 4,
  helpers: 5,
  threads: 6,
  size: 7,
} as const

/** an entry must have a bit left beside the number of a state */
const LARGEST_TABLE = 2 ** 31
const ENTER_RUN = 128
/** States that one thread enters at a time, and from how many on it is worth while to share the work. */
const [PIECE, SHARED_FROM] = [2 ** 14, 2 ** 18]
/** The cursor of entering threads: the number of the growth above, and below it the piece that is next. */
const PIECE_BITS = 23

/** Asks other threads to take part in entering states into a table that has grown. */
export type CallHelpers = (ranges: readonly IdRange[], growth: number) => void

/** What a thread inserts with where log and table lie in WebAssembly memory. */
export interface Inserter {
  readonly code: SpaceCode
  readonly ints: Int32Array
  /** in bytes */
  readonly stage: number
  readonly places: SpacePlaces
}

export class Space {
  readonly words: number
  /** words per record */
  readonly stride: number
  log: Int32Array
  table: Int32Array
  readonly control: Int32Array
  /** keeps the loads of `enter` alive */
  touched = 0

  /** the WebAssembly memory in which log and table lie, with what makes the garbage collector aware of it */
  #roomy: { readonly memory: SharedMemory; readonly ballast: ArrayBuffer | null } | null = null
  readonly #sizes: RoomySizes
  /** the machine has given no WebAssembly memory */
  #refused = false
  #code: SpaceCode | null = null
  #inserter: Inserter | null | undefined
  /** where this thread's stage is; null for none */
  readonly #stage: number | null

  constructor(layout: Layout, memory?: SpaceMemory, sizes = ROOMY) {
    this.#sizes = sizes
    this.words = layout.words
    this.stride = layout.words + 1
    const { log, table, logAt, tableAt, records, slots, wasm } = memory ?? newMemory(this.stride)
    this.log = new Int32Array(log, logAt, records * this.stride)
    this.table = new Int32Array(table, tableAt, slots)
    this.#roomy = wasm && { memory: wasm, ballast: null }
    this.control = new Int32Array(memory?.control ?? new SharedArrayBuffer(CONTROL.size * 4))
    this.#stage = stageOf(this.words, Atomics.add(this.control, CONTROL.threads, 1))
    if (memory !== undefined) return
    this.control[CONTROL.nextBlock] = 1
    this.control[CONTROL.capacity] = Math.min(SMALLEST_LOG - BLOCK, SMALLEST_TABLE * LOAD_LIMIT)
    const rooms = roomsFor(this.words, SMALLEST_TABLE, 0, sizes)
    if (rooms !== null) this.#moveInto(rooms, SMALLEST_TABLE)
  }

  get memory(): SpaceMemory {
    return {
      log: this.log.buffer as SharedArrayBuffer,
      table: this.table.buffer as SharedArrayBuffer,
      logAt: this.log.byteOffset,
      tableAt: this.table.byteOffset,
      records: this.log.length / this.stride,
      slots: this.table.length,
      control: this.control.buffer as SharedArrayBuffer,
      wasm: this.#roomy?.memory ?? null,
    }
  }

  /** Points this thread's view at memory that another thread has grown. */
  attach({ log, table, logAt, tableAt, records, slots, wasm }: SpaceMemory): void {
    if (wasm !== (this.#roomy?.memory ?? null)) {
      this.#code = null
      this.#roomy = wasm && { memory: wasm, ballast: null }
    }
    this.#view(new Int32Array(log, logAt, records * this.stride), new Int32Array(table, tableAt, slots))
  }

  /** The functions that insert into this space, as this thread calls them; null where it lies in arrays. */
  get inserter(): Inserter | null {
    if (this.#inserter === undefined) this.#inserter = this.#makeInserter()
    return this.#inserter
  }

  #makeInserter(): Inserter | null {
    if (this.#roomy === null || this.#stage === null) return null
    const { memory } = this.#roomy
    this.#code ??= spaceCode(this.words, memory)
    const places = { log: this.log.byteOffset, table: this.table.byteOffset, mask: this.table.length - 1 }
    return { code: this.#code, ints: new Int32Array(memory.buffer), stage: this.#stage, places }
  }

  #view(log: Int32Array, table: Int32Array): void {
    this.log = log
    this.table = table
    this.#inserter = undefined
  }

  /** How many states fit before `grow` must be called. */
  get capacity(): number {
    return this.control[CONTROL.capacity]
  }

  /** Numbers handed out so far, which is the number of states, give or take the open blocks of the threads. */
  get reserved(): number {
    return Atomics.load(this.control, CONTROL.nextBlock) - 1
  }

  /** Bytes in use: records written, and the hash table. */
  get bytes(): number {
    return this.reserved * this.stride * 4 + this.table.length * 4
  }

  /** Bytes of a state with its share of the table, between growing and growing. */
  get bytesPerState(): number {
    return this.stride * 4 + 8
  }

  /** Bytes of a space that is full. */
  get memoryBytes(): number {
    return this.capacity * this.stride * 4 + this.table.length * 4
  }

  /**
   * Makes room for more than `wanted` states. Only while no other thread works. False, and nothing has changed, when they
   * would take more than `limit` bytes or the arrays cannot be that long. Throws a RangeError when the machine gives no
   * more.
   */
  grow(wanted: number, ranges: readonly IdRange[], limit: number, callHelpers?: CallHelpers): boolean {
    return finish(this.growing(wanted, ranges, limit, callHelpers))
  }

  /** The same in steps of a few milliseconds. All of them must be taken before anything else is done with the space. */
  *growing(
    wanted: number,
    ranges: readonly IdRange[],
    limit: number,
    callHelpers?: CallHelpers,
  ): Generator<void, boolean> {
    let slots = this.table.length
    while (slots * LOAD_LIMIT <= wanted) slots *= 2
    const most = Math.floor(Math.min(limit / 4 - slots, LARGEST_ARRAY) / this.stride)
    if (slots > LARGEST_TABLE || most - BLOCK <= wanted) return false
    const held = this.table
    const rooms = this.#refused ? null : roomsFor(this.words, slots, wanted, this.#sizes)
    if (rooms === null || !this.#moveInto(rooms, slots)) {
      if (this.#roomy !== null) this.#leave(wanted + BLOCK, slots, limit)
      else {
        if (this.log.length / this.stride - BLOCK <= wanted) this.#growLog(wanted + BLOCK, limit)
        if (slots > held.length) this.#growTable(slots)
      }
    }
    if (this.table !== held) yield* this.#enterAll(ranges, callHelpers)
    const records = Math.min(this.log.length / this.stride, most)
    this.control[CONTROL.capacity] = Math.min(records - BLOCK, slots * LOAD_LIMIT)
    return true
  }

  /** Gives the memory back, whatever lies in it, for that of an empty space. Only while no other thread works. */
  renew(wanted: number): void {
    let slots = SMALLEST_TABLE
    while (slots * LOAD_LIMIT <= wanted) slots *= 2
    const records = wanted + BLOCK + 1
    const rooms = this.#refused ? null : roomsFor(this.words, slots, wanted, this.#sizes)
    this.#roomy = null
    this.#code = null
    this.#view(new Int32Array(growable(4 * this.stride)), new Int32Array(growable(4)))
    if (rooms === null || !this.#moveInto(rooms, slots)) {
      const log = new Int32Array(growable(records * this.stride * 4), 0, records * this.stride)
      this.#view(log, new Int32Array(growable(slots * 4), 0, slots))
    }
    this.control[CONTROL.nextBlock] = 1
    this.control[CONTROL.capacity] = Math.min(records - BLOCK, slots * LOAD_LIMIT)
  }

  /** Gives log and table their places in a WebAssembly memory; false where there is none to be had. */
  #moveInto({ log, records, table }: Rooms, slots: number): boolean {
    if (this.#roomy !== null && slots === this.table.length) return true
    const memory = this.#roomy?.memory ?? roomyMemory()
    this.#refused = memory === null
    if (memory === null) return false
    const moved = new Int32Array(memory.buffer, log, records * this.stride)
    if (this.#roomy === null) moved.set(this.log.subarray(0, moved.length))
    else this.table.fill(0)
    this.#roomy = { memory, ballast: ballast(4 * (moved.length + slots)) }
    this.#view(moved, new Int32Array(memory.buffer, table, slots))
    return true
  }

  /** Gives log and table arrays of their own. Where there is no memory for both, nothing has changed. */
  #leave(least: number, slots: number, limit: number): void {
    const table = new Int32Array(new SharedArrayBuffer(slots * 4))
    const log = this.#largerLog(least, limit)
    this.#roomy = null
    this.#code = null
    this.#view(log, table)
  }

  #growLog(least: number, limit: number): void {
    let records = this.log.length / this.stride
    while (records <= least) records *= 2
    const buffer = this.log.buffer as SharedArrayBuffer
    const inPlace = Math.floor(buffer.maxByteLength / (4 * this.stride))
    if (buffer.growable && inPlace > least) {
      const length = Math.min(records, inPlace) * this.stride
      if (buffer.byteLength < length * 4) buffer.grow(length * 4)
      this.#view(new Int32Array(buffer, 0, length), this.table)
      return
    }
    this.#view(this.#largerLog(least, limit), this.table)
  }

  /** A copy of the log with room for more than `least` records. */
  #largerLog(least: number, limit: number): Int32Array {
    let records = this.log.length / this.stride
    while (records <= least) records *= 2
    const length = Math.min(records, Math.floor(LARGEST_ARRAY / this.stride)) * this.stride
    const grown = reserve(Math.max(length, Math.floor(limit / 4)), (least + 1) * this.stride)
    grown.set(this.log)
    return grown.subarray(0, grown.length - (grown.length % this.stride))
  }

  #growTable(slots: number): void {
    let buffer = this.table.buffer as SharedArrayBuffer
    if (!buffer.growable || buffer.maxByteLength < slots * 4) buffer = new SharedArrayBuffer(slots * 4)
    else if (buffer.byteLength < slots * 4) buffer.grow(slots * 4)
    // Not before there is memory: where there is none, the search ends with the table that it has.
    if (buffer === this.table.buffer) this.table.fill(0)
    this.#view(this.log, new Int32Array(buffer, 0, slots))
  }

  *#enterAll(ranges: readonly IdRange[], callHelpers?: CallHelpers): Generator<void, void> {
    if (callHelpers === undefined || rangesSize(ranges) < SHARED_FROM) {
      for (const piece of piecesOf(ranges)) {
        this.enter(piece)
        yield
      }
      return
    }
    const growth = ((this.control[CONTROL.entering] >>> PIECE_BITS) + 1) % 2 ** (31 - PIECE_BITS)
    this.control[CONTROL.entering] = growth << PIECE_BITS
    callHelpers(ranges, growth)
    yield* this.#helping(ranges, growth)
    for (;;) {
      const busy = Atomics.load(this.control, CONTROL.helpers)
      if (busy === 0) return
      Atomics.wait(this.control, CONTROL.helpers, busy)
    }
  }

  /** Enters states piece by piece, beside other threads that do the same, until all pieces of this growth are taken. */
  help(ranges: readonly IdRange[], growth: number): void {
    finish(this.#helping(ranges, growth))
  }

  *#helping(ranges: readonly IdRange[], growth: number): Generator<void, void> {
    Atomics.add(this.control, CONTROL.helpers, 1)
    const pieces = piecesOf(ranges)
    for (;;) {
      const at = Atomics.load(this.control, CONTROL.entering)
      const piece = at & (2 ** PIECE_BITS - 1)
      // Whoever comes late must not touch what has grown again since.
      if (at >>> PIECE_BITS !== growth || piece >= pieces.length) break
      if (Atomics.compareExchange(this.control, CONTROL.entering, at, at + 1) !== at) continue
      this.enter(pieces[piece], true)
      yield
    }
    Atomics.sub(this.control, CONTROL.helpers, 1)
    Atomics.notify(this.control, CONTROL.helpers)
  }

  /**
   * Enters states that are known to be distinct, beside other threads where `shared` says so. In runs, like the insertion,
   * so that cache misses overlap.
   */
  enter({ from, to }: IdRange, shared = false): void {
    const { log, table, stride, words, inserter } = this
    if (inserter !== null) {
      const { code, stage, places } = inserter
      const enter = shared ? code.enterShared : code.enter
      enter(stage, from, to, places.log, places.table, places.mask)
      return
    }
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
        const entry = (hashes[at] & ~mask) | (first + at)
        while (table[slot] !== 0 || (shared && Atomics.compareExchange(table, slot, 0, entry) !== 0))
          slot = (slot + 1) & mask
        if (!shared) table[slot] = entry
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

/** Takes all steps at once. */
export function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** The same states in ranges of a size that threads can share out. */
const piecesOf = (ranges: readonly IdRange[]): IdRange[] =>
  ranges.flatMap(({ from, to }) =>
    Array.from({ length: Math.ceil((to - from) / PIECE) }, (_, at) => ({
      from: from + at * PIECE,
      to: Math.min(to, from + (at + 1) * PIECE),
    })),
  )

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
