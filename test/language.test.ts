/** What a spec is written in: every domain as an action sees it, what the language refuses, and what does not compile. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { layoutOf } from '../checker/engine/layout.ts'
import type { Fault } from '../checker/engine/outcome.ts'
import { referenceSearch } from '../checker/engine/reference.ts'
import { search } from '../checker/engine/search.ts'
import type { Declaration } from '../checker/language/domain.ts'
import { openDraft } from '../checker/language/draft.ts'
import type { Model, StateOf } from '../checker/language/index.ts'
import {
  array,
  bool,
  choose,
  collection,
  constant,
  forAll,
  invariant,
  model,
  note,
  oneOf,
  optional,
  process,
  range,
  reachable,
  record,
  SpecError,
  sequence,
  setOf,
  step,
  stepClaim,
  union,
  when,
} from '../checker/language/index.ts'

/** A state in plain memory, every cell at its first code, as an action would see it. */
function stateOf<D extends Declaration>(declaration: D): StateOf<D> {
  const domain = record(declaration)
  const codes = new Int32Array(domain.cells.length)
  const store = {
    read: (cell: number) => codes[cell],
    write(cell: number, code: number) {
      codes[cell] = code
    },
  }
  return openDraft(domain, store).state as StateOf<D>
}

/** Requires that a function throws a SpecError whose message is exactly this. */
function refuses(does: () => unknown, message: string): void {
  try {
    does()
  } catch (thrown) {
    assert.instance(thrown, SpecError, `threw ${thrown}`)
    assert.is((thrown as SpecError).message, message)
    assert.ok((thrown as SpecError).why !== '' && (thrown as SpecError).hint !== '', 'why and hint')
    return
  }
  assert.unreachable(`nothing was thrown instead of: ${message}`)
}

const node = collection('node', 3)
const plain = <T>(values: Iterable<T>): T[] => [...values]

test('scalars are plain values', () => {
  const s = stateOf({ flag: bool, n: range(-2, 2), mode: oneOf('off', 'on', 7), who: node, last: optional(node) })
  assert.equal([s.flag, s.n, s.mode, s.who, s.last], [false, -2, 'off', 0, null])
  s.flag = true
  s.n++
  s.mode = 7
  s.who = 2
  s.last = 0
  assert.equal([s.flag, s.n, s.mode, s.who, s.last], [true, -1, 7, 2, 0])
  s.last = null
  assert.is(s.last, null)
})

test('a constant has one value, and takes no room in a state', () => {
  const s = stateOf({ retries: constant(3), n: range(0, 1) })
  s.retries = 3
  assert.is(s.retries, 3)
  refuses(() => (s.retries = 2 as 3), 'retries = 2 is outside its domain constant(3)')
  assert.is(layoutOf(record({ retries: constant(3), n: range(0, 1) }).cells).bits, 1)
})

test('a value outside its domain is refused with variable, value and domain', () => {
  const s = stateOf({ flag: bool, n: range(-2, 2), mode: oneOf('off', 'on'), who: node, last: optional(node) })
  refuses(() => (s.n = 3), 'n = 3 is outside its domain range(-2, 2)')
  refuses(() => (s.n = 0.5), 'n = 0.5 is outside its domain range(-2, 2)')
  refuses(() => (s.n = Number.NaN), 'n = NaN is outside its domain range(-2, 2)')
  refuses(() => (s.who = 3), "who = 3 is outside its domain collection('node', 3)")
  refuses(() => (s.last = -1), "last = -1 is outside its domain optional(collection('node', 3))")
  refuses(() => (s.mode = 'of' as 'off'), "mode = 'of' is outside its domain oneOf(off, on)")
  refuses(() => (s.flag = 1 as unknown as boolean), 'flag = 1 is outside its domain bool')
  refuses(() => (s.flag = undefined as unknown as boolean), 'flag = undefined is outside its domain bool')
  assert.is(s.n, -2, 'nothing was written')
})

test('a variable that does not exist is refused at run time too', () => {
  const s = stateOf({ n: range(0, 1), at: record({ x: range(0, 3) }) }) as unknown as Record<string, never>
  refuses(() => s.m, 'm does not exist')
  refuses(() => (s.m = 1 as never), 'm does not exist')
  refuses(() => (s.at as { y: number }).y, 'at.y does not exist')
})

