/** Pairs of numbers, each kept once and numbered from 1 in the order in which they came. */
import { growable, grownTo } from './growable.ts'
import { bitsFor, PackedPairs } from './packed-pairs.ts'
import { TOGETHER } from './pair-set.ts'

const SMALLEST = 1 << 10
const LOAD_LIMIT = 0.85
const GROWTH = 1.25

export class PairTable {
  /** pairs so far */
  size = 0
  /** keeps loads alive that are made for the cache alone */
  touched = 0
  readonly #pairs: PackedPairs
  /** the number of a pair, and above it the bits of its hash that there is room for; 0 where there is none */
  #slots = new Int32Array(growable(4 * SMALLEST), 0, SMALLEST)
  #idBits = bitsFor(SMALLEST)
  /** of the pairs at hand: those that are distinct, their hashes, and for each of all the one that it is the same as */
  readonly #distinct = new Int32Array(TOGETHER)
  readonly #hashes = new Int32Array(TOGETHER)
  readonly #same = new Int32Array(TOGETHER)
  /** by some bits of the hash, the pair that came last */
  readonly #recent = new Int32Array(TOGETHER)

  /** Pairs whose halves have at least so many bits, at most 32. */
  constructor(first: number, second: number) {
    this.#pairs = new PackedPairs(first, second)
  }

  get bytes(): number {
    return this.#pairs.bytesOf(this.size + 1) + this.#slots.length * 4
  }

  /** Bytes with that many pairs more, when their halves have at least so many bits. */
  bytesWith(more: number, first: number, second: number): number {
    return this.#pairs.bytesOf(this.size + more + 1, first, second) + this.#slotsFor(this.size + more) * 4
  }

  /** Makes room for that many pairs more. Yields now and then. Throws a RangeError when the machine gives no more. */
  *reserving(more: number, first: number, second: number): Generator<void> {
    this.#pairs.reserve(this.size + more + 1, this.size + 1, first, second)
    const slots = this.#slotsFor(this.size + more)
    if (slots === this.#slots.length) return
    const buffer = grownTo(this.#slots.buffer as SharedArrayBuffer, slots * 4)
    this.#slots = new Int32Array(buffer, 0, slots).fill(0)
    this.#idBits = bitsFor(slots)
    for (let from = 1; from <= this.size; from += TOGETHER) {
      this.#enter(from, Math.min(TOGETHER, this.size + 1 - from))
      yield
    }
  }

  /**
   * Writes to `values` from `at` on the numbers of the pairs whose halves are there from `left` and from `right` on; a pair
   * that is new is added, and there must be room. At most TOGETHER of them, in loops that each do one thing, so that
   * the processor has many cache misses under way at once.
   */
  internAll(values: Int32Array, left: number, right: number, at: number, count: number): void {
    const some = this.#without(values, left, right, count)
    const [pairs, slots, hashes, distinct, same] = [this.#pairs, this.#slots, this.#hashes, this.#distinct, this.#same]
    const [scale, mask] = [slots.length / 2 ** 32, 2 ** this.#idBits - 1]
    let touched = 0
    for (let one = 0; one < some; one++) touched ^= slots[homeOf(hashes[one], scale)]
    for (let one = 0; one < some; one++) touched ^= pairs.touch(slots[homeOf(hashes[one], scale)] & mask)
    this.touched ^= touched
    for (let one = 0; one < some; one++) {
      const each = distinct[one]
      values[at + each] = this.#intern(values[left + each], values[right + each], hashes[one])
    }
    if (some === count) return
    for (let each = 0; each < count; each++) values[at + each] = values[at + same[each]]
  }

  /** Gathers the pairs without most of those that came before in the same turn, which is what many have done. */
  #without(values: Int32Array, left: number, right: number, count: number): number {
    const [hashes, distinct, same, recent] = [this.#hashes, this.#distinct, this.#same, this.#recent]
    let some = 0
    for (let each = 0; each < count; each++) {
      const [a, b] = [values[left + each], values[right + each]]
      const hash = hashPair(a, b)
      const before = recent[hash & (TOGETHER - 1)]
      // It may be of another turn; then what lies there now is compared, which does no harm.
      if (before < each && values[left + before] === a && values[right + before] === b) {
        same[each] = same[before]
        continue
      }
      recent[hash & (TOGETHER - 1)] = each
      same[each] = each
      hashes[some] = hash
      distinct[some++] = each
    }
    return some
  }

  /** The way back: writes the halves of the pairs whose numbers lie from `at` on. */
  splitAll(values: Int32Array, at: number, left: number, right: number, count: number): void {
    const pairs = this.#pairs
    for (let each = 0; each < count; each++) {
      values[left + each] = pairs.first(values[at + each])
      values[right + each] = pairs.second(values[at + each])
    }
  }

  #intern(a: number, b: number, hash: number): number {
    const [pairs, slots, idBits] = [this.#pairs, this.#slots, this.#idBits]
    const tag = hash << idBits
    for (let slot = homeOf(hash, slots.length / 2 ** 32); ; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      const entry = slots[slot]
      if (entry === 0) {
        const id = ++this.size
        pairs.set(id, a, b)
        slots[slot] = tag | id
        return id
      }
      if ((entry ^ tag) >>> idBits !== 0) continue
      const id = entry ^ tag
      if (pairs.first(id) === a && pairs.second(id) === b) return id
    }
  }

  #slotsFor(pairs: number): number {
    let slots = this.#slots.length
    while (slots * LOAD_LIMIT <= pairs) slots = Math.ceil(slots * GROWTH)
    return slots
  }

  /** Enters pairs, numbered from `first`, into slots in which they are not. */
  #enter(first: number, count: number): void {
    const [pairs, slots, hashes, idBits] = [this.#pairs, this.#slots, this.#hashes, this.#idBits]
    const scale = slots.length / 2 ** 32
    let touched = 0
    for (let each = 0; each < count; each++)
      hashes[each] = hashPair(pairs.first(first + each), pairs.second(first + each))
    for (let each = 0; each < count; each++) touched ^= slots[homeOf(hashes[each], scale)]
    this.touched ^= touched
    for (let each = 0; each < count; each++) {
      let slot = homeOf(hashes[each], scale)
      while (slots[slot] !== 0) slot = slot + 1 === slots.length ? 0 : slot + 1
      slots[slot] = (hashes[each] << idBits) | (first + each)
    }
  }
}

/** The slot that a hash selects: its upper bits, as slots are no power of two. */
const homeOf = (hash: number, scale: number): number => Math.floor((hash >>> 0) * scale)

function hashPair(a: number, b: number): number {
  let h = Math.imul(a ^ 0x2545f491, 0x9e3779b1)
  h = Math.imul(b ^ h ^ (h >>> 15), 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 13), 0x85ebca6b)
  return h ^ (h >>> 16)
}
