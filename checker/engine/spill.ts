/**
 * What a search keeps on disk when its states outgrow the memory. All levels lie in one file, in the order of discovery,
 * which is read once, sequentially, to expand them. The space in memory holds a piece of the level that is expanded, and
 * the successors found since the last flush. A flush sorts these, strikes out what the sorted runs of earlier states
 * have (delayed duplicate detection), and what is left is new: it is appended to the next level, and is a run itself.
 */

import type { SavedLevels } from './checkpoint-files.ts'
import { compareStates, mergeRuns, type Order, type Run, RunCursor, RunWriter } from './sorted-run.ts'
import { BLOCK, CONTROL, hashWords, type IdRange, type Space } from './space.ts'
import { SpillFile } from './spill-file.ts'

/** Where to spill to; the sizes are for tests. */
export interface SpillOptions {
  readonly dir: string
  /** states with which it begins, though there is room for more */
  readonly from?: number
  /** states expanded at a time */
  readonly piece?: number
  /** successors after which they are flushed, though there is room for more */
  readonly flushAt?: number
}

/** States compared with the runs at a time. */
const TOGETHER = 256
/** Runs from which on some are merged. */
const MOST_RUNS = 12
/** Up to this share of the table, and this many, states are sorted by themselves, without a look at the whole of it. */
const FEW = { share: 1 / 16, most: 1 << 16 }

/** A level of the file: its first state, counted over all levels, and how many it has. */
export interface SpilledLevel {
  readonly first: number
  size: number
  /** the numbers of its states, for a checkpoint */
  ranges: readonly IdRange[]
}

export class Spill {
  readonly space: Space
  readonly levels: SpilledLevel[] = []
  /** states of all levels */
  distinct = 0
  readonly #options: SpillOptions
  readonly #order: Order
  readonly #log: SpillFile
  #runs: Run[] = []
  #writer: RunWriter
  /** the first number that no state has */
  next: number
  /** states expanded at a time; they have the numbers from 1 in memory */
  readonly piece: number

  /** The space must be as large as it may become: its table orders the runs. `next` is the first number that is free. */
  constructor(space: Space, options: SpillOptions, next: number) {
    this.space = space
    this.#options = options
    this.#order = { words: space.words, mask: space.table.length - 1 }
    this.#log = new SpillFile(options.dir)
    this.#writer = new RunWriter(this.#order, this.#log, false)
    this.next = next
    this.piece = Math.max(1, Math.min(options.piece ?? Infinity, Math.floor(space.capacity / 8)))
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#runs.reduce((sum, { own, file }) => sum + (own ? file.length : 0), this.#log.length)
  }