test('an array has one element for each index, wherever the index begins', () => {
  const s = stateOf({ a: array(range(-1, 1), range(0, 9)) })
  assert.is(s.a.length, 3)
  s.a[-1] = 4
  s.a[1] = 6
  assert.equal(plain(s.a), [4, 0, 6])
  assert.equal(plain(s.a.keys()), [-1, 0, 1])
  assert.equal(plain(s.a.entries()), [
    [-1, 4],
    [0, 0],
    [1, 6],
  ])
  assert.equal(
    s.a.map((each, at) => each * at),
    [-4, 0, 6],
  )
  assert.equal(
    s.a.filter((each) => each > 0),
    [4, 6],
  )
  assert.is(
    s.a.findIndex((each) => each < 1),
    0,
  )
  assert.is(
    s.a.find((each) => each > 4),
    6,
  )
  assert.is(
    s.a.find((each) => each > 7),
    undefined,
  )
  assert.is(s.a.indexOf(6), 1)
  assert.ok(s.a.includes(4) && s.a.some((each) => each === 6) && s.a.every((each) => each < 7))
  assert.is(
    s.a.reduce((sum, each) => sum + each, 0),
    10,
  )
  s.a.fill(2)
  s.a = s.a.map((each, at) => each + at) as unknown as typeof s.a
  assert.equal(plain(s.a), [1, 2, 3])
})

test('an index out of range is refused', () => {
  const s = stateOf({ a: array(range(1, 2), bool), at: array(oneOf('x', 'y'), bool), last: optional(node) })
  refuses(() => s.a[0], 'a[0] is out of range')
  refuses(() => (s.a[3] = true), 'a[3] is out of range')
  refuses(() => s.a[1.5], 'a[1.5] is out of range')
  refuses(() => s.a[s.last as number], "a['null'] is out of range")
  refuses(() => s.at['z' as 'x'], "at['z'] is out of range")
  refuses(() => ((s.a as { length: number }).length = 1), "a['length'] is out of range")
})

test('an array over names is an object with those names, whatever they are', () => {
  const s = stateOf({ a: array(oneOf('x', 'constructor', 'toJSON', 3), range(0, 5)) })
  s.a.constructor = 2
  s.a.toJSON = 4
  s.a[3] = 5
  assert.equal(Object.entries(s.a).sort(), [
    ['3', 5],
    ['constructor', 2],
    ['toJSON', 4],
    ['x', 0],
  ])
})

test('a record is read, changed and assigned by field and as a whole', () => {
  const s = stateOf({ at: record({ x: range(0, 3), y: range(0, 3) }) })
  s.at.x = 2
  assert.equal({ ...s.at }, { x: 2, y: 0 })
  s.at = { x: 1, y: s.at.x }
  assert.equal({ ...s.at }, { x: 1, y: 2 })
  refuses(() => (s.at = { x: 1 } as typeof s.at), 'at = {"x":1} lacks fields')
  refuses(() => (s.at = { x: 1, y: 4 }), 'at.y = 4 is outside its domain range(0, 3)')
  refuses(() => (s.at = 3 as unknown as typeof s.at), 'at = 3 lacks fields')
  assert.equal({ ...s.at }, { x: 1, y: 2 }, 'a value that is refused changes nothing')
})

test('a set asks and changes single elements', () => {
  const s = stateOf({ some: setOf(node) })
  s.some.add(2)
  s.some.add(0)
  s.some.add(0)
  assert.equal(plain(s.some), [0, 2], 'in the order of the domain')
  assert.is(s.some.size, 2)
  assert.ok(s.some.has(2) && !s.some.has(1))
  s.some.delete(2)
  s.some.delete(2)
  assert.equal(plain(s.some), [0])
  s.some.clear()
  assert.is(s.some.size, 0)
  s.some = new Set([1, 2])
  assert.equal(plain(s.some), [1, 2])
  refuses(() => s.some.add(3), "element of some = 3 is outside its domain collection('node', 3)")
  refuses(() => (s.some = 'ab' as never), "some = 'ab' is outside its domain setOf(collection('node', 3))")
  refuses(() => (s.some = undefined as never), "some = undefined is outside its domain setOf(collection('node', 3))")
})

test('a set of an optional scalar may contain nothing', () => {
  const s = stateOf({ some: setOf(optional(node)) })
  s.some.add(null)
  assert.equal(plain(s.some), [null])
})

