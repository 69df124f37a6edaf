/**
 * Tiny specs as data, for temporal claims: a few places, and relations between them that actions, members and a process
 * follow. Names of fairness are chosen at random, and resolved here a second time.
 */
import fc from 'fast-check'
import type { Claim, Model } from '../../checker/index.ts'
import {
  alwaysEventually,
  choose,
  collection,
  eventually,
  eventuallyAlways,
  forAll,
  leadsTo,
  model,
  process,
  range,
  step,
  when,
} from '../../checker/index.ts'
import type { FairnessName } from '../../checker/language/fairness.ts'
import type { TemporalForm } from '../../checker/language/temporal.ts'

/** From a place to others. */
type Relation = readonly (readonly [number, number])[]

/** A set of places, by bits. */
type Places = number

export interface TinyClaim {
  readonly form: TemporalForm
  /** one for each argument; the claim has a parameter where there are two */
  readonly goals: readonly Places[]
  readonly triggers: readonly Places[]
  /** all places where there is no premise */
  readonly given: Places | null
  /** the goal also wants the process to be at its first label */
  readonly atFirst: boolean
}

export interface TinySpec {
  readonly places: number
  readonly initial: readonly number[]
  readonly actions: readonly Relation[]
  readonly members: readonly Relation[]
  /** for the labels `one` and `two`: where the step leads, and whether it goes to the other label */
  readonly process: readonly { readonly relation: Relation; readonly moves: boolean }[] | null
  readonly constraint: Places | null
  readonly weak: readonly (readonly number[])[]
  readonly strong: readonly (readonly number[])[]
  readonly claims: readonly TinyClaim[]
}

const has = (places: Places, place: number): boolean => ((places >> place) & 1) === 1

/** Everything that fairness can name in a tiny spec. */
function names({ actions, members, process }: TinySpec): string[] {
  return [
    ...actions.map((_, at) => `A${at}`),
    ...(members.length === 0 ? [] : ['M', ...members.map((_, at) => `member${at}`)]),
    ...(process === null ? [] : ['p', 'p: one', 'p: two']),
  ]
}

/** One name stands for itself, several for `anyOf`. */
function fairnessNames(spec: TinySpec, chosen: TinySpec['weak']): FairnessName[] {
  const all = names(spec)
  return chosen.map((each) => {
    const named = each.map((number) => all[number % all.length])
    return named.length === 1 ? named[0] : { anyOf: named }
  })
}

/** The requirements of a tiny spec, resolved without the checker: by actor and label of the step. */
export function tinyFairness(spec: TinySpec): { strength: 'weak' | 'strong'; steps: readonly string[] }[] {
  const stepsOf = (name: string): string[][] => {
    const members = spec.members.map((_, at) => [`member${at} M(m=member${at})`])
    if (name === 'M') return members
    if (name.startsWith('member')) return [members[Number(name.slice(6))]]
    if (name === 'p') return [['p one', 'p two']]
    return [[name.startsWith('p: ') ? `p ${name.slice(3)}` : ` ${name}`]]
  }
  return (['weak', 'strong'] as const).flatMap((strength) =>
    fairnessNames(spec, spec[strength]).flatMap((name) =>
      typeof name === 'string'
        ? stepsOf(name).map((steps) => ({ strength, steps }))
        : [{ strength, steps: name.anyOf.flatMap((each) => stepsOf(each).flat()) }],
    ),
  )
}

/** A state as its claims see it. */
export interface Seen {
  readonly place: number
  readonly first: boolean
}

export const tinyGoal =
  ({ goals, atFirst }: TinyClaim, argument: number) =>
  ({ place, first }: Seen): boolean =>
    has(goals[argument], place) && (first || !atFirst)
export const tinyTrigger =
  ({ triggers }: TinyClaim, argument: number) =>
  ({ place }: Seen): boolean =>
    has(triggers[argument % triggers.length], place)
export const tinyGiven =
  ({ given }: TinyClaim) =>
  ({ place }: Seen): boolean =>
    given === null || has(given, place)

interface State {
  place: number
  p?: { pc: string }
}

const seen = (s: State): Seen => ({ place: s.place, first: !('p' in s) || s.p!.pc === 'one' })

