/** The roots of folded states: pairs of numbers, each kept once, in the order in which they came. */
import { bitsFor } from './packed-pairs.ts'
import { PairLog } from './pair-log.ts'
import { type KnownPairs, PairSet, TOGETHER } from './pair-set.ts'

export class Roots {
  readonly #log = new PairLog()
  readonly #set: PairSet

  constructor(set = new PairSet()) {
    this.#set = set
  }

  get size(): number {
    return this.#log.size
  }

  get bytes(): number {
    return this.#log.bytes + this.#set.bytes
  }

  /** Bytes with that many roots more, whose halves are below these bounds. */
  bytesWith(more: number, first: number, second: number): number {
    return (
      this.#log.bytesWith(more, bitsFor(first) + bitsFor(second)) + this.#set.bytesWith(this.size + more, first, second)
    )
  }

  /** Makes room for that many more. Yields now and then. Throws a RangeError when there can be no more. */
  *reserving(more: number, first: number, second: number): Generator<void> {
    this.#log.reserve(more)
    yield* this.#set.reserving(this.size + more, first, second, () => this.#known())
  }

  /**
   * Adds those that are new of the pairs whose halves lie in `values` from `left` and from `right` on. Answers how many
   * pairs were dealt with: fewer than `count`, at most TOGETHER, when room must be made before the rest of them.
   */
  addAll(values: Int32Array, left: number, right: number, count: number): number {
    return this.#set.addAll(values, left, right, count, this.#log)
  }

  /** Writes the halves of some roots, from a position on, to `values` from `left` and from `right` on. */
  read(position: number, values: Int32Array, left: number, right: number, count: number): void {
    for (let at = 0; at < count; )
      at += this.#log.read(position + at, count - at, values, left + at, values, right + at)
  }

  *#known(): KnownPairs {
    const [first, second] = [new Int32Array(TOGETHER), new Int32Array(TOGETHER)]
    for (let at = 0; at < this.size; ) {
      const count = this.#log.read(at, TOGETHER, first, 0, second, 0)
      yield { first, second, count }
      at += count
    }
  }
}
