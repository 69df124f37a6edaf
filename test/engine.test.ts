/** The parts of the fast engine: how states are packed and kept, and where and why a search ends. */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/check.ts'
import { layoutOf, pack, readField } from '../checker/engine/layout.ts'
import type { Outcome } from '../checker/engine/outcome.ts'
import { referenceSearch } from '../checker/engine/reference.ts'
import { search } from '../checker/engine/search.ts'
import { CONTROL, hashWords, Space } from '../checker/engine/space.ts'
import type { Cell } from '../checker/language/domain.ts'
import {
  array,
  choose,
  collection,
  invariant,
  model,
  range,
  reachable,
  stepClaim,
  when,
} from '../checker/language/index.ts'
import { spec as twoPhase } from '../examples/two-phase.ts'
import { buildFan, buildSlowest } from './support/large-specs.ts'

const cellsOf = (sizes: readonly number[]): Cell[] =>
  sizes.map((size, at) => ({ path: `.v${at}`, pattern: `.v${at}`, size, print: null }))

test('no field lies across two words, and none over another', () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 ** 24 })), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(sizes, (given) => {
      const { fields, words, bits } = layoutOf(cellsOf(given))
      const taken = new Int32Array(words)
      let sum = 0
      for (const { word, shift, mask } of fields) {
        const width = Math.log2(mask + 1)
        assert.ok(shift + width <= 32, 'within its word')
        assert.is(taken[word] & (mask << shift), 0, 'bits of its own')
        taken[word] |= mask << shift
        sum += width
      }
      assert.is(bits, sum)
    }),
    { seed: 1 },
  )
})

test('what is packed is what is read', () => {
  const states = fc
    .array(fc.integer({ min: 1, max: 2 ** 24 }), { minLength: 1, maxLength: 12 })
    .chain((sizes) => fc.tuple(fc.constant(sizes), fc.tuple(...sizes.map((size) => fc.nat(size - 1)))))
  fc.assert(
    fc.property(states, ([sizes, codes]) => {
      const layout = layoutOf(cellsOf(sizes))
      const words = new Int32Array(layout.words + 2).fill(-1)
      pack(layout, Int32Array.from(codes), words, 1)
      assert.equal(
        layout.fields.map((field) => readField(field, words, 1)),
        codes,
      )
      assert.equal([words[0], words[layout.words + 1]], [-1, -1], 'the neighbours are as they were')
    }),
    { seed: 1 },
  )
})

test('fields fill a word to its last bit, and a cell with one value takes none', () => {
  const { fields, words, bits } = layoutOf(cellsOf([1, 2 ** 24, 2 ** 8, 1, 2]))
  assert.is(words, 2)
  assert.is(bits, 33)
  assert.equal(fields, [
    { word: 0, shift: 0, mask: 0 },
    { word: 0, shift: 0, mask: 2 ** 24 - 1 },
    { word: 0, shift: 24, mask: 255 },
    { word: 0, shift: 0, mask: 0 },
    { word: 1, shift: 0, mask: 1 },
  ])
  assert.is(layoutOf([]).words, 1, 'a model without variables has one state')
})

test('a state space that grows keeps every state under its number', () => {
  const layout = layoutOf(cellsOf([2 ** 20, 2 ** 20]))
  const space = new Space(layout)
  const wanted = 50_000
  space.control[CONTROL.nextBlock] = wanted + 1
  assert.ok(space.grow(wanted, [], 1e9))
  assert.ok(space.capacity > wanted)
  for (let id = 1; id <= wanted; id++) space.log.set([id * 7, id ^ 0x5555, id - 1], id * space.stride)
  // Entering them is what growth does with states that are known.
  const before = space.table.length
  assert.ok(space.grow(before, [{ from: 1, to: wanted + 1 }], 1e9))
  assert.ok(space.table.length > before)
  for (let id = 1; id <= wanted; id++) {
    assert.is(space.find(space.log, id * space.stride), id)
    assert.is(space.parent(id), id - 1)
  }
  assert.is(space.find(new Int32Array([1, 2]), 0), 0, 'what was never entered is not found')
  assert.is.not(hashWords([1, 2] as unknown as Int32Array, 0, 2), hashWords([2, 1] as unknown as Int32Array, 0, 2))
})

