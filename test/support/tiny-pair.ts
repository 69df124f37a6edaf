/**
 * Pairs of tiny specs as data, for refinement claims, and the claim judged by brute force: what a behaviour visits again and
 * again is a set of places, so every set is tried. Shares no code with the checker.
 */
import fc from 'fast-check'
import { choose, type Model, model, range, refines, type Trace } from '../../checker/index.ts'
import type { Fairness } from '../../checker/language/fairness.ts'

export interface Edge {
  readonly from: number
  readonly to: number
  readonly action: number
}

interface TinyRequirement {
  readonly strong: boolean
  readonly actions: readonly number[]
}

export interface TinyMachine {
  readonly places: number
  readonly initial: readonly number[]
  readonly edges: readonly Edge[]
  readonly fairness: readonly TinyRequirement[]
}

export interface TinyPair {
  readonly concrete: TinyMachine
  readonly abstract: TinyMachine
  /** for each concrete place the abstract one */
  readonly map: readonly number[]
}

const ACTIONS = 3

const requirements = fc.array(
  fc.record({ strong: fc.boolean(), actions: fc.uniqueArray(fc.nat(ACTIONS - 1), { minLength: 1, maxLength: 3 }) }),
  { maxLength: 2 },
)

/** Nothing stops where a step is possible. */
const GOING_ON: TinyRequirement = { strong: false, actions: [0, 1, 2] }

const edgesWithin = (places: number, maxLength: number): fc.Arbitrary<Edge[]> =>
  fc.array(fc.record({ from: fc.nat(places - 1), to: fc.nat(places - 1), action: fc.nat(ACTIONS - 1) }), { maxLength })

/** Most pairs refine step by step: abstract edges are the images of the concrete ones, few of which are left out. */
export const tinyPairs: fc.Arbitrary<TinyPair> = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }))
  .chain(([places, abstractPlaces]) =>
    fc
      .record({
        initial: fc.uniqueArray(fc.nat(places - 1), { minLength: 1, maxLength: 2 }),
        edges: edgesWithin(places, 8),
        ring: fc.array(fc.nat(ACTIONS - 1), { minLength: 1, maxLength: places }),
        fairness: requirements,
        goesOn: fc.nat(3),
        map: fc.array(fc.nat(abstractPlaces - 1), { minLength: places, maxLength: places }),
        // An action for the image of each edge and initial place; some are left out.
        images: fc.array(fc.integer({ min: -3, max: 8 * ACTIONS - 1 }), { minLength: 15, maxLength: 15 }),
        more: edgesWithin(abstractPlaces, 4),
        abstractFairness: requirements,
      })
      .map(({ initial, edges: others, ring, fairness, goesOn, map, images, more, abstractFairness }): TinyPair => {
        const round = ring.map((action, at) => ({ from: at, to: (at + 1) % ring.length, action }))
        const edges = [...others, ...round]
        const imagesOf = edges.flatMap(({ from, to }, at) =>
          images[at] < 0 ? [] : [{ from: map[from], to: map[to], action: images[at] % ACTIONS }],
        )
        const begins = initial.filter((_, at) => images[13 + at] >= 0).map((place) => map[place])
        return {
          concrete: { places, initial, edges, fairness: goesOn > 0 ? [...fairness, GOING_ON] : fairness },
          abstract: {
            places: abstractPlaces,
            initial: begins.length === 0 ? [0] : [...new Set(begins)],
            edges: [...imagesOf, ...more],
            fairness: abstractFairness,
          },
          map,
        }
      }),
  )

function fairnessOf({ fairness }: TinyMachine): Fairness {
  const named = (wanted: boolean) =>
    fairness
      .filter(({ strong }) => strong === wanted)
      .map(({ actions }) => ({ anyOf: actions.map((action) => `A${action}`) }))
  return { weak: named(false), strong: named(true) }
}

function machine(name: string, tiny: TinyMachine) {
  const { places, initial, edges } = tiny
  const step = (action: number) => (s: { at: number }) => {
    s.at = choose(
      s,
      edges.filter((edge) => edge.action === action && edge.from === s.at).map(({ to }) => to),
    )
  }
  return model(
    name,
    { state: { at: range(0, places - 1) } },
    {
      init: (s) => {
        s.at = choose(s, initial)
      },
      actions: Object.fromEntries(Array.from({ length: ACTIONS }, (_, action) => [`A${action}`, step(action)])),
      fairness: fairnessOf(tiny),
      deadlock: 'off',
    },
  )
}

/** The concrete model with the claim that it refines the abstract one. */
export function buildPair({ concrete, abstract, map }: TinyPair): Model {
  const claim = refines('refines', {
    abstract: machine('Abstract', abstract),
    map: (s: { at: number }, a) => {
      a.at = map[s.at]
    },
  })
  return { ...machine('Concrete', concrete), claims: [claim] } as Model
}

/** What is true of a pair: `holds`, or the kind of the refutation and for initial states and steps the length of the trace. */
export type Truth = 'holds' | 'fairness' | number

