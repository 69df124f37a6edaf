/** The states that a search has found, level by level, wherever they are kept: what traces and audits look at. */

import type { Depot } from './depot.ts'
import type { Explorer } from './explorer.ts'
import { type IdRange, rangesSize } from './space.ts'

/** States read from disk together. */
const PIECE = 4096

/** What tells a state from others: its number in memory, or its words as text. */
export type StateKey = number | string

/** Where the packed words of a state lie, until the next one is looked at. */
export interface StatePlace {
  readonly words: Int32Array
  readonly base: number
}

export interface FoundStates {
  /** levels, the initial states being level 1 */
  readonly depth: number
  size(level: number): number
  each(level: number): Iterable<StatePlace>
  /** copies of up to `count` states of some levels, evenly spread over them */
  sample(from: number, to: number, count: number): Int32Array[]
  /** the key of the state packed at `base`, or of the one that stands for it; 0 where there is none in memory */
  keyOf(words: Int32Array, base: number): StateKey
  wordsOf(key: StateKey): Int32Array
}

/** States in the log of a space. */
export function statesInMemory(explorer: Explorer, levels: readonly (readonly IdRange[])[]): FoundStates {
  const { space } = explorer
  const { stride, words } = space
  const copy = (id: number) => space.log.slice(id * stride, id * stride + words)
  return {
    get depth() {
      return levels.length
    },
    size: (level) => rangesSize(levels[level - 1] ?? []),
    *each(level) {
      for (const { from, to } of levels[level - 1] ?? [])
        for (let id = from; id < to; id++) yield { words: space.log, base: id * stride }
    },
    sample(from, to, count) {
      const ranges = levels.slice(from - 1, to).flat()
      const position = positionsIn(ranges)
      return spread(rangesSize(ranges), count).map((at) => copy(position(at)))
    },
    keyOf: (given, base) => (given === space.log ? base / stride : explorer.idOf(given, base)),
    wordsOf: (key) => copy(key as number),
  }
}

/** States in a depot. */
export function statesInDepot({ symmetry }: Explorer, depot: Depot): FoundStates {
  const { words } = depot.space
  return {
    get depth() {
      return depot.levels.length
    },
    size: (level) => depot.levels[level - 1]?.size ?? 0,
    *each(level) {
      if (depot.levels[level - 1] === undefined) return
      for (const piece of depot.pieces(level, PIECE))
        for (let base = 0; base < piece.length; base += words) yield { words: piece, base }
    },
    sample(from, to, count) {
      const levels = depot.levels.slice(from - 1, to)
      const size = levels.reduce((sum, level) => sum + level.size, 0)
      return spread(size, count).map((at) => depot.stateAt(levels[0].first + at))
    },
    keyOf(given, base) {
      const [state, at] = symmetry === null ? [given, base] : [symmetry.canonical(given, base), 0]
      let key = ''
      for (let word = at; word < at + words; word++)
        key += String.fromCharCode(state[word] & 0xffff, state[word] >>> 16)
      return key
    },
    wordsOf: (key) =>
      Int32Array.from(
        { length: words },
        (_, word) => String(key).charCodeAt(2 * word) | (String(key).charCodeAt(2 * word + 1) << 16),
      ),
  }
}

/** Up to `count` numbers below `size`, ascending and evenly spread. */
export function spread(size: number, count: number): number[] {
  const taken = Math.min(size, count)
  return Array.from({ length: taken }, (_, at) => Math.floor((at * size) / taken))
}

/** The number at a position of the ranges; positions must be asked for in ascending order. */
function positionsIn(ranges: readonly IdRange[]): (position: number) => number {
  let [at, skipped] = [0, 0]
  return (position) => {
    while (position >= skipped + ranges[at].to - ranges[at].from) skipped += ranges[at].to - ranges[at++].from
    return ranges[at].from + position - skipped
  }
}
