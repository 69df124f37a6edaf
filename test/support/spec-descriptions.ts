/** Random descriptions of small specs. Weights are chosen so that most of them have some hundreds of states. */
import fc from 'fast-check'
import type { DomainDescription, ScalarDescription } from './generated-shape.ts'
import type {
  ActionDescription,
  Choice,
  ClaimDescription,
  Expression,
  PlaceDescription,
  ProcessDescription,
  SpecDescription,
  Statement,
} from './generated-spec.ts'

type Arbitrary<T> = fc.Arbitrary<T>

const weighted = <T>(...choices: readonly (readonly [weight: number, arbitrary: Arbitrary<T>])[]): Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))

const list = <T>(arbitrary: Arbitrary<T>, minLength: number, maxLength: number): Arbitrary<T[]> =>
  fc.array(arbitrary, { minLength, maxLength })

/** true once in `times` */
const seldom = (times: number): Arbitrary<boolean> => fc.nat(times - 1).map((n) => n === times - 1)

const small = fc.nat(4)

const plainScalars: Arbitrary<ScalarDescription> = weighted<ScalarDescription>(
  [2, fc.constant({ kind: 'bool' })],
  [
    3,
    fc.record({
      kind: fc.constant('range' as const),
      low: fc.integer({ min: -3, max: 2 }),
      size: fc.constantFrom(3, 5, 2, 4, 1),
    }),
  ],
  [
    2,
    fc.constantFrom<ScalarDescription>(
      { kind: 'oneOf', values: ['a', 'b'] },
      { kind: 'oneOf', values: ['a', 'b', 'c'] },
      { kind: 'oneOf', values: [7, 'x', -1] },
    ),
  ],
  [2, fc.constant({ kind: 'node' })],
)

const scalars: Arbitrary<ScalarDescription> = weighted<ScalarDescription>(
  [5, plainScalars],
  [1, plainScalars.map((of) => ({ kind: 'maybe', of }))],
)

const indices: Arbitrary<ScalarDescription> = weighted<ScalarDescription>(
  [4, fc.constant({ kind: 'node' })],
  [
    2,
    fc.record({
      kind: fc.constant('range' as const),
      low: fc.integer({ min: -1, max: 2 }),
      size: fc.constantFrom(1, 2),
    }),
  ],
  [1, fc.constantFrom<ScalarDescription>({ kind: 'oneOf', values: ['n', 'm'] }, { kind: 'oneOf', values: [5, 3] })],
)

/** Domains whose parts are taken from `of`. */
const compositesOf = (of: Arbitrary<DomainDescription>): Arbitrary<DomainDescription> =>
  weighted<DomainDescription>(
    [2, fc.record({ kind: fc.constant('array' as const), index: indices, element: of })],
    [2, fc.record({ kind: fc.constant('record' as const), fields: list(of, 1, 2) })],
    [1, fc.record({ kind: fc.constant('union' as const), variants: list(list(of, 0, 2), 1, 3) })],
    [2, scalars.map((element) => ({ kind: 'set', of: element }))],
    [2, fc.record({ kind: fc.constant('sequence' as const), of, capacity: fc.constantFrom(2, 1, 0) })],
    [1, of.map((inner) => ({ kind: 'optional', of: inner }))],
  )

const domains: Arbitrary<DomainDescription> = weighted<DomainDescription>(
  [6, scalars],
  [4, compositesOf(scalars)],
  [2, compositesOf(compositesOf(scalars))],
)

const places = (index: Arbitrary<Expression>): Arbitrary<PlaceDescription> =>
  fc.record({ place: fc.nat(30), index, wild: seldom(8) })

const leaves: Arbitrary<Expression> = weighted<Expression>(
  [3, small],
  [2, fc.record({ op: fc.constant('value' as const), n: small })],
  [3, fc.record({ op: fc.constant('read' as const), at: places(small), after: fc.boolean() })],
)