test('a state of up to 64 bits takes at most 24 bytes, parent included, also right after growth', () => {
  const space = new Space(layoutOf(cellsOf([2 ** 31, 2 ** 31])))
  let grown = 0
  assert.ok(space.grow(100_000, [], 2 ** 30))
  for (let states = 200_000; states < 20_000_000; states = Math.floor(space.capacity) + 1) {
    const { buffer } = space.table
    assert.ok(space.grow(states, [], 2 ** 30))
    space.control[CONTROL.nextBlock] = states + 1
    assert.ok(space.bytes <= 24 * states, `${space.bytes / states} bytes for each of ${states} states`)
    assert.is(space.table.buffer, buffer, 'an old and a new table never exist at one time')
    grown++
  }
  assert.ok(grown > 4)
  assert.not.ok(space.grow(2 ** 27, [], 2 ** 30), 'and never more than the limit')
})

const essence = ({ outcome }: { outcome: Outcome }) => {
  const { complete, distinct, generated, depth, claims, deadlock } = outcome
  return { complete, distinct, generated, depth, claims, deadlock }
}

const twoPhaseSource = (RMs: number) => ({
  module: new URL('../examples/two-phase.ts', import.meta.url).href,
  name: 'spec',
  args: [{ RMs }],
})

test('one, two and three threads find the same', async () => {
  const run = (RMs: number, workers: number) =>
    search(twoPhase.build({ RMs }), { source: twoPhaseSource(RMs), workers, parallelFrom: 1000 })
  const one = await run(7, 1)
  assert.equal([one.outcome.distinct, one.outcome.generated], [296_448, 2_744_706])
  const two = await run(7, 2)
  assert.equal([two.statistics.workers, essence(two)], [2, essence(one)])
  assert.equal(essence(await run(6, 3)), essence(await run(6, 1)))
})

const large = new URL('./support/large-specs.ts', import.meta.url).href

test('a state with more successors than are inserted at a time loses none, however many threads there are', async () => {
  for (const workers of [1, 2]) {
    const source = { module: large, name: 'buildFan', args: [1500] }
    const { outcome } = await search(buildFan(1500), { workers, parallelFrom: 0, source })
    assert.is(outcome.fault, null)
    assert.equal([outcome.complete, outcome.distinct, outcome.depth], [true, 3 * 1501, 4])
  }
})

test('a spec with a fault gives the same fault with one thread and with two', async () => {
  for (const workers of [1, 2]) {
    const source = { module: large, name: 'buildSlowest', args: [40, true] }
    const { outcome } = await search(buildSlowest(40, true), { workers, parallelFrom: 0, source })
    assert.is(outcome.fault?.error.message, 'Right: x = 41 is outside its domain range(0, 40)')
    assert.is(outcome.fault?.level, 41)
  }
})

test('traces pass over what throws in a spec that is at fault', async () => {
  const spec = model(
    'Grid',
    { state: { a: range(0, 5), b: range(0, 5) } },
    {
      init: (s) => Object.assign(s, { a: 0, b: 2 }),
      actions: {
        throws() {
          throw new Error('here is the fault')
        },
        moves(s: { a: number; b: number }) {
          s.a++
        },
      },
    },
  )
  const { explorer, outcome, space } = await search(spec)
  assert.match(outcome.fault?.error.message ?? '', 'here is the fault')
  const found: string[] = []
  const visit = (instance: number) => found.push(explorer.actions[instance].instance.label)
  assert.throws(() => explorer.successorsOf(space.log, space.stride, visit), 'here is the fault')
  explorer.successorsOf(space.log, space.stride, visit, true)
  assert.equal(found, ['moves'])
})

test('a thread that cannot build the same model ends the search with an error', async () => {
  const sources = [
    { name: 'missing', args: [], message: "exports no model named 'missing'" },
    { name: 'buildFan', args: [2], message: 'gives another model than the one to be searched' },
  ]
  for (const { message, ...source } of sources) {
    const options = { workers: 2, parallelFrom: 0, source: { module: large, ...source } }
    const failure = await search(buildFan(1), options).then(
      () => 'none',
      (thrown) => String(thrown),
    )
    assert.match(failure, message)
  }
})

