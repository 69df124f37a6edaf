/**
 * A set of pairs of numbers that keeps no pair in full (compact hashing, after Cleary 1984). The bits of a pair are mixed in
 * a way that could be undone; the first of them say where it belongs, and only the others are kept. So two pairs are told
 * apart as surely as if all their bits were kept.
 *
 * A place is a bucket of 32 entries, of which 16 bits each lie side by side; the other bits are looked at where these
 * agree. A pair lies in the emptier one of two buckets, so that nearly all of them become full.
 */
import { growable, grownTo } from './growable.ts'
import { bitsFor, readBits, writeBits } from './packed-pairs.ts'

/** Pairs that are looked up together. */
export const TOGETHER = 256

const BUCKET = 32
const LOAD_LIMIT = 0.92
const GROWTH = 1.4
/** a set that is so full grows when its pairs must be entered anew anyway */
const NEARLY_FULL = 0.9
const FEWEST_BUCKETS = 4
/** Bits that select a bucket: far more than there are buckets, so that all of them get the same share. */
const SELECTING = 26
/** The fewest and most bits of both halves together. */
const [FEWEST, MOST] = [SELECTING + 2, 2 * SELECTING]
/** Bits of an entry in its bucket's line, and the words of that line. */
const NEAR = 16
const NEAR_WORDS = (BUCKET * NEAR) / 32

/** Pairs that are known to be distinct, in turns of at most TOGETHER. */
export type KnownPairs = Generator<{ readonly first: Int32Array; readonly second: Int32Array; readonly count: number }>

export class PairSet {
  /** keeps loads alive that are made for the cache alone */
  touched = 0
  readonly #loadLimit: number
  /** a pair found no place, though there were others */
  #crowded = false
  /** bits of each half of a pair */
  #first = 0
  #second = 0
  #buckets = FEWEST_BUCKETS
  /** bits of an entry that are not near, and the words of a bucket */
  #farBits = 0
  #stride = 0
  /** entries of each bucket; the words of all buckets, and the same in halves */
  #counts = new Uint8Array(growable(0))
  #words = new Int32Array(growable(0))
  #halves = new Uint16Array(this.#words.buffer)
  /** of the pairs at hand: where they belong, their other bucket, and the bits that are kept */
  readonly #homes = new Int32Array(TOGETHER)
  readonly #others = new Int32Array(TOGETHER)
  readonly #nears = new Int32Array(TOGETHER)
  readonly #fars = new Int32Array(TOGETHER)
  /** when they are entered: as which entry of their bucket */
  readonly #at = new Int32Array(TOGETHER)

  /** A share of the entries other than the usual one is for tests: they get to see pairs that find no place. */
  constructor(loadLimit = LOAD_LIMIT) {
    this.#loadLimit = loadLimit
    this.#allocate()
  }

