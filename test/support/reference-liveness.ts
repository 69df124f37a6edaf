/**
 * Temporal claims judged by brute force, for graphs of a few states: what a behaviour visits again and again is a set of
 * states, so every set is tried. Shares no code with the search for fair cycles.
 */
import type { TemporalForm } from '../../checker/language/temporal.ts'

/** A step from one state to another, by their numbers; `by` are the names that fairness may call it by. */
export interface Edge {
  readonly from: number
  readonly to: number
  readonly by: number
}

/** A graph without steps that leave the state as it is. States are numbered from 0. */
export interface Graph {
  readonly states: number
  readonly initial: readonly number[]
  readonly edges: readonly Edge[]
}

export interface Fair {
  readonly strength: 'weak' | 'strong'
  /** whether a step by this instance counts */
  readonly counts: (by: number) => boolean
}

/** What a claim says, as sets of states. */
export interface Question {
  readonly form: TemporalForm
  readonly goal: (state: number) => boolean
  readonly trigger: (state: number) => boolean
  readonly given: (state: number) => boolean
}

/** Tells whether going round among these states, along these edges, is fair. */
export function isFair(
  graph: Graph,
  fair: readonly Fair[],
  states: readonly number[],
  edges: readonly Edge[],
): boolean {
  const enabledIn = (state: number, { counts }: Fair) =>
    graph.edges.some(({ from, by }) => from === state && counts(by))
  return fair.every((requirement) => {
    if (edges.some(({ by }) => requirement.counts(by))) return true
    const waiting = states.filter((state) => enabledIn(state, requirement))
    return requirement.strength === 'weak' ? waiting.length < states.length : waiting.length === 0
  })
}

/** The states that can be reached from some others without leaving a set; those outside of it do not count. */
function reach({ edges }: Graph, from: readonly number[], inside: (state: number) => boolean): Set<number> {
  const reached = new Set(from.filter(inside))
  for (let before = -1; before < reached.size; ) {
    before = reached.size
    for (const edge of edges) if (reached.has(edge.from) && inside(edge.to)) reached.add(edge.to)
  }
  return reached
}

/** Every set of states that some fair behaviour goes round in for ever. */
export function fairSets(graph: Graph, fair: readonly Fair[]): number[][] {
  const sets: number[][] = []
  for (let bits = 1; bits < 2 ** graph.states; bits++) {
    const has = (state: number) => ((bits >> state) & 1) === 1
    const states = Array.from({ length: graph.states }, (_, state) => state).filter(has)
    const connected = states.every((state) => reach(graph, [state], has).size === states.length)
    const edges = graph.edges.filter(({ from, to }) => has(from) && has(to))
    if (connected && isFair(graph, fair, states, edges)) sets.push(states)
  }
  return sets
}

/** Tells whether some behaviour that goes round in one of the sets violates the claim. */
export function isViolated(graph: Graph, sets: readonly number[][], question: Question): boolean {
  const { form, goal, trigger, given } = question
  const everywhere = reach(graph, graph.initial, () => true)
  const unmet = (state: number) => !goal(state)
  const pending =
    form === 'eventually'
      ? reach(graph, graph.initial, unmet)
      : form === 'leads to'
        ? reach(graph, [...everywhere].filter(trigger), unmet)
        : everywhere
  return sets.some(
    (states) =>
      states.every((state) => pending.has(state) && given(state)) &&
      (form === 'eventually always' ? states.some(unmet) : states.every(unmet)),
  )
}

/** Tells whether the claim says anything: some behaviour passes the trigger and stays where the premise is true. */
export function saysSomething(graph: Graph, sets: readonly number[][], { form, trigger, given }: Question): boolean {
  const everywhere = [...reach(graph, graph.initial, () => true)]
  const begun = reach(graph, form === 'leads to' ? everywhere.filter(trigger) : everywhere, () => true)
  return sets.some((states) => states.every((state) => begun.has(state) && given(state)))
}

/** A behaviour: states one after the other, of which those from `loop` on are repeated for ever. */
export interface Lasso {
  readonly states: readonly number[]
  /** the edge from each state to the next; the last one leads back to the state at `loop`, unless it is the last state */
  readonly edges: readonly Edge[]
  readonly loop: number
}

/** What is wrong with a counterexample, in words; empty where it is one. */
export function mistakes(graph: Graph, fair: readonly Fair[], question: Question, lasso: Lasso): string[] {
  const { form, goal, trigger, given } = question
  const { states, edges, loop } = lasso
  const last = states.length - 1
  const cycle = states.slice(loop)
  const round = edges.slice(loop)
  const unmet = states.map((state) => !goal(state))
  const begins = (at: number) => trigger(states[at]) && unmet.slice(at).every(Boolean)
  const violates = {
    eventually: unmet.every(Boolean),
    'always eventually': unmet.slice(loop).every(Boolean),
    'eventually always': unmet.slice(loop).some(Boolean),
    'leads to': states.some((_, at) => begins(at)),
  }[form]
  return [
    ...(graph.initial.includes(states[0]) ? [] : ['it does not begin in an initial state']),
    ...(edges.every((edge, at) => graph.edges.includes(edge) && edge.from === states[at] && edge.to === states[at + 1])
      ? []
      : ['a step is no edge']),
    ...(edges.length === last && states[last] === states[loop] ? [] : ['the loop does not close']),
    ...(isFair(graph, fair, cycle, round) ? [] : ['the loop is not fair']),
    ...(cycle.every(given) ? [] : ['the premise is false in the loop']),
    ...(violates ? [] : ['it does not violate the claim']),
    ...(unmet[last] ? [] : ['the goal is true at the end']),
  ]
}
