/**
 * Pairs of numbers by place, each half in a fixed number of bits that may become larger: 32 pairs of n bits take n words.
 */
import { growable, grownTo } from './growable.ts'

const SMALLEST = 1 << 8

export class PackedPairs {
  #first: number
  #second: number
  #words = new Int32Array(growable(4 * SMALLEST), 0, SMALLEST)

  /** Halves of that many bits, at most 32. */
  constructor(first: number, second: number) {
    this.#first = first
    this.#second = second
  }

  /** Bytes of so many pairs whose halves have at least that many bits. */
  bytesOf(count: number, first = 0, second = 0): number {
    return Math.ceil(count / 32) * (Math.max(first, this.#first) + Math.max(second, this.#second)) * 4
  }

  /**
   * Makes room for places below `count`, and for halves of at least so many bits; the pairs below `used` stay what they
   * are. Throws a RangeError when the machine gives no more memory.
   */
  reserve(count: number, used: number, first: number, second: number): void {
    const words = this.bytesOf(count, first, second) / 4
    if (this.#words.length < words) {
      const length = Math.max(words, Math.ceil(this.#words.length * 1.25))
      this.#words = new Int32Array(grownTo(this.#words.buffer as SharedArrayBuffer, length * 4), 0, length)
    }
    const [before, width] = [this.#first, this.#first + this.#second]
    if (first <= before && second <= width - before) return
    this.#first = Math.max(first, before)
    this.#second = Math.max(second, width - before)
    // From the last one on: where a pair comes to lie, there are only pairs that have been moved.
    for (let at = used - 1; at >= 0; at--) {
      const [base, offset] = [(at >>> 5) * width, (at & 31) * width]
      const a = readBits(this.#words, base, offset, before)
      this.set(at, a, readBits(this.#words, base, offset + before, width - before))
    }
  }

  set(at: number, a: number, b: number): void {
    const width = this.#first + this.#second
    const [base, offset] = [(at >>> 5) * width, (at & 31) * width]
    writeBits(this.#words, base, offset, this.#first, a)
    writeBits(this.#words, base, offset + this.#first, this.#second, b)
  }

  /** Loads the pair into the processor's cache. */
  touch(at: number): number {
    const width = this.#first + this.#second
    return this.#words[(at >>> 5) * width + (((at & 31) * width) >>> 5)]
  }

  first(at: number): number {
    const width = this.#first + this.#second
    return readBits(this.#words, (at >>> 5) * width, (at & 31) * width, this.#first)
  }

  second(at: number): number {
    const width = this.#first + this.#second
    return readBits(this.#words, (at >>> 5) * width, (at & 31) * width + this.#first, this.#second)
  }
}

/** The bits in which the numbers below `count` can be written. */
export const bitsFor = (count: number): number => (count <= 1 ? 0 : 32 - Math.clz32(count - 1))

/** Reads `width` bits, `offset` bits behind the word `base`; 32 of them come signed, fewer do not. */
export function readBits(words: Int32Array, base: number, offset: number, width: number): number {
  const [word, shift] = [base + (offset >>> 5), offset & 31]
  const low = words[word] >>> shift
  const both = shift + width > 32 ? low | (words[word + 1] << (32 - shift)) : low
  return width === 32 ? both | 0 : both & ((1 << width) - 1)
}

/** Writes `width` bits there, whatever was there before; `value` has no others. */
export function writeBits(words: Int32Array, base: number, offset: number, width: number, value: number): void {
  const [word, shift] = [base + (offset >>> 5), offset & 31]
  const mask = width === 32 ? -1 : (1 << width) - 1
  words[word] = (words[word] & ~(mask << shift)) | (value << shift)
  if (shift + width <= 32) return
  words[word + 1] = (words[word + 1] & ~(mask >>> (32 - shift))) | (value >>> (32 - shift))
}