test('limits on states and depth end a search between two levels', async () => {
  const build = () => twoPhase.build({ RMs: 4 })
  for (const bounds of [{ maxStates: 500 }, { maxDepth: 7 }, { maxStates: 1 }, { maxDepth: 1 }]) {
    const { outcome } = await search(build(), bounds)
    assert.equal(outcome, referenceSearch(build(), bounds))
    assert.is(outcome.stopped, 'maxStates' in bounds ? 'states' : 'depth')
    assert.equal(outcome.claims, [{ status: 'open' }])
  }
})

test('a limit on memory ends a search with what was found', async () => {
  const { outcome, statistics } = await search(twoPhase.build({ RMs: 7 }), { maxMemory: 1_000_000 })
  assert.equal([outcome.stopped, outcome.complete, outcome.fault], ['memory', false, null])
  assert.ok(statistics.bytes <= 1_000_000, `${statistics.bytes} bytes`)
  assert.ok(outcome.distinct > 5_000)
})

test('a limit on memory holds for two threads', async () => {
  const options = { maxMemory: 1_000_000, workers: 2, parallelFrom: 0, source: twoPhaseSource(7) }
  const { outcome, statistics } = await search(twoPhase.build({ RMs: 7 }), options)
  assert.equal([outcome.stopped, outcome.complete, outcome.fault], ['memory', false, null])
  assert.ok(statistics.bytes <= 1_000_000, `${statistics.bytes} bytes`)
})

test('a limit on memory holds for initial states', async () => {
  const bits = collection('bit', 13)
  const everything = model(
    'Everything',
    { state: { on: array(bits, range(0, 1)) } },
    {
      init: (s) => {
        for (const bit of bits.values) s.on[bit] = choose(s, [0, 1])
      },
      deadlock: 'off',
    },
  )
  const { outcome } = await search(everything, { maxMemory: 100_000 })
  assert.equal([outcome.stopped, outcome.complete, outcome.fault], ['memory', false, null])
  assert.ok(outcome.distinct > 0 && outcome.distinct < 2 ** 13)
  assert.is((await search(everything)).outcome.distinct, 2 ** 13)
})

test('an interrupt ends a search soon, however small its levels are', async () => {
  for (const [build, distinct] of [
    [() => twoPhase.build({ RMs: 8 }), 1_745_408],
    [() => buildSlowest(2 ** 20), 2 ** 20 + 1],
  ] as const) {
    const controller = new AbortController()
    const told: number[] = []
    const { outcome } = await search(build(), {
      signal: controller.signal,
      onProgress: (progress) => {
        told.push(progress.distinct)
        controller.abort()
      },
    })
    assert.equal([outcome.stopped, outcome.complete, outcome.fault], ['interrupt', false, null])
    assert.ok(outcome.distinct < distinct)
    assert.is(told.length, 1)
  }
})

test('a search may end as soon as every claim is decided', async () => {
  const counter = model(
    'Counter',
    { state: { n: range(0, 50) } },
    {
      init: (s) => {
        s.n = 0
      },
      actions: {
        Up: (s) => {
          when(s.n < 50)
          s.n++
        },
      },
      claims: [reachable('ten is reached', (s) => s.n === 10), invariant('it stays below 20', (s) => s.n < 20)],
      deadlock: 'off',
    },
  )
  const { outcome } = await search(counter, { untilDecided: true })
  assert.equal(outcome, referenceSearch(counter, { untilDecided: true }))
  assert.equal([outcome.complete, outcome.stopped, outcome.depth], [false, null, 21])
  assert.equal(outcome.claims, [
    { status: 'reached', level: 11 },
    { status: 'violated', level: 21 },
  ])
  const all = await search(counter)
  assert.equal([all.outcome.complete, all.outcome.depth], [true, 51])
})