test('a sequence changes at its ends', () => {
  const s = stateOf({ q: sequence(range(1, 9), 3) })
  assert.is(s.q.shift(), undefined)
  assert.is(s.q.pop(), undefined)
  s.q.push(5)
  s.q.push(6)
  s.q.push(7)
  assert.equal([s.q.length, s.q[0], s.q[2], s.q.at(-1), s.q.at(3)], [3, 5, 7, 7, undefined])
  refuses(() => s.q.push(8), 'q would hold more than 3 elements')
  assert.is(s.q.shift(), 5)
  assert.is(s.q.pop(), 7)
  assert.equal(plain(s.q), [6])
  s.q = [1, 2, 3]
  s.q = s.q.filter((each) => each !== 2)
  assert.equal(plain(s.q), [1, 3])
  assert.ok(s.q.includes(3) && s.q.indexOf(3) === 1 && s.q.some((each) => each > 2) && !s.q.every((each) => each > 2))
  refuses(() => (s.q = [1, 2, 3, 4]), 'q would hold more than 3 elements')
  refuses(() => s.q.push(0), 'q[2] = 0 is outside its domain range(1, 9)')
  assert.equal(plain(s.q), [1, 3], 'an element that is refused changes nothing')
})

test('reading beyond a sequence, or assigning into one, is refused', () => {
  const s = stateOf({ q: sequence(bool, 2) })
  refuses(() => s.q[0], 'q[0] is out of range')
  refuses(() => s.q[-1], 'q[-1] is out of range')
  refuses(() => s.q[0.5], 'q[0.5] is out of range')
  refuses(() => ((s.q as boolean[])[0] = true), 'q[0] cannot be assigned')
})

test('equal sequences are equal states, whatever they held before', () => {
  const s = stateOf({ q: sequence(range(0, 3), 2), last: range(0, 3) })
  const before = JSON.stringify(plain(s.q))
  s.q = [3, 2]
  s.q.pop()
  s.q.shift()
  assert.is(JSON.stringify(plain(s.q)), before)
  const again = model(
    'Again',
    { state: { q: sequence(range(0, 3), 2) } },
    {
      init: (t) => {
        t.q = []
      },
      actions: {
        Push: forAll({ n: range(0, 3) }, (t, { n }) => {
          when(t.q.length < 2)
          t.q.push(n)
        }),
        Shift: (t) => t.q.shift(),
        Pop: (t) => t.q.pop(),
      },
      deadlock: 'off',
    },
  )
  assert.is(referenceSearch(again).distinct, 1 + 4 + 16)
})

const message = union({ none: {}, data: { bit: bool, to: node }, all: { seen: setOf(node) } })

test('a union is read and assigned as a whole', () => {
  const s = stateOf({ m: message, q: sequence(message, 2) })
  assert.equal(s.m, { kind: 'none' })
  s.m = { kind: 'data', bit: true, to: 2 }
  assert.equal(s.m, { kind: 'data', bit: true, to: 2 })
  s.q.push(s.m)
  s.m = { kind: 'all', seen: new Set([1]) }
  assert.equal(s.q[0], { kind: 'data', bit: true, to: 2 })
  assert.ok(s.m.kind === 'all' && s.m.seen.has(1) && !s.m.seen.has(0))
  refuses(() => (s.m = { kind: 'data', bit: true } as never), 'm = {"kind":"data","bit":true} lacks fields')
  refuses(() => (s.m = { kind: 'date' } as never), `m = {"kind":"date"} is outside its domain ${message.text}`)
})

test('what is inside a union or a sequence is a copy, and cannot be changed', () => {
  const s = stateOf({ m: message, q: sequence(array(range(1, 2), bool), 1) })
  s.m = { kind: 'all', seen: new Set([1]) }
  const { m } = s
  assert.ok(m.kind === 'all')
  refuses(() => m.seen.add(2), 'm.seen is a copy and cannot be changed')
  s.m = { kind: 'none' }
  assert.equal(plain(m.seen), [1])
  s.q.push([true, false] as never)
  assert.equal([s.q[0][1], s.q[0][2]], [true, false], 'with the indices that the array has')
})

test('an optional composite is null or its value', () => {
  const s = stateOf({ at: optional(record({ x: range(0, 3), y: range(0, 3) })) })
  assert.is(s.at, null)
  s.at = { x: 1, y: 2 }
  assert.equal(s.at, { x: 1, y: 2 })
  s.at = null
  assert.is(s.at, null)
  refuses(() => (s.at = undefined as never), 'at = undefined is no value')
})

