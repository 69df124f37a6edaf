/** The kernel follows tables in the form of programs: it must lead every state to the successors that the trees have. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Explorer } from '../checker/engine/explorer.ts'
import { CHUNK, Kernel } from '../checker/engine/kernel.ts'
import { layoutOf } from '../checker/engine/layout.ts'
import { Quantities } from '../checker/engine/quantities.ts'
import { referenceSearch } from '../checker/engine/reference.ts'
import { actionRules } from '../checker/engine/rules.ts'
import { search } from '../checker/engine/search.ts'
import { hashWords, Space } from '../checker/engine/space.ts'
import {
  array,
  choose,
  collection,
  model as define,
  invariant,
  type Model,
  range,
  stepClaim,
  when,
} from '../checker/index.ts'
import { SpecError } from '../checker/language/errors.ts'
import * as alternatingBit from '../examples/alternating-bit.ts'
import * as filterLock from '../examples/filter-lock.ts'
import * as readersWriters from '../examples/readers-writers.ts'
import * as twoPhase from '../examples/two-phase.ts'

// Cells of more codes than a branch has children.
const wide = define(
  'Wide',
  { state: { low: range(0, 40), high: range(0, 70_000) } },
  {
    init: (s) => {
      s.low = 0
      s.high = 3
    },
    actions: {
      Double: (s) => {
        when(s.low < 40 && s.high <= 35_000)
        s.high = 2 * s.high
        s.low++
      },
      Drop: (s) => {
        when(s.low > 0)
        s.high = s.high % 1000
        s.low--
      },
    },
    claims: [invariant('the high one is not 17', (s) => s.high !== 17)],
    deadlock: 'off',
  },
)

// Choices of which some alternatives choose again, and one with more than the kernel has room for.
const choices = define(
  'Choices',
  { state: { a: range(0, 7), b: range(0, 4_999) } },
  {
    init: (s) => {
      s.a = 1
      s.b = 0
    },
    actions: {
      Twice: (s) => {
        s.a = choose(s, [1, 2, s.b === 0 ? 3 : 4])
        if (s.a === 2) s.a = choose(s, [5, 6])
      },
      Far: (s) => {
        when(s.a === 6 && s.b === 0)
        s.b = choose(
          s,
          Array.from({ length: 5_000 }, (_, at) => at),
        )
      },
    },
    claims: [],
    deadlock: 'off',
  },
)

const models: Readonly<Record<string, Model>> = {
  'alternating bit': alternatingBit.spec.build({}),
  'filter lock': filterLock.spec.build({ processes: 2 }),
  'readers and writers': readersWriters.spec.build({}),
  'two-phase commit': twoPhase.spec.build({}),
  'a wide cell': wide,
  choices,
}

for (const [title, model] of Object.entries(models)) {
  test(`successors of ${title}`, async () => {
    const { space, levels, explorer } = await search(model, { kernelAfter: 0 })
    assert.ok(explorer.kernel !== null)
    for (const { from, to } of levels.flat()) {
      const found = new Map<number, string[]>()
      explorer.forEachSuccessor(from, to - from, (state, instance, out, at) => {
        found.set(state, [...(found.get(state) ?? []), `${instance}: ${out.slice(at, at + space.words)}`])
      })
      for (let id = from; id < to; id++) {
        const expected: string[] = []
        const state = space.log.slice(id * space.stride, id * space.stride + space.words)
        model.instances.forEach((_, instance) =>
          explorer.stepsOf(instance, state, (out, at) =>
            expected.push(`${instance}: ${out.slice(at, at + space.words)}`),
          ),
        )
        assert.equal((found.get(id) ?? []).sort(), expected.sort())
      }
    }
  })
}

test('a path is asked about once, whatever the shape that the tables had when the programs were written', async () => {
  for (const model of Object.values(models)) {
    if (model === choices) continue
    const { space, levels, explorer } = await search(model, { kernelAfter: 3 })
    const asked = explorer.questions
    for (const { from, to } of levels.flat()) explorer.forEachSuccessor(from, to - from, () => {})
    assert.is(explorer.questions, asked)
    // A kernel that begins with empty tables of its own asks, and then knows the same.
    const other = new Explorer(model, space, 1, 0)
    const steps = (of: Explorer) => {
      const all: string[] = []
      for (const { from, to } of levels.flat())
        of.forEachSuccessor(from, to - from, (...[state, instance, out, at]) =>
          all.push(`${state} ${instance} ${out.slice(at, at + space.words)}`),
        )
      return all.sort()
    }
    assert.equal(steps(other), steps(explorer))
  }
})

test('only what was seen before is dropped, and the hash is that of the table', () => {
  for (const words of [1, 2, 3, 4, 5, 9]) {
    const kernel = new Kernel(words, 1)
    const seen = new Set<string>()
    let random = 1
    for (let batch = 0; batch < 40; batch++) {
      const given: string[] = []
      kernel.count = 1000
      for (let record = 0; record < kernel.count; record++) {
        for (let word = 0; word < words; word++) {
          random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0
          // Few values: zeros, ones, and states that differ in one word only.
          kernel.records[record * kernel.recordWords + word] = [0, -1, 1, 0x40000000][random >>> 30] | 0
        }
        const at = record * kernel.recordWords
        given.push(kernel.records.slice(at, at + words).join())
      }
      kernel.sift()
      const kept = new Set<string>()
      for (let at = 0; at < kernel.count * kernel.recordWords; at += kernel.recordWords) {
        kept.add(kernel.records.slice(at, at + words).join())
        assert.is(kernel.records[at + words + 1], hashWords(kernel.records, at, words))
      }
      for (const state of given) assert.ok(kept.has(state) || seen.has(state), `${state} is lost`)
      for (const state of kept) seen.add(state)
    }
  }
})

test('a kernel holds the largest chunk of states', () => {
  const model = twoPhase.spec.build({})
  const layout = layoutOf(model.domain.cells)
  const space = new Space(layout)
  const kernel = new Kernel(layout.words, model.instances.length)
  const nothing = { rules: new Map(), attend: () => true }
  kernel.write(actionRules(model.instances), nothing, new Quantities(), nothing, nothing)
  const asked = new Set<number>()
  let stuck = 0
  const done = kernel.expand(
    space.log,
    1,
    CHUNK,
    (_, base) => asked.add(base),
    () => stuck++,
  )
  // Nothing is known: every rule is asked about until there is no more room for questions.
  assert.is(asked.size, done)
  assert.is(stuck, done)
  assert.ok(done > 1 && done <= CHUNK)
})

test('tables that are larger than what a kernel can address are an error that says what to do', () => {
  const kernel = new Kernel(2, 1)
  kernel.allocate(1_000_000)
  try {
    kernel.allocate(2 ** 31)
    assert.unreachable()
  } catch (thrown) {
    assert.instance(thrown, SpecError)
    assert.match((thrown as SpecError).hint, 'Tables that grow too large')
  }
})

test('claims may be many more than actions, and be asked about all at once', async () => {
  const values = Array.from({ length: 12 }, (_, at) => 61 * at)
  const model = define(
    'Many claims',
    { state: { n: range(0, 1_023) } },
    {
      init: (s) => {
        s.n = 0
      },
      actions: {
        Go: (s) => {
          s.n = choose(s, values)
        },
      },
      claims: values.map((value) =>
        stepClaim(`no step from ${value} to itself`, {
          over: { k: range(0, 99) },
          holds: (before, after, { k }) => before.n !== value || after.n !== value || k !== 99,
        }),
      ),
    },
  )
  const { outcome } = await search(model, { kernelAfter: 0 })
  assert.equal(outcome.claims, referenceSearch(model).claims)
})

test('states of which the kernel could not address every cell are left to the trees', async () => {
  const large = collection('large', 8_193)
  const model = define(
    'Large',
    { state: { a: array(large, range(0, 70_000)) } },
    {
      init: (s) => {
        for (const at of large.values) s.a[at] = 0
      },
      actions: {
        Up: (s) => {
          when(s.a[8_192] < 3)
          s.a[8_192]++
        },
      },
      deadlock: 'off',
    },
  )
  const { explorer, outcome } = await search(model, { kernelAfter: 0 })
  assert.equal([explorer.kernel, outcome.distinct], [null, 4])
})

test('a search counts what other tools count', async () => {
  const { outcome } = await search(filterLock.spec.build({ processes: 3 }), { kernelAfter: 0 })
  assert.equal([outcome.distinct, outcome.generated, outcome.depth], [11_681, 35_044, 62])
})

test.run()