test('what is decided at one level is not asked at later ones', async () => {
  const failing = () =>
    model(
      'Failing',
      { state: { n: range(0, 9) } },
      {
        init: (s) => {
          s.n = 0
        },
        actions: {
          Up: (s) => {
            when(s.n < 9)
            s.n++
          },
        },
        claims: [
          invariant('small', (s) => {
            if (s.n > 5) throw new Error('not to be asked')
            return s.n < 3
          }),
        ],
        deadlock: 'off',
      },
    )
  for (const kernelAfter of [0, 2000]) {
    const { outcome } = await search(failing(), { kernelAfter })
    assert.equal(outcome, referenceSearch(failing()))
    assert.equal([outcome.fault, outcome.distinct], [null, 10])
  }
})

test('checking again what was learned does not take the square of the number of choices', async () => {
  let calls = 0
  const wide = model(
    'Wide',
    { state: { n: range(0, 400) } },
    {
      init: (s) => {
        s.n = 0
      },
      actions: {
        Any: (s) => {
          calls++
          s.n = choose(s, range(0, 400))
        },
      },
      deadlock: 'off',
    },
  )
  assert.is((await search(wide)).outcome.generated, 1 + 401 * 401)
  assert.is(calls, 4 * 401, 'twice to learn, twice to check')
})

test('a choice may have any number of alternatives', async () => {
  const largest = 130_000
  const lottery = model(
    'Lottery',
    { state: { drawn: range(0, largest) } },
    {
      init: (s) => {
        s.drawn = 0
      },
      actions: {
        Draw: (s) => {
          when(s.drawn === 0)
          s.drawn = choose(s, range(0, largest))
        },
      },
      deadlock: 'off',
    },
  )
  const { outcome } = await search(lottery, { kernelAfter: 1 })
  assert.equal([outcome.complete, outcome.distinct, outcome.generated], [true, largest + 1, largest + 2])
})

test('a table to which nearly every state is new is given up, and nothing else changes', async () => {
  const length = 24_000
  const walk = model(
    'Walk',
    { state: { n: range(0, length), odd: range(0, 1) } },
    {
      init: (s) => {
        s.n = 0
        s.odd = 0
      },
      actions: {
        Up: (s) => {
          when(s.n < length)
          s.n++
          s.odd = s.n % 2
        },
      },
      claims: [
        invariant('n stays small', (s) => s.n < length),
        invariant('odd numbers are odd', (s) => s.odd === s.n % 2),
        stepClaim('only upwards', (before, after) => after.n > before.n),
        reachable('a quarter', (s) => s.n === length / 4 && s.odd === 0),
      ],
    },
  )
  const { outcome, statistics } = await search(walk)
  assert.equal([outcome.distinct, outcome.generated, outcome.depth], [length + 1, length + 1, length + 1])
  assert.equal(outcome.claims, [
    { status: 'violated', level: length + 1 },
    { status: 'holds' },
    { status: 'holds' },
    { status: 'reached', level: length / 4 + 1 },
  ])
  assert.is(outcome.deadlock, length + 1)
  assert.equal(statistics.direct, ['Up', 'n stays small', 'odd numbers are odd', 'only upwards'])
  assert.ok(statistics.learned < 100_000)
})

test('a conjunct that makes no sense where the one before it is false does not hide the violation', async () => {
  const slots = collection('slot', 2)
  const indexed = model(
    'Indexed',
    { state: { at: range(0, 3), a: array(slots, range(0, 1)) } },
    {
      init: (s) => {
        s.at = 0
        for (const slot of slots.values) s.a[slot] = 0
      },
      actions: {
        Next: (s) => {
          when(s.at < 3)
          s.at++
        },
      },
      claims: [
        invariant('the slot is free', {
          holds: { 'there is such a slot': (s) => s.at < 2, 'it is free': (s) => s.a[s.at as 0 | 1] === 0 },
        }),
      ],
      deadlock: 'off',
    },
  )
  const { kind, claims } = await check(indexed)
  assert.is(kind, 'violated')
  assert.equal(
    claims[0].trace?.failed.map(({ name }) => name),
    ['there is such a slot'],
  )
})

test.run()
