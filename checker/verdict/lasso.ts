/**
 * Lassos: counterexamples to temporal claims. A stem leads to a state of a fair cycle that keeps the goal away; of all
 * such states the nearest is taken, and through it a short cycle that is fair in itself: every edge of it is an edge of
 * the graph, and what fairness asks for happens on the cycle shown, not merely somewhere in its component.
 */
import type { TemporalForm } from '../language/temporal.ts'
import { type FairComponent, type FairnessBits, forEachFairComponent } from './fair-cycle.ts'
import type { Transitions } from './transitions.ts'

/** A set of states: 1 for each member. */
export type StateSet = Uint8Array

/** A temporal claim on one graph: what each state satisfies. */
export interface TemporalQuestion {
  readonly form: TemporalForm
  readonly initial: readonly number[]
  readonly goal: StateSet
  /** what a `leads to` begins with; null for the other forms */
  readonly trigger: StateSet | null
  /** holds every state of the cycle; null where every cycle will do */
  readonly given: StateSet | null
}

export interface Lasso {
  /** the initial state first, the first state of the cycle last; in that one the goal is false */
  readonly stem: readonly number[]
  readonly stemEdges: readonly number[]
  /** the edges of the cycle, from and back to the end of the stem; empty where the behaviour stutters there for ever */
  readonly loopEdges: readonly number[]
}

/**
 * A lasso that violates the claim, or null when every fair behaviour keeps it. Its cycle is one of `cycles`: of the graph,
 * or of what is left of it when the edges that the cycle may not take lead to 0.
 */
export function findLasso(
  graph: Transitions,
  bits: FairnessBits,
  question: TemporalQuestion,
  cycles: Transitions = graph,
): Lasso | null {
  const { form, goal, given } = question
  const ways = waysToUnmet(graph, question)
  const { rank } = ways.last
  const region = new Int32Array(graph.size)
  for (const id of graph.states) {
    const avoids = form === 'eventually always' || goal[id] === 0
    if (avoids && rank[id] > 0 && (given === null || given[id] === 1)) region[id] = 1
  }
  const best: { component: FairComponent | null; knot: number } = { component: null, knot: 0 }
  forEachFairComponent(cycles, bits, region, (component) => {
    const { states, from, to } = component
    let knot = 0
    for (let at = from; at < to; at++) {
      const id = states[at]
      if (goal[id] === 0 && (knot === 0 || rank[id] < rank[knot])) knot = id
    }
    if (knot === 0 || (best.knot !== 0 && rank[knot] > rank[best.knot])) return
    best.knot = knot
    best.component = { ...component, states: states.slice(from, to), from: 0, to: to - from }
  })
  if (best.component === null) return null
  const { states, edges } = ways.to(best.knot)
  return { stem: states, stemEdges: edges, loopEdges: fairCycle(cycles, bits, best.component, best.knot) }
}

/** Tells whether some fair behaviour passes the trigger, if there is one, and from some point on keeps to the premise. */
export function someBehaviour(graph: Transitions, bits: FairnessBits, { trigger, given }: TemporalQuestion): boolean {
  const starts = trigger === null ? graph.states : graph.states.filter((id) => trigger[id] === 1)
  // Without a premise, one look at the trigger is enough: every state lies on some fair behaviour.
  if (given === null) return starts.length > 0
  const { rank } = breadthFirst(graph, null, [[...starts]])
  const region = new Int32Array(graph.size)
  for (const id of graph.states) if (rank[id] > 0 && given[id] === 1) region[id] = 1
  let found = false
  forEachFairComponent(graph, bits, region, () => {
    found = true
  })
  return found
}

/** Shortest ways to the states that a behaviour can be in while the claim is still unmet. */
interface Ways {
  readonly last: Distances
  to(id: number): { states: number[]; edges: number[] }
}

function waysToUnmet(graph: Transitions, { form, initial, goal, trigger }: TemporalQuestion): Ways {
  const first = breadthFirst(graph, form === 'eventually' ? goal : null, [initial])
  if (trigger === null) return { last: first, to: (id) => walkBack(first, id) }
  // First any way to a state where the trigger is true and the goal false, from there on only states without the goal.
  const starts: number[][] = []
  for (const [level, states] of first.levels.entries())
    starts[level] = states.filter((id) => trigger[id] === 1 && goal[id] === 0)
  const second = breadthFirst(graph, goal, starts)
  return {
    last: second,
    to(id) {
      const after = walkBack(second, id)
      const before = walkBack(first, after.states[0])
      return { states: [...before.states, ...after.states.slice(1)], edges: [...before.edges, ...after.edges] }
    },
  }
}

interface Distances {
  /** the states by distance, those at the start being the first level */
  readonly levels: readonly number[][]
  /**
   * The order in which states were found, 0 for those that were not: nearer ones first, and otherwise in the order of
   * steps, not of the numbers that a search happened to give to states.
   */
  readonly rank: Int32Array
  readonly parent: Int32Array
  readonly parentEdge: Int32Array
}

