/**
 * Lassos: counterexamples to temporal claims. A stem leads to a state of a fair cycle that keeps the goal away; of all
 * such states the nearest is taken, and through it the shortest cycle that is fair in itself: every edge of it is an edge
 * of the graph, and what fairness asks for happens on the cycle shown, not merely somewhere in its component.
 */
import type { TemporalForm } from '../language/temporal.ts'
import { type FairComponent, type FairnessBits, forEachFairComponent } from './fair-cycle.ts'
import type { Transitions } from './transitions.ts'

/** A temporal claim on one graph: what each state satisfies. */
export interface TemporalQuestion {
  readonly form: TemporalForm
  readonly initial: readonly number[]
  readonly goal: (id: number) => boolean
  readonly trigger: (id: number) => boolean
  /** true in every state of the cycle */
  readonly given: (id: number) => boolean
}

export interface Lasso {
  /** the initial state first, the first state of the cycle last */
  readonly stem: readonly number[]
  readonly stemEdges: readonly number[]
  /** the edges of the cycle, from and back to the end of the stem; empty where the behaviour stutters there for ever */
  readonly loopEdges: readonly number[]
}

/** A lasso that violates the claim, or null when every fair behaviour keeps it. */
export function findLasso(graph: Transitions, bits: FairnessBits, question: TemporalQuestion): Lasso | null {
  const { form, goal, given } = question
  const pending = form === 'leads to' ? afterTrigger(graph, question) : fromInitial(graph, question)
  const region = new Int32Array(graph.size)
  const needsGoalFalse = form === 'eventually always'
  for (const id of graph.states) {
    if (pending.distance[id] > 0 && given(id) && (needsGoalFalse || !goal(id))) region[id] = 1
  }
  const broken = needsGoalFalse ? (id: number) => !goal(id) : null
  let best: { component: FairComponent; knot: number } | null = null
  forEachFairComponent(graph, bits, region, broken, (component) => {
    let [knot] = component.states
    for (const id of component.states) if (pending.distance[id] < pending.distance[knot]) knot = id
    if (best === null || pending.distance[knot] < pending.distance[best.knot]) best = { component, knot }
  })
  if (best === null) return null
  const { component, knot } = best as { component: FairComponent; knot: number }
  const { states, edges } = pending.pathTo(knot)
  return { stem: states, stemEdges: edges, loopEdges: fairCycle(graph, bits, component, knot, broken) }
}

/** States that a behaviour can be in while the claim is still unmet, with the shortest way there. */
interface Pending {
  /** states on the shortest way, 0 where there is none */
  readonly distance: Int32Array
  pathTo(id: number): { states: number[]; edges: number[] }
}

function fromInitial(graph: Transitions, { form, initial, goal }: TemporalQuestion): Pending {
  const inside = form === 'eventually' ? (id: number) => !goal(id) : () => true
  const { distance, parentEdge, source } = breadthFirst(graph, inside, (level) => (level === 1 ? initial : null))
  return { distance, pathTo: (id) => walkBack(graph, id, parentEdge, source) }
}

/** First any way to a state where the trigger is true and the goal false, from there on only states without the goal. */
function afterTrigger(graph: Transitions, { initial, goal, trigger }: TemporalQuestion): Pending {
  const before = breadthFirst(
    graph,
    () => true,
    (level) => (level === 1 ? initial : null),
  )
  const starts: number[][] = []
  for (const id of graph.states) {
    if (before.distance[id] > 0 && trigger(id) && !goal(id)) (starts[before.distance[id]] ??= []).push(id)
  }
  const after = breadthFirst(
    graph,
    (id) => !goal(id),
    (level) => (level < starts.length ? (starts[level] ?? []) : null),
  )
  return {
    distance: after.distance,
    pathTo(id) {
      const second = walkBack(graph, id, after.parentEdge, after.source)
      const first = walkBack(graph, second.states[0], before.parentEdge, before.source)
      return { states: [...first.states, ...second.states.slice(1)], edges: [...first.edges, ...second.edges] }
    },
  }
}