const binary = fc.constantFrom('sum', 'same', 'less', 'both', 'either')
const expressionsOf = (of: Arbitrary<Expression>): Arbitrary<Expression> =>
  weighted<Expression>(
    [3, leaves],
    [2, fc.record({ op: fc.constant('read' as const), at: places(of), after: fc.boolean() })],
    [
      3,
      fc.record({
        op: fc.constant('ask' as const),
        at: places(of),
        question: fc.nat(6),
        argument: of,
        after: fc.boolean(),
      }),
    ],
    [3, fc.record({ op: binary, a: of, b: of }) as Arbitrary<Expression>],
    [1, fc.record({ op: fc.constant('not' as const), a: of })],
  )

const expressions = expressionsOf(expressionsOf(leaves))

const reads: Arbitrary<Expression> = fc.record({
  op: fc.constant('read' as const),
  at: places(leaves),
  after: fc.boolean(),
})

/** Expressions that are false in some states and true in others more often than not. */
const conditions: Arbitrary<Expression> = weighted<Expression>(
  [3, fc.record({ op: fc.constant('same' as const), a: reads, b: fc.nat(2) })],
  [2, fc.record({ op: fc.constant('less' as const), a: reads, b: fc.integer({ min: 1, max: 3 }) })],
  [1, reads],
  [1, reads.map((a) => ({ op: 'not', a }))],
  [2, expressions],
)

/** Conditions that are seldom false. */
const lenient: Arbitrary<Expression> = fc.record({ op: fc.constant('either' as const), a: conditions, b: conditions })

const choices: Arbitrary<Choice> = weighted<Choice>(
  [3, fc.record({ among: fc.constant('domain' as const), of: scalars })],
  [1, fc.record({ among: fc.constant('members' as const), at: places(leaves) })],
  [1, fc.record({ among: fc.constant('numbers' as const), below: expressions })],
)

const writes: Arbitrary<Statement> = weighted<Statement>(
  [6, fc.record({ do: fc.constant('advance' as const), at: places(leaves), by: fc.constantFrom(1, 2, 1, 0) })],
  [3, fc.record({ do: fc.constant('assign' as const), at: places(expressions), seed: expressions })],
  [4, fc.record({ do: fc.constant('use' as const), at: places(leaves), method: fc.nat(6), argument: expressions })],
  [1, fc.record({ do: fc.constant('copy' as const), at: places(leaves), from: places(leaves) })],
)

const chooses: Arbitrary<Statement> = fc.record({ do: fc.constant('choose' as const), from: choices })
const guards: Arbitrary<Statement> = fc.record({ do: fc.constant('when' as const), condition: conditions })

const simple = weighted<Statement>([10, writes], [1, guards], [1, chooses])

const branching: Arbitrary<Statement> = fc.record({
  do: fc.constant('if' as const),
  condition: conditions,
  body: list(simple, 0, 2),
  else: list(simple, 0, 2),
})

const statements: Arbitrary<Statement> = weighted<Statement>([6, simple], [1, branching])

const values: Arbitrary<Expression> = fc.record({ op: fc.constant('value' as const), n: small })

/** A choice, and reads and writes of the element that was chosen: what is read after a choice differs between branches. */
const chosenElement: Arbitrary<Statement[]> = fc.tuple(
  chooses,
  fc.record({
    do: fc.constant('when' as const),
    condition: fc.record({
      op: fc.constantFrom('same', 'less'),
      a: fc.record({ op: fc.constant('read' as const), at: places(values), after: fc.constant(false) }),
      b: fc.integer({ min: 1, max: 3 }),
    }),
  }) as Arbitrary<Statement>,
  fc.record({ do: fc.constant('advance' as const), at: places(values), by: fc.constantFrom(1, 2) }),
)

const bodies: Arbitrary<Statement[]> = weighted(
  [
    3,
    fc
      .tuple(list(guards, 0, 1), list(statements, 1, 3), list(writes, 0, 1))
      .map(([guard, ...rest]) => [...guard, ...rest.flat()]),
  ],
  [1, fc.tuple(list(statements, 0, 1), chosenElement, list(statements, 0, 1)).map((parts) => parts.flat())],
)

const oneGuardInFour = weighted<Statement[]>([3, fc.constant([])], [1, list(guards, 1, 1)])

const actions: Arbitrary<ActionDescription> = fc.record({ parameters: list(scalars, 0, 2), body: bodies })