/** Breadth-first search outside a set of states; at each level its `starts` join. */
function breadthFirst(
  { size, offsets, targets }: Transitions,
  avoided: StateSet | null,
  starts: readonly (readonly number[])[],
): Distances {
  const rank = new Int32Array(size)
  const parent = new Int32Array(size)
  const parentEdge = new Int32Array(size)
  const levels: number[][] = []
  let found = 0
  let frontier: number[] = []
  for (let level = 0; frontier.length > 0 || level < starts.length; level++) {
    for (const id of starts[level] ?? []) {
      if (rank[id] !== 0 || avoided?.[id] === 1) continue
      rank[id] = ++found
      frontier.push(id)
    }
    const next: number[] = []
    for (const id of frontier) {
      for (let edge = offsets[id]; edge < offsets[id + 1]; edge++) {
        const target = targets[edge]
        if (rank[target] !== 0 || (avoided !== null && avoided[target] === 1)) continue
        rank[target] = ++found
        parent[target] = id
        parentEdge[target] = edge
        next.push(target)
      }
    }
    levels.push(frontier)
    frontier = next
  }
  return { levels, rank, parent, parentEdge }
}

function walkBack({ parent, parentEdge }: Distances, id: number): { states: number[]; edges: number[] } {
  const states = [id]
  const edges: number[] = []
  for (let at = id; parent[at] !== 0; at = parent[at]) {
    edges.push(parentEdge[at])
    states.push(parent[at])
  }
  return { states: states.reverse(), edges: edges.reverse() }
}

/** Places that the exact search for the shortest cycle may look at. */
const LARGEST_PRODUCT = 1_000_000

/** A state on the way round, and what fairness has to say of the way there. */
interface Place {
  readonly id: number
  /** requirements with a step on the way, and weak ones that no step was enabled of in some state */
  readonly met: number
  /** strong requirements that a step was enabled of, but not taken */
  readonly owed: number
}

/** The edges of a fair cycle from the knot back to it: the shortest, where that can be afforded. */
function fairCycle(graph: Transitions, bits: FairnessBits, component: FairComponent, knot: number): number[] {
  const { weak, strong, enabled } = bits
  const { states, needs } = component
  const inside = new Uint8Array(graph.size)
  for (const id of states) inside[id] = 1
  const isFair = ({ met, owed }: Place) => (weak & ~met) === 0 && owed === 0
  const start: Place = { id: knot, met: weak & ~enabled[knot], owed: strong & enabled[knot] }
  if (isFair(start)) return []
  // In one go round; where that is too much to look at, to one thing after the other that meets all needs, and back.
  const whole = nearest(graph, bits, inside, start, (at) => at.id === knot && isFair(at), strong, LARGEST_PRODUCT)
  if (whole !== null) return whole.edges
  const legTo = (from: Place, done: (place: Place) => boolean) => nearest(graph, bits, inside, from, done, 0, Infinity)!
  let cycle: number[] = []
  let at: Place = { ...start, owed: 0 }
  while ((needs & ~at.met) !== 0) {
    const { met } = at
    const leg = legTo(at, (place) => place.met !== met)
    cycle = cycle.concat(leg.edges)
    at = leg.end
  }
  return at.id === knot ? cycle : cycle.concat(legTo(at, ({ id }) => id === knot).edges)
}

/**
 * The shortest non-empty walk inside a component that ends as `done` says; null when there is too much to look at. Of the
 * strong requirements only the `watched` ones can be owed.
 */
function nearest(
  { offsets, targets, instances }: Transitions,
  { weak, enabled, ofInstance }: FairnessBits,
  inside: StateSet,
  from: Place,
  done: (place: Place) => boolean,
  watched: number,
  limit: number,
): { edges: number[]; end: Place } | null {
  interface Visit extends Place {
    readonly edge: number
    readonly before: Visit | null
  }
  const visited = new Map<number, Place[]>()
  let frontier: Visit[] = [{ ...from, edge: -1, before: null }]
  let looked = 0
  while (frontier.length > 0) {
    const next: Visit[] = []
    for (const before of frontier) {
      for (let edge = offsets[before.id]; edge < offsets[before.id + 1]; edge++) {
        const id = targets[edge]
        if (inside[id] === 0) continue
        const met = before.met | ofInstance[instances[edge]] | (weak & ~enabled[id])
        const owed = (before.owed | (watched & enabled[id])) & ~met
        const known = visited.get(id) ?? []
        // Whoever was here before with no more to do, and no later, leads to the same cycles.
        if (known.some((place) => (met & ~place.met) === 0 && (place.owed & ~owed) === 0)) continue
        const visit: Visit = { id, met, owed, edge, before }
        if (done(visit)) {
          const edges: number[] = []
          for (let at: Visit = visit; at.before !== null; at = at.before) edges.push(at.edge)
          return { edges: edges.reverse(), end: visit }
        }
        if (++looked > limit) return null
        known.push(visit)
        visited.set(id, known)
        next.push(visit)
      }
    }
    frontier = next
  }
  return null
}