/** Breadth-first search in which further sources may join at later levels; `sources` answers null when there are no more. */
function breadthFirst(
  graph: Transitions,
  inside: (id: number) => boolean,
  sources: (level: number) => readonly number[] | null,
) {
  const distance = new Int32Array(graph.size)
  const parentEdge = new Int32Array(graph.size).fill(-1)
  const source = new Int32Array(graph.size)
  let frontier: number[] = []
  for (let level = 1; ; level++) {
    const joining = sources(level)
    for (const id of joining ?? []) {
      if (distance[id] !== 0 || !inside(id)) continue
      distance[id] = level
      frontier.push(id)
    }
    if (frontier.length === 0 && joining === null) break
    const next: number[] = []
    for (const id of frontier) {
      for (let edge = graph.offsets[id]; edge < graph.offsets[id + 1]; edge++) {
        const target = graph.targets[edge]
        if (distance[target] !== 0 || !inside(target)) continue
        distance[target] = level + 1
        parentEdge[target] = edge
        source[target] = id
        next.push(target)
      }
    }
    frontier = next
  }
  return { distance, parentEdge, source }
}

function walkBack(_graph: Transitions, id: number, parentEdge: Int32Array, source: Int32Array) {
  const states = [id]
  const edges: number[] = []
  for (let at = id; parentEdge[at] >= 0; at = source[at]) {
    edges.unshift(parentEdge[at])
    states.unshift(source[at])
  }
  return { states, edges }
}

/** Marks a visit to a state where the goal is false, for claims that say where a behaviour must stay. */
const GOAL_BIT = 1 << 30

/** Pairs of state and met requirements that the exact search for the shortest cycle may look at. */
const LARGEST_PRODUCT = 2_000_000

/** The edges of a short cycle from the knot back to it that meets all needs: the shortest, where that can be afforded. */
function fairCycle(
  graph: Transitions,
  bits: FairnessBits,
  component: FairComponent,
  knot: number,
  broken: ((id: number) => boolean) | null,
): number[] {
  const inside = new Set(component.states)
  const wanted = component.needs | (broken === null ? 0 : GOAL_BIT)
  const metAt = (id: number) =>
    wanted & ((bits.weak & ~bits.enabled[id]) | (broken !== null && broken(id) ? GOAL_BIT : 0))
  const metOn = (edge: number) => wanted & bits.ofInstance[graph.instances[edge]]
  const cycle: number[] = []
  let [at, met] = [knot, metAt(knot)]
  if (met === wanted) return []
  // In one go to everything that is wanted and back; where that is too much to look at, to one thing after the other.
  const whole = nearest(graph, inside, at, met, metAt, metOn, (id, all) => id === knot && all === wanted)
  if (whole !== null) return whole.edges
  while (met !== wanted) {
    const before = met
    const leg = nearest(graph, inside, at, met, metAt, metOn, (_id, all) => all !== before)!
    cycle.push(...leg.edges)
    at = leg.id
    met = leg.met
  }
  const home =
    at === knot && cycle.length > 0 ? [] : nearest(graph, inside, at, met, metAt, metOn, (id) => id === knot)!.edges
  return [...cycle, ...home]
}

/** The shortest non-empty walk inside a component that ends as `done` says; null when the product grows too large. */
function nearest(
  graph: Transitions,
  inside: ReadonlySet<number>,
  from: number,
  metBefore: number,
  metAt: (id: number) => number,
  metOn: (edge: number) => number,
  done: (id: number, met: number) => boolean,
): { edges: number[]; id: number; met: number } | null {
  interface Node {
    readonly id: number
    readonly met: number
    readonly edge: number
    readonly parent: Node | null
  }
  const seen = new Map<number, Set<number>>()
  let frontier: Node[] = [{ id: from, met: metBefore, edge: -1, parent: null }]
  let looked = 0
  while (frontier.length > 0) {
    const next: Node[] = []
    for (const node of frontier) {
      for (let edge = graph.offsets[node.id]; edge < graph.offsets[node.id + 1]; edge++) {
        const id = graph.targets[edge]
        if (id === node.id || !inside.has(id)) continue
        const met = node.met | metOn(edge) | metAt(id)
        const step: Node = { id, met, edge, parent: node }
        if (done(id, met)) return { edges: edgesOf(step), id, met }
        const known = seen.get(id) ?? new Set<number>()
        if (known.has(met)) continue
        seen.set(id, known.add(met))
        if (++looked > LARGEST_PRODUCT) return null
        next.push(step)
      }
    }
    frontier = next
  }
  return null
}

function edgesOf(last: { edge: number; parent: unknown }): number[] {
  const edges: number[] = []
  for (
    let at: { edge: number; parent: unknown } | null = last;
    at !== null && at.edge >= 0;
    at = at.parent as typeof at
  )
    edges.unshift(at.edge)
  return edges
}
