/** Derived quantities: claims that ask for them say what they say when they compute everything themselves. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Quantities } from '../checker/engine/quantities.ts'
import { QuantityProgram } from '../checker/engine/quantity-program.ts'
import { referenceSearch } from '../checker/engine/reference.ts'
import { type SearchOptions, search } from '../checker/engine/search.ts'
import { derived, invariant, type Model, model, oneOf, range, reachable, stepClaim, when } from '../checker/index.ts'

const SIZE = 9
const names = ['a', 'b', 'c'] as const
type Name = (typeof names)[number]
type State = Record<Name, number>
type Ask = (s: State, x: Name, y: Name) => number

/** Three counters, and for every sum of two of them the claims that it is never exceeded and that it is reached. */
function counters(sum: Ask, product: Ask): Model {
  const counter = range(0, SIZE - 1)
  return model(
    'Counters',
    { state: { a: counter, b: counter, c: counter } },
    {
      init: (s) => Object.assign(s, { a: 0, b: 0, c: 0 }),
      actions: Object.fromEntries(
        names.map((name) => [
          name,
          (s: State) => {
            when(s[name] < SIZE - 1)
            s[name]++
          },
        ]),
      ),
      claims: Array.from({ length: 2 * SIZE }, (_, most) => [
        invariant<State>(`a + b is at most ${most}, or c is odd`, (s) => sum(s, 'a', 'b') <= most || s.c % 2 === 1),
        invariant<State>(`not ${most} twice`, (s) => sum(s, 'a', 'c') !== most || sum(s, 'b', 'c') !== most),
        reachable<State>(`a * b can be ${most} + c`, (s) => product(s, 'a', 'b') === most + s.c && s.c > 2),
      ]).flat(),
      deadlock: 'off',
    },
  )
}

const sum: Ask = (s, x, y) => s[x] + s[y]
const product: Ask = (s, x, y) => s[x] * s[y]

test('claims say the same whether quantities are remembered or computed', async () => {
  const remembered = counters(derived('sum', sum), derived('product', product))
  const expected = referenceSearch(counters(sum, product)).claims
  assert.equal(referenceSearch(remembered).claims, expected)
  for (const kernelAfter of [Infinity, 0, 100]) {
    const { outcome, statistics } = await search(remembered, { kernelAfter })
    assert.equal(outcome.claims, expected, `kernel after ${kernelAfter}`)
    const plain = await search(counters(sum, product), { kernelAfter })
    assert.ok(statistics.learned < 0.7 * plain.statistics.learned, 'fewer paths are learned')
  }
})

test('the first quantity may be asked for after the kernel has taken over', async () => {
  const parity = derived('parity', (s: { n: number }) => s.n % 2)
  const late = model(
    'Late',
    { state: { n: range(0, 100), on: range(0, 1) } },
    {
      init: (s) => Object.assign(s, { n: 0, on: 0 }),
      actions: {
        up(s) {
          when(s.n < 100)
          s.n++
        },
        // Known of every n from the first on, so that the kernel finds what this leads to.
        turnOn(s) {
          when(s.on === 0)
          s.on = 1
        },
      },
      claims: [invariant<{ n: number; on: number }>('even at last', (s) => s.on === 0 || s.n < 51 || parity(s) === 0)],
      deadlock: 'off',
    },
  )
  const { outcome } = await search(late, { kernelAfter: 10 })
  assert.equal(outcome, referenceSearch(late))
})

test('the kernel answers for quantities that it knows', async () => {
  const questions = async (model: Model) => (await search(model, { kernelAfter: 0 })).statistics.questions
  const remembered = await questions(counters(derived('sum', sum), derived('product', product)))
  assert.ok(remembered < 0.75 * (await questions(counters(sum, product))), `${remembered} questions`)
})

/** A counter and what is claimed of it. */
function counter(most: number, ...claims: Parameters<typeof model>[2]['claims'] & object): Model {
  return model(
    'Counter',
    { state: { n: range(0, most) } },
    {
      init: (s) => Object.assign(s, { n: 0 }),
      actions: {
        up(s: { n: number }) {
          when(s.n < most)
          s.n++
        },
      },
      claims: claims as never,
      deadlock: 'off',
    },
  )
}