function claimOf(claim: TinyClaim, at: number): Claim<object> {
  const argument = range(0, claim.goals.length - 1)
  const body = {
    name: `claim ${at}`,
    ...(claim.goals.length > 1 && { over: { x: argument } }),
    ...(claim.given !== null && { given: (s: object) => tinyGiven(claim)(seen(s as State)) }),
    holds: (s: object, { x = 0 }: { x?: number }) => tinyGoal(claim, x)(seen(s as State)),
  }
  const sentence = `sentence ${at}`
  if (claim.form === 'eventually') return eventually(sentence, body)
  if (claim.form === 'always eventually') return alwaysEventually(sentence, body)
  if (claim.form === 'eventually always') return eventuallyAlways(sentence, body)
  const from = (s: object, { x = 0 }: { x?: number }) => tinyTrigger(claim, x)(seen(s as State))
  return leadsTo(sentence, { ...body, from })
}

/** The model that a description stands for. */
export function buildTiny(spec: TinySpec): Model {
  const member = collection('member', Math.max(1, spec.members.length))
  const place = range(0, spec.places - 1)
  const follow = (s: State, relation: Relation) => {
    const next = relation.filter(([from]) => from === s.place).map(([, to]) => to)
    when(next.length > 0)
    s.place = choose(s, next)
  }
  const state = { place }
  const steps =
    spec.process === null
      ? {}
      : {
          processes: {
            p: process(
              state,
              { locals: {}, start: {} },
              {
                one: step<State, unknown, 'one' | 'two'>('one', (s) => {
                  follow(s, spec.process![0].relation)
                  return spec.process![0].moves ? 'two' : 'one'
                }),
                two: step<State, unknown, 'one' | 'two'>('two', (s) => {
                  follow(s, spec.process![1].relation)
                  return spec.process![1].moves ? 'one' : 'two'
                }),
              },
            ),
          },
        }
  return model(
    'Tiny',
    { state, ...steps },
    {
      init: (s) => {
        s.place = choose(s, spec.initial)
      },
      actions: {
        ...Object.fromEntries(spec.actions.map((relation, at) => [`A${at}`, (s: State) => follow(s, relation)])),
        ...(spec.members.length > 0 && {
          M: forAll({ m: member }, (s: State, { m }) => follow(s, spec.members[m])),
        }),
      },
      ...(spec.constraint !== null && { constraint: (s: State) => has(spec.constraint!, s.place) }),
      fairness: { weak: fairnessNames(spec, spec.weak), strong: fairnessNames(spec, spec.strong) },
      claims: spec.claims.map(claimOf) as Claim<never>[],
      deadlock: 'off',
    },
  )
}

/** Generated tiny specs. */
export const tinySpecs: fc.Arbitrary<TinySpec> = fc.integer({ min: 1, max: 6 }).chain((places) => {
  const place = fc.nat(places - 1)
  const set = fc.nat(2 ** places - 1)
  const relation = fc.array(fc.tuple(place, place), { minLength: 1, maxLength: places + 1 })
  const named = fc.array(fc.array(fc.nat(20), { minLength: 1, maxLength: 2 }), { maxLength: 3 })
  return fc.record({
    places: fc.constant(places),
    initial: fc.array(place, { minLength: 1, maxLength: 2 }),
    actions: fc.array(relation, { minLength: 1, maxLength: 3 }),
    members: fc.oneof(fc.constant([]), fc.tuple(relation, relation)),
    process: fc.option(
      fc.tuple(fc.record({ relation, moves: fc.boolean() }), fc.record({ relation, moves: fc.boolean() })),
    ),
    // Rejecting is rare: most places must be allowed for anything to happen.
    constraint: fc.option(
      fc.tuple(set, set).map(([a, b]) => a | b),
      { freq: 1, nil: null },
    ),
    weak: named,
    strong: named,
    claims: fc.array(
      fc.record({
        form: fc.constantFrom<TemporalForm>('eventually', 'always eventually', 'eventually always', 'leads to'),
        goals: fc.array(set, { minLength: 1, maxLength: 2 }),
        triggers: fc.array(set, { minLength: 1, maxLength: 2 }),
        given: fc.option(set, { freq: 2 }),
        atFirst: fc.boolean(),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
})