const moves = ({ from, to }: Edge): boolean => from !== to

/** Distances from the initial places, these being at 1; places that cannot be reached have none. */
function distances({ initial, edges }: TinyMachine): Map<number, number> {
  const found = new Map(initial.map((place) => [place, 1]))
  for (let level = 1; level <= found.size; level++) {
    for (const { from, to } of edges) if (found.get(from) === level && !found.has(to)) found.set(to, level + 1)
  }
  return found
}

/** Tells whether going round among places along edges meets the fairness of a machine. */
function isFair({ edges, fairness }: TinyMachine, round: readonly number[], taken: readonly Edge[]): boolean {
  return fairness.every(({ strong, actions }) => {
    if (taken.some((edge) => moves(edge) && actions.includes(edge.action))) return true
    const enabled = (place: number) =>
      edges.some((edge) => edge.from === place && moves(edge) && actions.includes(edge.action))
    return strong ? !round.some(enabled) : !round.every(enabled)
  })
}

/** The abstract requirements that going round among these places neglects if it takes only the edges that remain. */
function neglects({ concrete, abstract, map }: TinyPair, requirement: TinyRequirement, round: readonly number[]) {
  const counts = abstract.edges.filter((edge) => moves(edge) && requirement.actions.includes(edge.action))
  const enabled = (place: number) => counts.some(({ from }) => from === map[place])
  const isStep = ({ from, to }: Edge) => counts.some((edge) => edge.from === map[from] && edge.to === map[to])
  return {
    waits: requirement.strong ? round.some(enabled) : round.every(enabled),
    remaining: concrete.edges.filter((edge) => round.includes(edge.from) && round.includes(edge.to) && !isStep(edge)),
  }
}

function connected(round: readonly number[], edges: readonly Edge[]): boolean {
  return round.every((start) => {
    const found = new Set([start])
    for (let before = 0; before < found.size; ) {
      before = found.size
      for (const { from, to } of edges) if (found.has(from)) found.add(to)
    }
    return found.size === round.length
  })
}

/** Judges a pair by the definition of refinement. */
export function truthOf(pair: TinyPair): Truth {
  const { concrete, abstract, map } = pair
  if (concrete.initial.some((place) => !abstract.initial.includes(map[place]))) return 1
  const reached = distances(concrete)
  const wrong = concrete.edges.filter(
    ({ from, to }) =>
      reached.has(from) &&
      map[from] !== map[to] &&
      !abstract.edges.some((edge) => edge.from === map[from] && edge.to === map[to]),
  )
  if (wrong.length > 0) return 1 + Math.min(...wrong.map(({ from }) => reached.get(from)!))
  const places = [...reached.keys()]
  for (let bits = 1; bits < 2 ** places.length; bits++) {
    const round = places.filter((_, at) => ((bits >> at) & 1) === 1)
    for (const requirement of abstract.fairness) {
      const { waits, remaining } = neglects(pair, requirement, round)
      if (waits && connected(round, remaining) && isFair(concrete, round, remaining)) return 'fairness'
    }
  }
  return 'holds'
}

/** What is wrong with a trace that refutes a pair; empty where nothing is. */
export function mistakes(pair: TinyPair, truth: Truth, trace: Trace): string[] {
  const { concrete, abstract, map } = pair
  // Where there is one place only, the trace says nothing of it.
  let at = Number(trace.initial.values[0]?.value ?? 0)
  const first = at
  const edges = trace.steps.map(({ label, changes }): Edge => {
    const from = at
    if (changes.length > 0) at = Number(changes[0].to)
    return { from, to: at, action: Number(label.slice(1)) }
  })
  const states = [first, ...edges.map(({ to }) => to)]
  const known = (edge: Edge) =>
    concrete.edges.some(({ from, to, action }) => from === edge.from && to === edge.to && action === edge.action)
  const found: string[] = []
  if (!concrete.initial.includes(first)) found.push('it does not begin in an initial place')
  if (!edges.every(known)) found.push('a step is no edge')
  if (trace.loop === null) {
    if (truth !== trace.length) found.push(`it has ${trace.length} states instead of ${truth}`)
    const [before, after] = states.slice(-2).map((place) => map[place])
    if (trace.length > 1 && abstract.edges.some(({ from, to }) => from === before && to === after))
      found.push('its last step is one of the abstract machine')
    return found
  }
  const round = states.slice(trace.loop)
  const taken = edges.slice(trace.loop)
  if (round[0] !== round[round.length - 1]) found.push('the loop does not close')
  if (!isFair(concrete, round, taken)) found.push('the loop is not fair')
  const refuting = abstract.fairness.some((requirement) => {
    const { waits, remaining } = neglects(pair, requirement, round)
    return waits && taken.every((edge) => remaining.some((other) => other.from === edge.from && other.to === edge.to))
  })
  if (!refuting) found.push('it neglects no abstract requirement')
  return found
}