/** Actions that keep several variables moving, without which most specs would have a handful of states. */
const movers: Arbitrary<ActionDescription[]> = fc
  .uniqueArray(fc.nat(12), { minLength: 2, maxLength: 5 })
  .chain((moved) => fc.tuple(...moved.map((place) => fc.tuple(fc.constant(place), oneGuardInFour))))
  .map((all) =>
    all.map(([place, guard]) => ({
      parameters: [{ kind: 'node' }],
      body: [...guard, { do: 'advance', at: { place, index: { op: 'value', n: 0 }, wild: false }, by: 1 }],
    })),
  )

const processes: Arbitrary<ProcessDescription> = fc.record({
  many: fc.boolean(),
  locals: list(domains, 0, 2),
  steps: list(
    fc.record({ body: list(statements, 0, 3), next: weighted<Expression>([2, small], [1, expressions]) }),
    1,
    3,
  ),
})

const allOf = (parts: readonly Expression[]): Expression => parts.reduce((a, b) => ({ op: 'both', a, b }))

/** Conditions that few states satisfy, so that they are met late if at all. */
const rare: Arbitrary<Expression> = list(
  fc.record({ op: fc.constant('same' as const), a: reads, b: fc.integer({ min: 1, max: 3 }) }),
  2,
  4,
).map(allOf)

/** Conditions that ask for derived quantities. */
const asking: Arbitrary<Expression> = fc
  .tuple(
    list(fc.record({ op: fc.constant('derived' as const), n: small, after: fc.boolean() }), 1, 3),
    weighted<Expression>([1, reads], [1, small]),
    fc.constantFrom('same', 'less', 'sum', 'either'),
  )
  .map(([quantities, other, op]) => ({
    op,
    a: quantities.reduce<Expression>((a, b) => ({ op: 'sum', a, b }), 0),
    b: other,
  }))

const quantities: Arbitrary<Expression> = weighted(
  [1, expressions],
  [2, fc.record({ op: fc.constant('sum' as const), a: reads, b: expressions })],
)

const claims: Arbitrary<ClaimDescription> = weighted<ClaimDescription>(
  [
    2,
    fc.record({
      kind: fc.constantFrom('invariant', 'step', 'reachable'),
      over: fc.option(scalars, { freq: 2 }),
      given: fc.option(conditions, { freq: 2 }),
      conjuncts: weighted<Expression[]>([2, list(lenient, 1, 3)], [1, list(conditions, 1, 2)], [2, list(asking, 1, 2)]),
    }),
  ],
  [
    2,
    fc.tuple(fc.constantFrom('invariant', 'step', 'reachable'), rare).map(([kind, met]) => ({
      kind,
      over: null,
      given: null,
      conjuncts: [kind === 'reachable' ? met : ({ op: 'not', a: met } as const)],
    })),
  ],
)

const allActions: Arbitrary<ActionDescription[]> = fc
  .tuple(list(actions, 1, 4), weighted<ActionDescription[]>([1, fc.constant([])], [5, movers]))
  .map((both) => both.flat())

/** The same actions where a guard holds only: such specs may end in a deadlock. */
const guarded = (guard: Statement, all: readonly ActionDescription[]): ActionDescription[] =>
  all.map(({ parameters, body }) => ({ parameters, body: [guard, ...body] }))

/** Specs that use everything the language has. One in six may go out of range somewhere. */
export const specDescriptions: Arbitrary<SpecDescription> = fc.noBias(
  fc.record({
    nodes: fc.constantFrom(2, 3, 1),
    faulty: seldom(6),
    variables: list(domains, 2, 5),
    processes: weighted<ProcessDescription[]>([2, fc.constant([])], [1, list(processes, 1, 2)]),
    initial: weighted<Statement[][]>(
      [1, fc.constant([[]])],
      [1, list(list(weighted<Statement>([4, writes], [1, chooses]), 0, 3), 1, 3)],
    ),
    actions: weighted([4, allActions], [1, fc.tuple(guards, allActions).map(([guard, all]) => guarded(guard, all))]),
    quantities: list(quantities, 0, 3),
    claims: list(claims, 0, 4),
    constraint: weighted<Expression | null>([8, fc.constant(null)], [1, lenient]),
    deadlock: fc.constantFrom('stuck unless final', 'off', 'stuck'),
    final: fc.option(conditions, { freq: 3 }),
  }),
)
