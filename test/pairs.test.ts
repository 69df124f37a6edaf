/** What folded states are made of: pairs of numbers in few bits, each of them told from all others. */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bitsFor, PackedPairs, readBits, writeBits } from '../checker/engine/packed-pairs.ts'
import { PairLog } from '../checker/engine/pair-log.ts'
import { PairSet, TOGETHER } from '../checker/engine/pair-set.ts'
import { PairTable } from '../checker/engine/pair-table.ts'
import { Roots } from '../checker/engine/roots.ts'
import { finish } from '../checker/engine/space.ts'

const seed = { seed: Number(process.env.SPEC_SEED ?? 1), includeErrorInReport: true } as const

/** A number of `width` bits, as typed arrays hold it. */
const number = (width: number) => (width === 32 ? fc.integer() : fc.integer({ min: 0, max: 2 ** width - 1 }))

const widths = fc.tuple(fc.integer({ min: 0, max: 32 }), fc.integer({ min: 0, max: 32 }))

test('bits are read as they were written, and their neighbours stay', () => {
  const writing = fc
    .integer({ min: 0, max: 32 })
    .chain((width) => fc.tuple(fc.nat(60), fc.constant(width), number(width)))
  const property = fc.property(fc.array(fc.integer(), { minLength: 4, maxLength: 4 }), writing, (words, writing) => {
    const [offset, width, value] = writing
    const array = Int32Array.from(words)
    writeBits(array, 0, offset, width, value)
    if (width > 0) assert.is(readBits(array, 0, offset, width), value)
    for (let bit = 0; bit < 128; bit++)
      if (bit < offset || bit >= offset + width)
        assert.is(readBits(array, 0, bit, 1), readBits(Int32Array.from(words), 0, bit, 1), `bit ${bit}`)
  })
  fc.assert(property, { ...seed, numRuns: 500 })
})

test('packed pairs stay what they are when their halves become wider', () => {
  const growth = fc.record({ count: fc.nat(400), widths })
  const property = fc.property(widths, fc.array(growth, { maxLength: 5 }), fc.nat(), (first, growths, salt) => {
    const pairs = new PackedPairs(...first)
    let [wide, other] = first
    const kept: [number, number][] = []
    for (const { count, widths } of growths) {
      wide = Math.max(wide, widths[0])
      other = Math.max(other, widths[1])
      pairs.reserve(kept.length + count, kept.length, ...widths)
      for (let at = 0; at < count; at++) {
        const pair = [scattered(salt + kept.length, wide), scattered(salt - kept.length, other)] as [number, number]
        pairs.set(kept.length, ...pair)
        kept.push(pair)
      }
      assert.ok(pairs.bytesOf(kept.length) <= Math.ceil(kept.length / 32) * 4 * (wide + other))
    }
    for (const [at, pair] of kept.entries()) assert.equal([pairs.first(at), pairs.second(at)], pair)
  })
  fc.assert(property, { ...seed, numRuns: 100 })
})

test('a log keeps pairs in their order, however far apart their numbers are', () => {
  const property = fc.property(fc.array(fc.tuple(fc.nat(300), widths), { maxLength: 6 }), fc.nat(), (runs, salt) => {
    const log = new PairLog()
    const kept: number[][] = [[], []]
    for (const [count, [first, second]] of runs) {
      log.reserve(count)
      for (let at = 0; at < count; at++) {
        const [a, b] = [scattered(salt + at, Math.min(31, first)), scattered(salt * at, Math.min(31, second))]
        log.add(a, b)
        kept[0].push(a)
        kept[1].push(b)
      }
    }
    assert.is(log.size, kept[0].length)
    const [first, second] = [new Int32Array(log.size), new Int32Array(log.size)]
    for (let at = salt % 7; at < log.size; ) at += log.read(at, 1 + (salt % 500), first, at, second, at)
    assert.equal([...first].slice(salt % 7), kept[0].slice(salt % 7))
    assert.equal([...second].slice(salt % 7), kept[1].slice(salt % 7))
  })
  fc.assert(property, { ...seed, numRuns: 100 })
})