test('whole values may be assigned from what they replace', () => {
  const pair = record({ first: record({ n: range(0, 9) }), second: record({ n: range(0, 9) }) })
  const s = stateOf({
    a: array(range(0, 2), record({ x: range(0, 9), y: range(0, 9) })),
    sets: array(range(0, 1), setOf(node)),
    pair,
    queues: record({ one: sequence(node, 2), two: sequence(node, 2) }),
    some: setOf(node),
    q: sequence(node, 3),
  })
  s.a[0] = { x: 1, y: 2 }
  s.a[1] = s.a[0]
  s.a[0].x = 5
  assert.equal({ ...s.a[1] }, { x: 1, y: 2 }, 'a copy, not the same record')
  const [first] = s.a
  s.a[0] = first
  s.a = [s.a[1], s.a[0], s.a[2]] as never
  assert.equal(
    s.a.map(({ x }) => x),
    [1, 5, 0],
    'the elements of an array changed places',
  )
  s.pair.first.n = 3
  s.pair = { first: s.pair.second, second: s.pair.first }
  assert.equal([s.pair.first.n, s.pair.second.n], [0, 3])
  s.sets[0].add(1)
  s.sets = [s.sets[1], s.sets[0]] as never
  assert.equal([plain(s.sets[0]), plain(s.sets[1])], [[], [1]])
  s.queues.one.push(2)
  s.queues = { one: s.queues.two, two: s.queues.one }
  assert.equal([plain(s.queues.one), plain(s.queues.two)], [[], [2]])
  s.some = new Set([0, 2])
  const { some } = s
  s.some = some
  assert.equal(plain(s.some), [0, 2])
  s.q = [0, 1]
  s.q = [2, ...s.q]
  assert.equal(plain(s.q), [2, 0, 1])
  s.a.fill(s.a[1])
  assert.equal(
    s.a.map(({ x }) => x),
    [5, 5, 5],
  )
})

test('domains that make no sense are refused', () => {
  refuses(() => range(2, 1), 'range(2, 1) is not a range')
  refuses(() => range(0, 0.5), 'range(0, 0.5) is not a range')
  refuses(() => range(0, 2 ** 24), `range(0, ${2 ** 24}) has ${2 ** 24 + 1} values`)
  refuses(() => oneOf('a', 'b', 'a'), 'oneOf(a, b, a) lists a value twice')
  refuses(() => oneOf(1, '1'), 'oneOf(1, 1) lists a value twice')
  refuses(() => oneOf(), 'oneOf() has 0 values')
  refuses(() => collection('node', 0), "collection('node', 0) has 0 values")
  refuses(() => sequence(bool, -1), 'sequence(bool, -1) has no capacity')
  refuses(() => union({}), 'a union has no variants')
  refuses(() => union({ a: { kind: bool } }), "a field of a union cannot be named 'kind'")
})

const counter = { n: range(0, 3) }
const zero = (s: StateOf<typeof counter>) => {
  s.n = 0
}

test('two things of a model cannot have one name', () => {
  const things = { state: counter }
  refuses(
    () => model('M', things, { init: [{ start: zero }, { start: zero }] }),
    "two initial states are named 'start'",
  )
  refuses(() => model('M', things, { init: zero, actions: [{ A: zero }, { A: zero }] }), "two actions are named 'A'")
  const claims = [
    invariant<StateOf<typeof counter>>('it holds', () => true),
    reachable<StateOf<typeof counter>>('it holds', () => true),
  ]
  refuses(() => model('M', things, { init: zero, claims }), "two claims are named 'it holds'")
  const walker = process(counter, { locals: {}, start: {} }, { go: step('walk', () => 'done') })
  refuses(
    () => model('M', { state: counter, processes: { n: walker } }, { init: zero }),
    "'n' is both a variable and a process",
  )
})

test('two processes may be over one collection', () => {
  const one = process(counter, { locals: {}, start: {}, over: node }, { go: step('walk', () => 'done') })
  const two = model('M', { state: counter, processes: { reader: one, writer: one } }, { init: zero })
  const variables = two.domain.units.map(({ path }) => path)
  assert.equal(variables.slice(1), [
    '.reader0.pc',
    '.reader1.pc',
    '.reader2.pc',
    '.writer0.pc',
    '.writer1.pc',
    '.writer2.pc',
  ])
  assert.is(referenceSearch(two).distinct, 2 ** 6)
})