  get bytes(): number {
    return bytesOf(this.#buckets, bitsOfBoth(this.#first, this.#second))
  }

  /** Bytes of a set of that many pairs, whose halves are below these bounds. */
  bytesWith(pairs: number, first: number, second: number): number {
    const { buckets, wide, other } = this.#wanted(pairs, first, second)
    return bytesOf(buckets, bitsOfBoth(wide, other))
  }

  /**
   * Makes room for that many pairs, whose halves are below these bounds. The pairs in the set are entered once more
   * where that changes their places. Yields now and then. Throws a RangeError when the machine gives no more memory, or
   * when the halves have too many bits.
   */
  *reserving(pairs: number, first: number, second: number, known: () => KnownPairs): Generator<void> {
    const { buckets, wide, other } = this.#wanted(pairs, first, second)
    if (bitsOfBoth(wide, other) > MOST) throw new RangeError('there are too many parts of states')
    if (buckets === this.#buckets && wide === this.#first && other === this.#second) return
    this.#first = wide
    this.#second = other
    this.#buckets = buckets
    while (!(yield* this.#enterAll(known()))) this.#buckets = grown(this.#buckets)
  }

  /**
   * Takes in the pairs whose halves lie in `values` from `left` and from `right` on, and adds those that are new to `log`.
   * Answers how many were dealt with: fewer than `count`, at most TOGETHER, when room must be made before the rest.
   */
  addAll(
    values: Int32Array,
    left: number,
    right: number,
    count: number,
    log: { add(first: number, second: number): void },
  ): number {
    this.#locate(values, left, values, right, count)
    const [counts, words, stride] = [this.#counts, this.#words, this.#stride]
    const [homes, others] = [this.#homes, this.#others]
    let touched = 0
    for (let each = 0; each < count; each++) {
      touched ^= counts[homes[each]] ^ words[homes[each] * stride] ^ words[homes[each] * stride + NEAR_WORDS]
      touched ^= counts[others[each]] ^ words[others[each] * stride] ^ words[others[each] * stride + NEAR_WORDS]
    }
    this.touched ^= touched
    for (let each = 0; each < count; each++) {
      const [home, other] = [homes[each], others[each]]
      if (this.#holds(home, each, 0) || this.#holds(other, each, 1)) continue
      const place = counts[home] <= counts[other] ? home : other
      if (counts[place] === BUCKET) {
        this.#crowded = true
        return each
      }
      this.#write(place, counts[place]++, each, place === home ? 0 : 1)
      log.add(values[left + each], values[right + each])
    }
    return count
  }

  *#enterAll(known: KnownPairs): Generator<void, boolean> {
    this.#allocate()
    this.#crowded = false
    for (const { first, second, count } of known) {
      this.#locate(first, 0, second, 0, count)
      if (!this.#enter(count)) return false
      yield
    }
    return true
  }

  /** Puts pairs that are known to be new into the emptier one of their buckets; false when both are full. */
  #enter(count: number): boolean {
    const [counts, homes, others] = [this.#counts, this.#homes, this.#others]
    const [words, stride, at] = [this.#words, this.#stride, this.#at]
    let touched = 0
    for (let each = 0; each < count; each++) touched ^= counts[homes[each]] ^ counts[others[each]]
    for (let each = 0; each < count; each++) {
      const [home, other] = [homes[each], others[each]]
      const place = counts[home] <= counts[other] ? home : other
      if (counts[place] === BUCKET) return false
      // What chose the bucket is not needed any more.
      homes[each] = place
      others[each] = place === home ? 0 : 1
      at[each] = counts[place]++
    }
    for (let each = 0; each < count; each++)
      touched ^= words[homes[each] * stride + (at[each] >>> 1)] ^ words[homes[each] * stride + NEAR_WORDS]
    this.touched ^= touched
    for (let each = 0; each < count; each++) this.#write(homes[each], at[each], each, others[each])
    return true
  }

  /** Writes a pair into a bucket, as the entry `at`; `which` of its buckets it is. */
  #write(bucket: number, at: number, each: number, which: number): void {
    const [bits, base] = [this.#farBits, bucket * this.#stride]
    this.#halves[2 * base + at] = this.#nears[each]
    writeBits(this.#words, base + NEAR_WORDS, at * bits, bits, (this.#fars[each] << 1) | which)
  }

  #holds(bucket: number, each: number, which: number): boolean {
    const [words, base, bits, count] = [this.#words, bucket * this.#stride, this.#farBits, this.#counts[bucket]]
    const near = this.#nears[each]
    const both = near | (near << 16)
    for (let at = 0; at < count; at += 2) {
      // Two entries in one word: a half of it that is zero is one that agrees.
      const differs = words[base + (at >>> 1)] ^ both
      if (((differs - 0x10001) & ~differs & 0x80008000) === 0) continue
      const far = (this.#fars[each] << 1) | which
      if ((differs & 0xffff) === 0 && readBits(words, base + NEAR_WORDS, at * bits, bits) === far) return true
      if (differs >>> 16 !== 0 || at + 1 === count) continue
      if (readBits(words, base + NEAR_WORDS, (at + 1) * bits, bits) === far) return true
    }
    return false
  }

  /**
   * Computes both buckets of each pair, and the bits that are kept. The bits of a pair are cut into equal halves, and each
   * half is moved by what the other one says (a Feistel network). How far the other bucket is from the home is told by the
   * bits that are kept, so that from either of them the home is known.
   */
  #locate(a: Int32Array, fromA: number, b: Int32Array, fromB: number, count: number): void {
    const [homes, others, nears, fars, buckets] = [this.#homes, this.#others, this.#nears, this.#fars, this.#buckets]
    const all = bitsOfBoth(this.#first, this.#second)
    const second = all - this.#first
    const low = all >>> 1
    const [maskHigh, maskLow] = [2 ** (all - low) - 1, 2 ** low - 1]
    const narrow = Math.max(0, low - second)
    const wide = Math.max(0, second - low)
    const maskNarrow = 2 ** narrow - 1
    const kept = all - SELECTING
    const maskKept = 2 ** kept - 1
    const [scale, share, step] = [buckets / 2 ** SELECTING, 2 ** SELECTING / buckets, (buckets - 1) / 2 ** 32]
    for (let each = 0; each < count; each++) {
      const [x, y] = [a[fromA + each], b[fromB + each]]
      let q = (y & maskLow) | ((x & maskNarrow) << second)
      let p = ((x >>> narrow) << wide) | (y >>> low)
      q = (q + mixed(p, 0x9e3779b1)) & maskLow
      p = (p + mixed(q, 0x85ebca6b)) & maskHigh
      q = (q + mixed(p, 0xc2b2ae35)) & maskLow
      const selecting = (p << (low - kept)) | (q >>> kept)
      const home = Math.floor(selecting * scale)
      const rest = selecting - Math.floor(home * share)
      const value = q & maskKept
      const near = (value | (rest << kept)) & 0xffff
      const far = kept >= NEAR ? (value >>> NEAR) | (rest << (kept - NEAR)) : rest >>> (NEAR - kept)
      const other = home + 1 + Math.floor((mixed(near ^ Math.imul(far, 0x27d4eb2f), 0x9e3779b1) >>> 0) * step)
      homes[each] = home
      others[each] = other < buckets ? other : other - buckets
      nears[each] = near
      fars[each] = far
    }
  }

  /** Empty buckets, as many as there should be. */
  #allocate(): void {
    this.#farBits = farBitsOf(this.#buckets, bitsOfBoth(this.#first, this.#second))
    this.#stride = NEAR_WORDS + this.#farBits
    const length = this.#buckets * this.#stride
    const words = grownTo(this.#words.buffer as SharedArrayBuffer, 4 * length)
    const counts = grownTo(this.#counts.buffer as SharedArrayBuffer, this.#buckets)
    this.#words = new Int32Array(words, 0, length)
    this.#halves = new Uint16Array(words, 0, 2 * length)
    this.#counts = new Uint8Array(counts, 0, this.#buckets).fill(0)
  }

  /** What there should be. Where anything must change, everything is made ready for as many pairs as then find room. */
  #wanted(pairs: number, first: number, second: number): { buckets: number; wide: number; other: number } {
    let buckets = this.#crowded ? grown(this.#buckets) : this.#buckets
    const enough = (share: number) => buckets * BUCKET * this.#loadLimit * share >= pairs
    const same = buckets === this.#buckets && enough(1)
    if (same && bitsFor(first) <= this.#first && bitsFor(second) <= this.#second)
      return { buckets, wide: this.#first, other: this.#second }
    while (!enough(NEARLY_FULL)) buckets = grown(buckets)
    const widths = (factor: number): [number, number] => [
      Math.max(this.#first, bitsFor(first * factor)),
      Math.max(this.#second, bitsFor(second * factor)),
    ]
    const [wide, other] = widths(GROWTH)
    if (wide + other <= MOST) return { buckets, wide, other }
    const [exact, exactOther] = widths(1)
    return { buckets, wide: exact, other: exactOther }
  }
}

const grown = (buckets: number): number => Math.ceil(buckets * GROWTH)

/** Bits of an entry that are kept apart: those of a pair that neither select its bucket nor lie near, and which bucket of its two it is. */
const farBitsOf = (buckets: number, bits: number): number =>
  Math.max(0, bitsFor(Math.ceil(2 ** SELECTING / buckets) + 2) + bits - SELECTING - NEAR) + 1

/** Bytes of that many buckets, for pairs of so many bits. */
const bytesOf = (buckets: number, bits: number): number => buckets * (1 + 4 * (NEAR_WORDS + farBitsOf(buckets, bits)))

/** Bits of a pair whose halves have so many; some that are always zero, where these are too few to select a bucket. */
const bitsOfBoth = (first: number, second: number): number => Math.max(FEWEST, first + second)

/** Mixes the bits of a number, each of which then depends on all. */
function mixed(value: number, factor: number): number {
  const h = Math.imul(value ^ (value >>> 11), factor)
  return h ^ (h >>> 15)
}