/** Pairs from a universe of some shape, many of them more than once. */
const shapes = fc.constantFrom(
  [1, 5000],
  [5000, 1],
  [70, 70],
  [3, 100_000],
  [100_000, 3],
  [2 ** 20, 2 ** 20],
  [2 ** 25, 2 ** 25],
)

test('roots are told apart and kept in order, also where pairs find no place', () => {
  let crowded = 0
  const property = fc.property(shapes, fc.nat(), fc.constantFrom(0.9, 1), ([most, mostOther], salt, load) => {
    const roots = new Roots(new PairSet(load))
    const known = new Map<string, [number, number]>()
    const values = new Int32Array(2 * TOGETHER)
    // Bounds rise as the pairs of a search do, so that they are entered anew with wider halves.
    for (let batch = 1; batch <= 40; batch++) {
      const bounds = [most, mostOther].map((each) => Math.min(each, 20 * batch ** 4))
      for (let at = 0; at < TOGETHER; at++) {
        values[at] = 1 + (scattered(salt + 7919 * batch + at, 31) % bounds[0])
        values[TOGETHER + at] = 1 + (scattered(salt - 104_729 * batch + at, 31) % bounds[1])
        known.set(`${values[at]} ${values[TOGETHER + at]}`, [values[at], values[TOGETHER + at]])
      }
      for (let done = 0; done < TOGETHER; ) {
        finish(roots.reserving(TOGETHER - done, bounds[0] + 1, bounds[1] + 1))
        assert.ok(roots.bytes <= roots.bytesWith(TOGETHER, bounds[0] + 1, bounds[1] + 1))
        if (done > 0) crowded++
        done += roots.addAll(values, done, TOGETHER + done, TOGETHER - done)
      }
      assert.is(roots.size, known.size)
    }
    const [first, second] = [new Int32Array(known.size), new Int32Array(known.size)]
    roots.read(0, first, 0, 0, 0)
    const both = new Int32Array(2 * known.size)
    roots.read(0, both, 0, known.size, known.size)
    first.set(both.subarray(0, known.size))
    second.set(both.subarray(known.size))
    assert.equal(
      [...first].map((a, at) => [a, second[at]]),
      [...known.values()],
    )
  })
  fc.assert(property, { ...seed, numRuns: 40 })
  assert.ok(crowded > 0, 'some pairs found no place')
})

test('parts have one number each, which leads back to them', () => {
  const property = fc.property(shapes, fc.nat(), ([most, mostOther], salt) => {
    const table = new PairTable(0, 32)
    const numbers = new Map<string, number>()
    const values = new Int32Array(5 * TOGETHER)
    const [left, right, at, one, other] = [0, 1, 2, 3, 4].map((each) => each * TOGETHER)
    for (let batch = 1; batch <= 30; batch++) {
      for (let each = 0; each < TOGETHER; each++) {
        values[left + each] = scattered(salt + 7919 * batch + each, 31) % Math.min(most, batch ** 4)
        values[right + each] = scattered(salt - 104_729 * batch + each, 32) % mostOther
      }
      finish(table.reserving(TOGETHER, bitsFor(Math.min(most, batch ** 4)), 32))
      table.internAll(values, left, right, at, TOGETHER)
      table.splitAll(values, at, one, other, TOGETHER)
      for (let each = 0; each < TOGETHER; each++) {
        const key = `${values[left + each]} ${values[right + each]}`
        if (!numbers.has(key)) numbers.set(key, numbers.size + 1)
        assert.is(values[at + each], numbers.get(key))
        assert.is(`${values[one + each]} ${values[other + each]}`, key)
      }
    }
    assert.is(table.size, numbers.size)
  })
  fc.assert(property, { ...seed, numRuns: 30 })
})

/** A number of `width` bits, as typed arrays hold it, that has nothing to do with those of its neighbours. */
function scattered(n: number, width: number): number {
  let h = Math.imul(n ^ (n >>> 16), 0x45d9f3b)
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b)
  return width === 32 ? h ^ (h >>> 16) : width === 0 ? 0 : (h ^ (h >>> 16)) >>> (32 - width)
}

test.run()