test('a process needs labels, and names that are not taken', () => {
  const go = { go: step('walk', () => 'done' as const) }
  refuses(() => process(counter, { locals: { pc: bool }, start: { pc: false } }, go), 'a local cannot be named pc')
  refuses(() => process(counter, { locals: { id: bool }, start: { id: false } }, go), 'a local cannot be named id')
  refuses(() => process(counter, { locals: {}, start: {} }, {}), 'a process has no steps')
  refuses(
    () => process(counter, { locals: {}, start: {} }, { done: step('walk', () => 'done') }),
    "a process cannot have a step at 'done'",
  )
  refuses(
    () => process(counter, { locals: {}, start: {} }, { ...go, 1: step('walk', () => 'done') }),
    'a label cannot be the number 1',
  )
})

/** The fault that both engines find in a model; they must tell the same. */
async function faultOf(build: () => Model): Promise<Fault> {
  const { fault } = (await search(build())).outcome
  const expected = referenceSearch(build()).fault
  assert.ok(fault !== null && expected !== null, 'a fault is found')
  assert.equal([fault.error.message, fault.level], [expected.error.message, expected.level])
  return fault
}

test('faults name the action, initial state or claim in which they happen', async () => {
  const things = { state: { n: range(0, 3), a: array(node, bool) } }
  type S = StateOf<typeof things.state>
  const init = (s: S) => {
    s.n = 0
    s.a.fill(false)
  }
  const Up = (s: S) => {
    s.n++
  }
  const cases: readonly [message: string, level: number, build: () => Model][] = [
    ['Up: n = 4 is outside its domain range(0, 3)', 4, () => model('M', things, { init, actions: { Up } })],
    [
      'Set(i=node1, to=3): a[4] is out of range',
      1,
      () =>
        model('M', things, {
          init,
          actions: {
            Set: forAll({ i: node, to: range(3, 3) }, (s, { i, to }) => {
              s.a[i === 1 ? i + to : i] = true
            }),
          },
        }),
    ],
    [
      "initial state 'start': n is never initialised",
      1,
      () => model('M', things, { init: { start: (s) => s.a.fill(true) } }),
    ],
    [
      "initial state 'start': a[node0] is never initialised",
      1,
      () => model('M', things, { init: { start: (s) => (s.n = s.a[0] ? 1 : 2) } }),
    ],
    ['there is no initial state', 1, () => model('M', things, { init, constraint: (s) => s.n > 0 })],
    [
      'there is no initial state',
      1,
      () =>
        model('M', things, {
          init: (s) => {
            init(s)
            when(s.n > 0)
          },
        }),
    ],
    [
      "claim 'in range': a[3] is out of range",
      4,
      () =>
        model('M', things, {
          init,
          actions: { Up: (s) => (s.n = (s.n + 1) % 4) },
          claims: [invariant('in range', (s) => !s.a[s.n])],
        }),
    ],
    [
      "claim 'in range': a[3] is out of range",
      4,
      () =>
        model('M', things, {
          init,
          actions: { Up: (s) => (s.n = (s.n + 1) % 4) },
          claims: [stepClaim('in range', (_, after) => !after.a[after.n])],
        }),
    ],
    [
      'the constraint: a[3] is out of range',
      4,
      () => model('M', things, { init, actions: { Up: (s) => (s.n = (s.n + 1) % 4) }, constraint: (s) => !s.a[s.n] }),
    ],
    [
      'the final states: a[3] is out of range',
      4,
      () =>
        model('M', things, {
          init,
          actions: {
            Up: (s) => {
              when(s.n < 3)
              s.n++
            },
          },
          final: (s) => s.a[s.n],
        }),
    ],
    [
      "claim 'may not choose': choose(...) was called outside an action",
      1,
      () => model('M', things, { init, claims: [invariant('may not choose', (s) => choose(s, [true, false]))] }),
    ],
    [
      "Broken: Cannot read properties of undefined (reading 'length')",
      1,
      () => model('M', things, { init, actions: { Broken: (s) => (s.n = (undefined as unknown as string).length) } }),
    ],
  ]
  for (const [message, level, build] of cases) {
    const fault = await faultOf(build)
    assert.is(fault.error.message, message)
    assert.is(fault.level, level, message)
  }
})

