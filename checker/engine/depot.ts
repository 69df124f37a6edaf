/**
 * Where a search keeps its states when they do not lie in the space, one after the other as they were found. The space
 * then holds a piece of the level that is expanded, and behind it the successors that were not yet looked up here: a
 * flush moves those that are new to the next level, and makes the rest of the space free again.
 */
import type { SavedLevels } from './checkpoint-files.ts'
import { CONTROL, hashWords, type IdRange, rangesSize, type Space } from './space.ts'
import { BLOCK } from './space-memory.ts'

/** Sizes for tests. */
export interface DepotOptions {
  /** states expanded at a time */
  readonly piece?: number
  /** successors after which they are flushed, though there is room for more */
  readonly flushAt?: number
}

/** A level: its first state, counted over all levels, and how many it has. */
export interface DepotLevel {
  readonly first: number
  size: number
  /** the numbers of its states, for a checkpoint */
  ranges: readonly IdRange[]
}

/** Up to this share of the table, and this many, states are dealt with by themselves, without a look at the whole of it. */
const FEW = { share: 1 / 16, most: 1 << 16 }

export abstract class Depot {
  readonly space: Space
  readonly levels: DepotLevel[] = []
  /** states of all levels */
  distinct = 0
  /** the first number that no state has */
  next: number
  readonly #options: DepotOptions
  #piece: number

  /** `next` is the first number that is free. */
  constructor(space: Space, options: DepotOptions, next: number) {
    this.space = space
    this.next = next
    this.#options = options
    this.#piece = this.#pieceOf()
  }

  /** States expanded at a time; they have the numbers from 1 in memory. */
  get piece(): number {
    return this.#piece
  }

  /** Bytes on disk. */
  abstract readonly diskBytes: number
  /** Bytes in memory, beside the space. */
  abstract readonly bytes: number

  /** Moves what is new among the states of some ranges to the last level, and empties the space. Yields now and then. */
  abstract flush(found: readonly IdRange[]): Generator<void>

  /** Takes over a level that lies in the space. Yields now and then. */
  abstract addLevel(ranges: readonly IdRange[]): Generator<void>

  /** Ends taking over levels, and empties the space. */
  abstract dump(): Generator<void>

  /** Adds records to the last level; where that needs the space, `dump` empties it. */
  abstract absorb(records: Int32Array): void

  abstract close(): void

  /** Copies the words of states, counted over all levels. */
  protected abstract read(into: Int32Array, position: number): void

  /** Tells whether the successors gathered so far should be flushed. */
  get due(): boolean {
    return this.space.reserved - this.piece >= (this.#options.flushAt ?? Infinity)
  }

  /** Begins the next level. Its states get the given numbers, or those that come next. */
  beginLevel(ranges?: readonly IdRange[]): void {
    this.levels.push({ first: this.distinct, size: 0, ranges: ranges ?? [] })
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

  /** Reads states of a level into the space, as the numbers from 1; answers how many there were. */
  load(level: number, from: number): number {
    const { log, stride, words } = this.space
    const { first, size } = this.levels[level - 1]
    const count = Math.min(this.piece, size - from)
    const states = new Int32Array(count * words)
    this.read(states, first + from)
    for (let at = 0; at < count; at++) {
      for (let word = 0; word < words; word++) log[(at + 1) * stride + word] = states[at * words + word]
      log[(at + 1) * stride + words] = 0
    }
    return count
  }

  /** The states of a level, in pieces that are valid until the next one. */
  *pieces(level: number, size: number): Iterable<Int32Array> {
    const { words } = this.space
    const { first, size: all } = this.levels[level - 1]
    const buffer = new Int32Array(Math.min(size, all) * words)
    for (let from = 0; from < all; from += size) {
      const piece = buffer.subarray(0, Math.min(size, all - from) * words)
      this.read(piece, first + from)
      yield piece
    }
  }

  /** The state at a position, counted over all levels. */
  stateAt(position: number): Int32Array {
    const state = new Int32Array(this.space.words)
    this.read(state, position)
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
    const read = (into: Int32Array, position: number) => this.read(into, position)
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

  /** Has the space, in which there is nothing, hold that many states. */
  protected resize(states: number): void {
    this.space.renew(states)
    this.#piece = this.#pieceOf()
    this.space.control[CONTROL.nextBlock] = this.piece + 1
  }

  #pieceOf(): number {
    return Math.max(1, Math.min(this.#options.piece ?? Infinity, Math.floor(this.space.capacity / 8)))
  }

  /** Counts states that were added to the last level. */
  protected grown(count: number): void {
    this.levels[this.levels.length - 1].size += count
    this.distinct += count
  }

  /** Tells whether so few states were found that they are better dealt with one by one. */
  protected few(found: readonly IdRange[]): boolean {
    return rangesSize(found) <= Math.min(FEW.most, this.space.table.length * FEW.share)
  }

  /** Empties the space behind the piece: its table, or where few states were found the clusters that they lie in. */
  protected clear(found: readonly IdRange[] | null): void {
    const { table, log, stride, words, control } = this.space
    control[CONTROL.nextBlock] = this.piece + 1
    if (found === null || !this.few(found)) {
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
}
