/** Pairs of numbers, each kept once and numbered from 1 in the order in which they came. */
import { growable } from './space.ts'

const SMALLEST = 1 << 10
const LOAD_LIMIT = 0.7
/** Pairs that are looked up together. */
export const TOGETHER = 256

export class PairTable {
  /** pairs so far */
  size = 0
  /** keeps loads alive that are made for the cache alone */
  touched = 0
  readonly #hashes = new Int32Array(TOGETHER)
  #pairs = new Int32Array(growable(8 * SMALLEST), 0, 2 * SMALLEST)
  #table = new Int32Array(growable(4 * SMALLEST), 0, SMALLEST)

  get bytes(): number {
    return this.size * 8 + this.#table.length * 4
  }

  /** Bytes with that many pairs more. */
  bytesWith(more: number): number {
    return (this.size + more) * 8 + this.#slotsFor(this.size + more) * 4
  }

  /** Makes room for that many pairs more. Throws a RangeError when the machine gives no more. */
  reserve(more: number): void {
    const wanted = this.size + more + 1
    if (this.#pairs.length < 2 * wanted) this.#pairs = lengthened(this.#pairs, 2 * wanted)
    const slots = this.#slotsFor(wanted)
    if (slots === this.#table.length) return
    this.#table.fill(0)
    this.#table = lengthened(this.#table, slots)
    for (let id = 1; id <= this.size; id++) this.#enter(id)
  }

  /**
   * Writes to `values` from `at` on the numbers of the pairs whose halves are there from `left` and from `right` on; a pair
   * that is new is added, and there must be room. At most `TOGETHER` of them, in loops that each do one thing, so that
   * the processor has many cache misses under way at once.
   */
  internAll(values: Int32Array, left: number, right: number, at: number, count: number): void {
    const [pairs, table, hashes] = [this.#pairs, this.#table, this.#hashes]
    const mask = table.length - 1
    let touched = 0
    for (let each = 0; each < count; each++) hashes[each] = hashPair(values[left + each], values[right + each])
    for (let each = 0; each < count; each++) touched ^= table[hashes[each] & mask]
    for (let each = 0; each < count; each++) {
      const hash = hashes[each]
      let slot = hash & mask
      while (table[slot] !== 0 && ((table[slot] ^ hash) & ~mask) !== 0) slot = (slot + 1) & mask
      touched ^= pairs[2 * (table[slot] & mask)]
    }
    this.touched = touched
    for (let each = 0; each < count; each++)
      values[at + each] = this.#intern(values[left + each], values[right + each], hashes[each])
  }

  #intern(a: number, b: number, hash: number): number {
    const [pairs, table] = [this.#pairs, this.#table]
    const mask = table.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = table[slot]
      if (entry === 0) {
        const id = ++this.size
        pairs[2 * id] = a
        pairs[2 * id + 1] = b
        table[slot] = (hash & ~mask) | id
        return id
      }
      if (((entry ^ hash) & ~mask) !== 0) continue
      const id = entry & mask
      if (pairs[2 * id] === a && pairs[2 * id + 1] === b) return id
    }
  }

  first(id: number): number {
    return this.#pairs[2 * id]
  }

  second(id: number): number {
    return this.#pairs[2 * id + 1]
  }

  #slotsFor(pairs: number): number {
    let slots = this.#table.length
    while (slots * LOAD_LIMIT <= pairs) slots *= 2
    return slots
  }

  #enter(id: number): void {
    const table = this.#table
    const mask = table.length - 1
    const hash = hashPair(this.#pairs[2 * id], this.#pairs[2 * id + 1])
    let slot = hash & mask
    while (table[slot] !== 0) slot = (slot + 1) & mask
    table[slot] = (hash & ~mask) | id
  }
}

/** The same array with at least that length: doubled where it lies, if possible. */
function lengthened(array: Int32Array, least: number): Int32Array<SharedArrayBuffer> {
  let length = array.length
  while (length < least) length *= 2
  const buffer = array.buffer as SharedArrayBuffer
  if (buffer.growable && buffer.maxByteLength >= length * 4) {
    if (buffer.byteLength < length * 4) buffer.grow(length * 4)
    return new Int32Array(buffer, 0, length)
  }
  const longer = new Int32Array(new SharedArrayBuffer(length * 4))
  longer.set(array)
  return longer
}

function hashPair(a: number, b: number): number {
  let h = Math.imul(a ^ 0x2545f491, 0x9e3779b1)
  h = Math.imul(b ^ h ^ (h >>> 15), 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 13), 0x85ebca6b)
  return h ^ (h >>> 16)
}