test('a step that returns no label of its process is a fault', async () => {
  const fault = await faultOf(() => {
    const lost = process(counter, { locals: {}, start: {} }, { go: step('walk', () => 'nowhere' as 'done') })
    return model('M', { state: counter, processes: { lost } }, { init: zero })
  })
  assert.match(fault.error.message, "lost.pc = 'nowhere' is outside its domain oneOf(go, done)")
})

test('a fault of an action counts before one of a claim that the same level leads to', async () => {
  const fault = await faultOf(() =>
    model(
      'M',
      { state: { n: range(0, 3) } },
      {
        init: { first: zero, second: (s) => (s.n = 1) },
        actions: {
          Up: (s) => {
            when(s.n === 0)
            s.n = 2
          },
          Break: (s) => {
            when(s.n === 1)
            s.n = 4
          },
        },
        claims: [
          invariant('no two', (s) => {
            if (s.n === 2) throw new Error('two')
            return true
          }),
        ],
      },
    ),
  )
  assert.is(fault.error.message, 'Break: n = 4 is outside its domain range(0, 3)')
  assert.is(fault.level, 1)
})

test('what an action wrote before a false condition did not happen', () => {
  const { distinct, generated } = referenceSearch(
    model(
      'M',
      { state: counter },
      {
        init: zero,
        actions: {
          Late: (s) => {
            s.n = 2
            when(s.n === 1)
          },
        },
        deadlock: 'off',
      },
    ),
  )
  assert.equal([distinct, generated], [1, 1])
})

test('a note changes nothing', () => {
  const build = (noted: boolean) =>
    model(
      'M',
      { state: counter },
      {
        init: zero,
        actions: {
          Up: (s) => {
            if (noted) note(s, `from ${s.n}`)
            s.n = (s.n + 1) % 4
          },
        },
      },
    )
  assert.equal(referenceSearch(build(true)), referenceSearch(build(false)))
})

test('choose takes every value, and none disables the action', () => {
  const { distinct, generated } = referenceSearch(
    model(
      'M',
      { state: { n: range(0, 9), some: setOf(node) } },
      {
        init: (s) => {
          s.n = 0
          s.some = new Set()
        },
        actions: {
          Pair: (s) => {
            when(s.n === 0)
            const tens = choose(s, [1, 2])
            s.n = tens * 3 + choose(s, tens === 1 ? node : [0])
          },
          Nothing: (s) => {
            s.n = choose(s, s.some)
          },
        },
        deadlock: 'off',
      },
    ),
  )
  assert.equal([distinct, generated], [5, 5], '3, 4, 5 and 6')
})

/** What the fast engine says about a spec that does not depend on its state alone. */
async function cheat(actions: Record<string, (s: StateOf<typeof counter>) => void>): Promise<string> {
  const { fault } = (await search(model('Cheat', { state: counter }, { init: zero, actions, deadlock: 'off' }))).outcome
  assert.ok(fault !== null, 'the engine noticed')
  assert.ok(fault.error.why.includes('outside the draft'))
  return fault.error.message
}

const CAUGHT = 'it did something else when it was run again on the same state'

test('an action that keeps state outside the draft is caught', async () => {
  let calls = 0
  const message = await cheat({
    Count: (s) => {
      calls++
      s.n = calls % 4
    },
  })
  assert.is(message, `Count: ${CAUGHT}`)
})

test('an action that asks a random number is caught', async () => {
  // Not Math.random itself, or this test would fail now and then.
  let seed = 1
  const random = () => {
    seed = (seed * 48271) % 0x7fffffff
    return seed / 0x7fffffff
  }
  const message = await cheat({
    Throw: (s) => {
      when(random() < 0.5)
      s.n = Math.floor(random() * 4)
    },
  })
  assert.is(message, `Throw: ${CAUGHT}`)
})

test('an action that reads a variable of its module is caught when another action has changed that', async () => {
  let late = false
  const message = await cheat({
    Read: (s) => {
      when(s.n === 0)
      s.n = late ? 2 : 1
    },
    Change: (s) => {
      when(s.n === 1)
      late = true
      s.n = 3
    },
  })
  assert.is(message, `Read: ${CAUGHT}`)
})

test('an action that chooses from a list kept outside the draft is caught', async () => {
  const seen: number[] = []
  const message = await cheat({
    Choose: (s) => {
      seen.push(1)
      s.n = choose(s, seen.length > 3 ? [1, 2, 3] : [1, 2])
    },
  })
  assert.is(message, `Choose: ${CAUGHT}`)
})