type Counter = { n: number }

async function agree(make: () => Model, options: SearchOptions = {}): Promise<void> {
  const expected = referenceSearch(make())
  for (const kernelAfter of [Infinity, 0]) {
    const { outcome } = await search(make(), { kernelAfter, ...options })
    assert.equal(outcome.claims, expected.claims)
    assert.is(outcome.fault?.level, expected.fault?.level)
    assert.is(outcome.fault?.error.message, expected.fault?.error.message)
  }
}

test('quantities of more kinds and values than the kernel tells apart', async () => {
  const most = 1300
  type Marked = { n: number; marks: number }
  await agree(() => {
    const itself = derived('itself', (s: Marked) => s.n)
    const above = derived('above', (s: Marked, bound: number) => s.n > bound)
    const word = derived('word', (s: Marked): string | null => (s.n % 3 === 0 ? null : `n${s.n % 3}`))
    return model(
      'Marked',
      { state: { n: range(0, most), marks: range(0, 2) } },
      {
        init: (s) => Object.assign(s, { n: 0, marks: 0 }),
        actions: {
          up(s: Marked) {
            when(s.n < most)
            s.n++
          },
          mark(s: Marked) {
            when(s.marks < 2)
            s.marks++
          },
        },
        claims: [
          invariant<Marked>('never below 0', (s) => itself(s) >= 0),
          // With fewer marks, the kernel has learned all values by the time that it matters.
          invariant<Marked>('below 1200 with two marks', (s) => s.marks < 2 || itself(s) < 1200),
          invariant<Marked>('above itself', (s) => above(s, s.n - 1)),
          invariant<Marked>('word', (s) => (word(s) === null) === (s.n % 3 === 0)),
          reachable<Marked>('n2', (s) => word(s) === 'n2' && itself(s) > 1100),
        ],
        deadlock: 'off',
      },
    )
  })
})

test('a quantity that was asked for since has no place in the program', () => {
  const ints = new Int32Array(100)
  let free = 0
  const memory = {
    ints,
    allocate(bytes: number) {
      free += bytes
      return free - bytes
    },
  }
  const quantities = new Quantities()
  const quantity = { place: 'q', compute: () => 0 }
  quantities.numberOf(quantity, [1])
  const program = new QuantityProgram(memory, 2, quantities)
  assert.is(program.field(0).word, 2)
  assert.is(program.field(quantities.numberOf(quantity, [2])).mask, 0)
})

test('quantities in the order in which claims come to ask for them', async () => {
  // Each is asked for the first time when the kernel has been at work for long.
  await agree(() => {
    const is = derived('is', (s: Counter, n: number) => s.n === n)
    return counter(
      700,
      invariant<Counter>('known', (s) => is(s, 50 * Math.floor(s.n / 50)) === (s.n % 50 === 0) && !is(s, 650)),
    )
  })
})

test('an exception in a quantity is one of the claim that asks for it', async () => {
  await agree(() => {
    const inverse = derived('inverse', (s: Counter) => {
      if (s.n === 40) throw new Error('forty')
      return 1 / s.n
    })
    return counter(
      60,
      invariant<Counter>('inverse', (s) => s.n === 0 || inverse(s) > 0),
    )
  })
  // A claim may live with it.
  await agree(() => {
    const odd = derived('odd', (s: Counter) => {
      if (s.n % 2 === 0) throw new Error('even')
      return s.n
    })
    const safe = (s: Counter) => {
      try {
        return odd(s)
      } catch {
        return s.n + 1
      }
    }
    return counter(
      60,
      invariant<Counter>('odd', (s) => safe(s) % 2 === 1 && safe(s) < 50),
    )
  })
})