  /** Tells whether the successors gathered so far should be flushed. */
  get due(): boolean {
    return this.space.reserved - this.piece >= (this.#options.flushAt ?? Infinity)
  }

  /** Takes over a level that lies in memory. */
  addLevel(ranges: readonly IdRange[]): void {
    this.beginLevel(ranges)
    for (const { from, to } of ranges) this.#appendStates(this.space.log, from, to)
  }

  /** Begins the next level. Its states get the given numbers, or those that come next. */
  beginLevel(ranges?: readonly IdRange[]): void {
    this.levels.push({ first: this.distinct, size: 0, ranges: ranges ?? [] })
  }

  /** Adds records to the last level, and to the memory, which `dump` empties when it says that it is full. */
  absorb(records: Int32Array): void {
    const { space } = this
    const count = records.length / space.stride
    const from = space.reserved + 1
    space.log.set(records, from * space.stride)
    space.control[CONTROL.nextBlock] = from + count
    space.enter({ from, to: from + count })
    this.#appendStates(space.log, from, from + count)
  }

  /** Writes all states of the table as a run, and empties the memory. */
  *dump(): Generator<void> {
    const writer = new RunWriter(this.#order, new SpillFile(this.#options.dir), true)
    const { table, log, stride, words } = this.space
    const count = sortTable(this.space)
    for (let at = 0; at < count; at++) {
      writer.add(log, table[at] * stride, hashWords(log, table[at] * stride, words) & this.#order.mask)
      if (at % BLOCK === 0) yield
    }
    this.#runs.push(writer.end())
    table.fill(0)
    this.reset()
  }

  /** Makes all numbers above the piece that is expanded free again. */
  reset(): void {
    this.space.control[CONTROL.nextBlock] = this.piece + 1
  }

  /** Reads states of a level into memory, as the numbers from 1; answers how many there were. */
  load(level: number, from: number): number {
    const { log, stride, words } = this.space
    const { first, size } = this.levels[level - 1]
    const count = Math.min(this.piece, size - from)
    const states = new Int32Array(count * words)
    this.#read(states, first + from)
    for (let at = 0; at < count; at++) {
      for (let word = 0; word < words; word++) log[(at + 1) * stride + word] = states[at * words + word]
      log[(at + 1) * stride + words] = 0
    }
    return count
  }

  /** Moves what is new among the states of some ranges to the last level, and empties the memory. Yields now and then. */
  *flush(found: readonly IdRange[]): Generator<void> {
    const { log, table, stride, words } = this.space
    const { mask } = this.#order
    const ids = sortedStates(this.space, found)
    const cursors = this.#runs.map((run) => new RunCursor(this.#order, run))
    this.#writer = new RunWriter(this.#order, this.#log, false)
    // Copied in a loop that does nothing else, so that the processor has many cache misses under way at once.
    const some = new Int32Array(TOGETHER * words)
    for (let first = 0; first < ids.length; first += TOGETHER) {
      const count = Math.min(TOGETHER, ids.length - first)
      for (let at = 0; at < count; at++)
        for (let word = 0; word < words; word++) some[at * words + word] = log[ids[first + at] * stride + word]
      for (let base = 0; base < count * words; base += words) {
        const slot = hashWords(some, base, words) & mask
        if (cursors.some((cursor) => cursor.has(some, base, slot))) continue
        this.#writer.add(some, base, slot)
        this.#grown(1)
      }
      yield
    }
    if (this.#writer.size > 0) this.#runs.push(this.#writer.end())
    clear(this.space, found, ids.buffer === table.buffer)
    this.reset()
    if (this.#runs.length >= MOST_RUNS) yield* this.#merge()
  }

  /** Ends the last level; removes it when it is empty. */
  endLevel(): void {
    const level = this.levels[this.levels.length - 1]
    if (level.size === 0) {
      this.levels.pop()
      return
    }
    level.ranges = [{ from: this.next, to: this.next + level.size }]
    this.next += level.size
  }

  /** The states of a level, in pieces that are valid until the next one. */
  *pieces(level: number, size: number): Iterable<Int32Array> {
    const { words } = this.space
    const { first, size: all } = this.levels[level - 1]
    const buffer = new Int32Array(Math.min(size, all) * words)
    for (let from = 0; from < all; from += size) {
      const piece = buffer.subarray(0, Math.min(size, all - from) * words)
      this.#read(piece, first + from)
      yield piece
    }
  }

  /** The state at a position, counted over all levels. */
  stateAt(position: number): Int32Array {
    const state = new Int32Array(this.space.words)
    this.#read(state, position)
    return state
  }

  /** Levels as a checkpoint saves them: records without parents. */
  saved(from: number, to: number): SavedLevels {
    const { words, stride } = this.space
    const levels = this.levels.slice(from, to)
    const positions = new Map<IdRange, number>()
    for (const { first, ranges } of levels) {
      let at = first
      for (const range of ranges) {
        positions.set(range, at)
        at += range.to - range.from
      }
    }
    const read = (into: Int32Array, position: number) => this.#read(into, position)
    return {
      ranges: levels.map(({ ranges }) => ranges),
      *records(range) {
        const states = new Int32Array(BLOCK * words)
        const records = new Int32Array(BLOCK * stride)
        const first = positions.get(range)!
        for (let at = 0; at < range.to - range.from; at += BLOCK) {
          const count = Math.min(BLOCK, range.to - range.from - at)
          read(states.subarray(0, count * words), first + at)
          for (let state = 0; state < count; state++)
            for (let word = 0; word < words; word++) records[state * stride + word] = states[state * words + word]
          yield new Uint8Array(records.buffer, 0, count * stride * 4)
        }
      },
    }
  }

  close(): void {
    for (const { own, file } of this.#runs) if (own) file.close()
    this.#log.close()
  }

  /** Merges the smaller half of the runs into one, so that each state is written again a few times in all. */
  *#merge(): Generator<void> {
    const bySize = [...this.#runs].sort((a, b) => a.size - b.size)
    const some = bySize.slice(0, MOST_RUNS / 2)
    const merged = yield* mergeRuns(this.#order, some, new SpillFile(this.#options.dir))
    for (const { own, file } of some) if (own) file.close()
    this.#runs = [...bySize.slice(MOST_RUNS / 2), merged]
  }

  #appendStates(log: Int32Array, from: number, to: number): void {
    const { stride, words } = this.space
    const state = new Int32Array(words)
    const bytes = new Uint8Array(state.buffer)
    for (let id = from; id < to; id++) {
      for (let word = 0; word < words; word++) state[word] = log[id * stride + word]
      this.#log.append(bytes)
    }
    this.#grown(to - from)
  }

  #grown(count: number): void {
    this.levels[this.levels.length - 1].size += count
    this.distinct += count
  }

  #read(into: Int32Array, position: number): void {
    this.#log.read(new Uint8Array(into.buffer, into.byteOffset, into.byteLength), position * this.space.words * 4)
  }
}

/** The numbers of all states of the table in the order of runs; they replace the entries at its beginning. */
function sortTable(space: Space): number {
  const { table, log, stride, words } = space
  const mask = table.length - 1
  // The slots that the hashes of the states select, from the beginning of the cluster that is read.
  let slots: number[] = []
  let [count, cluster] = [0, 0]
  const insert = (id: number, slot: number) => {
    let at = count
    for (; at > cluster; at--) {
      const before = slots[at - 1 - cluster]
      const order = before - slot || compareStates(words, log, table[at - 1] * stride, log, id * stride)
      if (order < 0) break
      table[at] = table[at - 1]
      slots[at - cluster] = before
    }
    table[at] = id
    slots[at - cluster] = slot
    count++
  }
  const wrapped: (readonly [number, number])[] = []
  for (let place = 0; place <= mask; place++) {
    const entry = table[place]
    if (entry === 0) {
      cluster = count
      slots = []
      continue
    }
    const id = entry & mask
    const slot = hashWords(log, id * stride, words) & mask
    // It belongs to the end of the table, which was full when it was entered.
    if (slot > place) wrapped.push([id, slot])
    else insert(id, slot)
  }
  for (const [id, slot] of wrapped) insert(id, slot)
  return count
}

/** The numbers of the states of some ranges in the order of runs. */
function sortedStates(space: Space, found: readonly IdRange[]): Int32Array {
  const { table, log, stride, words } = space
  const mask = table.length - 1
  const size = found.reduce((sum, { from, to }) => sum + to - from, 0)
  if (size > Math.min(FEW.most, table.length * FEW.share)) return table.subarray(0, sortTable(space))
  const ids = found.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at))
  const slots = new Map(ids.map((id) => [id, hashWords(log, id * stride, words) & mask]))
  ids.sort((a, b) => slots.get(a)! - slots.get(b)! || compareStates(words, log, a * stride, log, b * stride))
  return Int32Array.from(ids)
}

/** Empties the table: all of it, or the clusters that the states of some ranges lie in. */
function clear({ table, log, stride, words }: Space, found: readonly IdRange[], all: boolean): void {
  if (all) {
    table.fill(0)
    return
  }
  const mask = table.length - 1
  for (const { from, to } of found) {
    for (let id = from; id < to; id++) {
      for (let slot = hashWords(log, id * stride, words) & mask; table[slot] !== 0; slot = (slot + 1) & mask)
        table[slot] = 0
    }
  }
}