test('a claim, a constraint and final states that keep state elsewhere are caught', async () => {
  const actions = {
    Up: (s: StateOf<typeof counter>) => {
      when(s.n < 3)
      s.n++
    },
  }
  const claims = (says: () => boolean) => ({ claims: [invariant<StateOf<typeof counter>>('never', says)] })
  const parts: readonly [place: string, (says: () => boolean) => object][] = [
    ["claim 'never'", claims],
    ['the constraint', (says) => ({ constraint: says })],
    ['the final states', (says) => ({ final: says })],
  ]
  for (const [place, part] of parts) {
    let calls = 0
    const says = () => ++calls % 2 === 0
    const { fault } = (await search(model('Cheat', { state: counter }, { init: zero, actions, ...part(says) }))).outcome
    assert.is(fault?.error.message, `${place}: ${CAUGHT}`)
  }
})

test('a predicate that changes the state is caught', async () => {
  const claims = [
    invariant<StateOf<typeof counter>>('hands off', (s) => {
      s.n = 1
      return true
    }),
  ]
  const { fault } = (await search(model('M', { state: counter }, { init: zero, claims }))).outcome
  assert.is(fault?.error.message, "claim 'hands off' changes the state")
})

/** Never called: what must not compile. */
export function doesNotCompile(): void {
  const state = {
    n: range(0, 3),
    mode: oneOf('off', 'on'),
    at: record({ x: bool }),
    by: array(oneOf('a', 'b'), bool),
    q: sequence(message, 2),
    some: setOf(node),
    last: optional(node),
  }
  const init = (s: StateOf<typeof state>) => {
    // @ts-expect-error: there is no such variable
    s.m = 1
    // @ts-expect-error: a number is no name
    s.mode = 1
    // @ts-expect-error: no such name
    s.mode = 'of'
    // @ts-expect-error: no such field
    s.at.y = true
    // @ts-expect-error: a field is missing
    s.at = {}
    // @ts-expect-error: no such index
    s.by.c = true
    // @ts-expect-error: a field of this kind is missing
    s.q.push({ kind: 'data', bit: true })
    // @ts-expect-error: an element is not assigned
    s.q[0] = { kind: 'none' }
    // @ts-expect-error: not an element of the set
    s.some.add('a')
    // @ts-expect-error: it may be null
    s.n = s.last
  }
  model(
    'M',
    { state },
    {
      init,
      actions: {
        A: forAll({ i: node, on: bool }, (s, { i, on }) => {
          s.n = i
          s.at.x = on
          // @ts-expect-error: the parameter is a number
          s.mode = i
        }),
        // @ts-expect-error: there is no such parameter
        B: forAll({ i: node }, (_, { j }) => j),
        // @ts-expect-error: an action cannot be over a domain that is not scalar
        C: forAll({ at: state.at }, () => {}),
        // @ts-expect-error: no such variable
        D: (s) => s.nn,
      },
      claims: [
        // @ts-expect-error: a claim tells true or false
        invariant('a number', (s) => s.n),
        // @ts-expect-error: no such name
        invariant('wrong name', (s) => s.mode === 'of'),
        // @ts-expect-error: no such variable
        stepClaim('wrong variable', (before, after) => before.n === after.m),
        // @ts-expect-error: a reachable claim has no premise
        reachable('with a premise', { given: () => true, holds: (s) => s.n === 1 }),
      ],
      // @ts-expect-error: no such variable
      constraint: (s) => s.m > 0,
    },
  )
  const walker = process(
    state,
    { locals: { seen: bool }, start: { seen: false }, over: node },
    {
      go: step('walk', (s, me) => {
        s.n = me.id
        me.seen = true
        // @ts-expect-error: no such local
        me.other = 1
        return 'stop'
      }),
      stop: step('walk', () => 'done'),
    },
  )
  // @ts-expect-error: there is no label 'end'
  process(state, { locals: {}, start: {} }, { go: step('walk', () => 'end') })
  // @ts-expect-error: a local has no first value
  process(state, { locals: { seen: bool }, start: {} }, { go: step('walk', () => 'done') })
  model(
    'M',
    { state, processes: { walker } },
    {
      init,
      claims: [
        invariant('labels are known', (s) => s.walker[0].pc === 'go' || s.walker[0].seen),
        // @ts-expect-error: no such label
        invariant('wrong label', (s) => s.walker[0].pc === 'going'),
      ],
    },
  )
}

test.run()