test('an exception that is remembered is thrown again, whatever was computed since', async () => {
  type Grid = { x: number; y: number }
  await agree(() => {
    const above = derived('above', (s: Grid) => {
      if (s.y === 0) throw new Error('none')
      return s.y
    })
    const caught = (s: Grid): number => {
      try {
        return above(s)
      } catch {
        return 7
      }
    }
    return model(
      'Grid',
      { state: { x: range(0, 3), y: range(0, 3) } },
      {
        init: (s) => Object.assign(s, { x: 0, y: 0 }),
        actions: {
          x(s: Grid) {
            when(s.x < 3)
            s.x++
          },
          y(s: Grid) {
            when(s.y < 3)
            s.y++
          },
        },
        claims: [
          invariant<Grid>('none', (s) => s.x !== 9 && (s.x !== 2 || caught(s) !== 7)),
          invariant<Grid>('not both', (s) => caught(s) === 7 || s.y > 0),
        ],
        deadlock: 'off',
      },
    )
  })
})

test('what a claim catches of a faulty quantity is a fault all the same', async () => {
  const changing = derived('changing', (s: Counter) => {
    s.n = 0
    return 0
  })
  const careless = (s: Counter) => {
    try {
      return changing(s) === 0
    } catch {
      return true
    }
  }
  const { outcome } = await search(counter(3, invariant<Counter>('careless', careless)))
  assert.match(outcome.fault?.error.message ?? '', 'changes the state')
})

test('what is not plain is refused, by both engines', async () => {
  const list = derived('list', (s: Counter) => [s.n] as unknown as number)
  await agree(() =>
    counter(
      3,
      invariant<Counter>('list', (s) => list(s) === 0),
    ),
  )
  const of = derived('of', (s: Counter, other: Counter & number) => s.n + other.n)
  await agree(() =>
    counter(
      3,
      invariant<Counter>('of', (s) => of(s, s as Counter & number) === 0),
    ),
  )
  const { fault } = referenceSearch(
    counter(
      3,
      invariant<Counter>('list', (s) => list(s) === 0),
    ),
  )
  assert.match(fault?.error.message ?? '', "derived quantity 'list' is [0]")
})

test('a quantity that changes the state, or does not repeat itself, is a fault', async () => {
  const changing = derived('changing', (s: Counter) => {
    s.n = 0
    return 0
  })
  const first = await search(
    counter(
      3,
      invariant<Counter>('changing', (s) => changing(s) === 0),
    ),
  )
  assert.match(first.outcome.fault?.error.message ?? '', 'changes the state')
  let calls = 0
  const counting = derived('counting', (s: Counter) => s.n + ++calls)
  const second = await search(
    counter(
      3,
      invariant<Counter>('counting', (s) => counting(s) > 0),
    ),
  )
  assert.match(second.outcome.fault?.error.message ?? '', 'something else when it was run again')
})

test('zeros and arguments that print alike are told apart', async () => {
  await agree(() => {
    const zero = derived('zero', (s: Counter) => (s.n % 2 === 0 ? 0 : -0))
    const of = derived('of', (_s: Counter, x: number | string | null) => typeof x)
    return counter(
      4,
      invariant<Counter>('zero', (s) => 1 / zero(s) > 0),
      invariant<Counter>('of', (s) => of(s, 1) !== of(s, '1') && of(s, Number.NaN) !== of(s, null)),
    )
  })
})

test('actions, constraints and step claims compute quantities, before and after alike', async () => {
  const colour = oneOf('red', 'green')
  type Light = { light: string; n: number }
  await agree(() => {
    const next = derived('next', (s: Light) => (s.light === 'red' ? 'green' : 'red'))
    const n = derived('n', (s: Light) => s.n)
    return model(
      'Light',
      { state: { light: colour, n: range(0, 90) } },
      {
        init: (s) => Object.assign(s, { light: 'red', n: 0 }),
        actions: {
          turn(s: Light) {
            s.light = next(s)
            s.n = n(s) + 1
          },
        },
        constraint: (s) => n(s) < 80,
        claims: [
          stepClaim('turns', (before, after) => next(before) === after.light && n(after) === n(before) + 1),
          invariant('parity', (s) => (s.n % 2 === 0) === (next(s) === 'green')),
          invariant('late', (s) => n(s) < 70),
        ],
        deadlock: 'off',
      },
    )
  })
})

test.run()
