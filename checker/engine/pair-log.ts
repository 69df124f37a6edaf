/**
 * Pairs of numbers in the order in which they came. They are packed in blocks: in each of them a half takes the bits that
 * its largest difference from the smallest one needs. Only the last block lies there as it came.
 */
import { growable, grownTo } from './growable.ts'
import { bitsFor, readBits, writeBits } from './packed-pairs.ts'

/** Pairs packed together. */
const PACKED = 256
/** Words of a chunk of memory; a block lies in one of them. */
const CHUNK = 1 << 18
/** Words before the bits of a block: the smallest of each half, and how many bits both take. */
const HEAD = 3
/** The most words of a block. */
const LARGEST = HEAD + 2 * PACKED
const SMALLEST = 1 << 10

export class PairLog {
  size = 0
  readonly #chunks: Int32Array[] = []
  /** the chunk that is being filled, and how many of its words are used */
  #chunk = 0
  #used = 0
  /** where each block begins, counted in words over all chunks */
  #places = new Uint32Array(growable(4 * SMALLEST), 0, SMALLEST)
  readonly #last: readonly [Int32Array, Int32Array] = [new Int32Array(PACKED), new Int32Array(PACKED)]

  get bytes(): number {
    return 4 * (this.#chunk * CHUNK + this.#used + this.#places.length + 2 * PACKED)
  }

  /** Bytes with that many pairs more, when they take that many bits each. */
  bytesWith(more: number, bits: number): number {
    return this.bytes + Math.ceil((more * bits) / 8 + (more / PACKED + 1) * 4 * (HEAD + 2))
  }

  /** Makes room for that many pairs more, whatever their bits. Throws a RangeError when the machine gives no more memory. */
  reserve(more: number): void {
    const blocks = Math.ceil(more / PACKED) + 1
    const places = (this.size >>> 8) + blocks
    if (this.#places.length < places) {
      const length = Math.max(places, Math.ceil(this.#places.length * 1.25))
      this.#places = new Uint32Array(grownTo(this.#places.buffer as SharedArrayBuffer, length * 4), 0, length)
    }
    const last = this.#chunk + Math.ceil((this.#used + blocks * LARGEST) / (CHUNK - LARGEST))
    // A word behind the last one, because bits are read from two words.
    while (this.#chunks.length <= last) this.#chunks.push(new Int32Array(CHUNK + 1))
  }

  /** There must be room. */
  add(a: number, b: number): void {
    const at = this.size % PACKED
    this.#last[0][at] = a
    this.#last[1][at] = b
    if (at === PACKED - 1) this.#pack(this.size >>> 8)
    this.size++
  }

  /** Copies the halves of up to `wanted` pairs from a position on, as far as they lie in one block; answers how many. */
  read(position: number, wanted: number, a: Int32Array, toA: number, b: Int32Array, toB: number): number {
    const [block, from] = [position >>> 8, position & (PACKED - 1)]
    const count = Math.min(wanted, PACKED - from, this.size - position)
    if (block === this.size >>> 8) {
      a.set(this.#last[0].subarray(from, from + count), toA)
      b.set(this.#last[1].subarray(from, from + count), toB)
      return count
    }
    const place = this.#places[block]
    const [words, at] = [this.#chunks[place >>> 18], place & (CHUNK - 1)]
    const [least, other, widths] = [words[at], words[at + 1], words[at + 2]]
    const [wide, width] = [widths & 63, (widths & 63) + (widths >>> 6)]
    for (let each = 0, offset = from * width; each < count; each++, offset += width) {
      a[toA + each] = least + readBits(words, at + HEAD, offset, wide)
      b[toB + each] = other + readBits(words, at + HEAD, offset + wide, width - wide)
    }
    return count
  }

  #pack(block: number): void {
    const [a, b] = this.#last
    const [least, other] = [smallest(a), smallest(b)]
    const [wide, narrow] = [bitsFor(largest(a) - least + 1), bitsFor(largest(b) - other + 1)]
    const length = HEAD + Math.ceil((PACKED * (wide + narrow)) / 32)
    if (this.#used + length > CHUNK) {
      this.#chunk++
      this.#used = 0
    }
    const at = this.#used
    const words = this.#chunks[this.#chunk]
    words[at] = least
    words[at + 1] = other
    words[at + 2] = wide | (narrow << 6)
    for (let each = 0, offset = 0; each < PACKED; each++, offset += wide + narrow) {
      writeBits(words, at + HEAD, offset, wide, a[each] - least)
      writeBits(words, at + HEAD, offset + wide, narrow, b[each] - other)
    }
    this.#places[block] = this.#chunk * CHUNK + at
    this.#used += length
  }
}

const smallest = (values: Int32Array): number => values.reduce((a, b) => Math.min(a, b))
const largest = (values: Int32Array): number => values.reduce((a, b) => Math.max(a, b))
