/** Judges the temporal claims of a model on its explored graph. */
import type { Search } from '../engine/search.ts'
import { stateTest } from '../engine/state-test.ts'
import { combinations, printArguments } from '../language/action.ts'
import type { Temporal } from '../language/temporal.ts'
import { type FairnessBits, fairnessBits } from './fair-cycle.ts'
import { findLasso, type Lasso } from './lasso.ts'
import { type Transitions, transitionsOf } from './transitions.ts'

/** The fate of one temporal claim. */
export interface TemporalOutcome {
  /** which claim of the model */
  readonly claim: number
  /** null when every fair behaviour keeps it */
  readonly lasso: Lasso | null
  /** the arguments for which the lasso is, as printed */
  readonly args: string
  /** whether the trigger of a `leads to`, or the premise, was ever true; true where there is none */
  readonly said: boolean
  readonly graph: Transitions
}

/** The outcomes of all temporal claims, in the order of the model. The search must have been complete. */
export function judgeTemporal(search: Search): TemporalOutcome[] {
  const { model } = search
  const temporal = model.claims.flatMap((claim, at) => (claim.kind === 'temporal' ? [{ claim, at }] : []))
  if (temporal.length === 0) return []
  const graph = transitionsOf(search)
  const bits = fairnessBits(model.fairness, model.instances.length, graph)
  return temporal.map(({ claim, at }) => judgeOne(search, graph, bits, claim, at))
}

function judgeOne(
  search: Search,
  graph: Transitions,
  bits: FairnessBits,
  claim: Temporal<object>,
  at: number,
): TemporalOutcome {
  const initial = (search.levels[0] ?? []).flatMap(({ from, to }) =>
    Array.from({ length: to - from }, (_, offset) => from + offset),
  )
  let said = false
  for (const values of combinations(claim.parameters)) {
    const test = (predicate: Temporal<object>['premise'], otherwise: boolean) =>
      predicate === null
        ? () => otherwise
        : stateTest(search, (state) => predicate(state, values), `claim '${claim.name}'`)
    const [trigger, given] = [test(claim.trigger, true), test(claim.premise, true)]
    said ||= (claim.trigger === null && claim.premise === null) || graph.states.some((id) => trigger(id) && given(id))
    const goals = Object.values(claim.conjuncts).map((goal) => test(goal, true))
    const goal = (id: number) => goals.every((each) => each(id))
    const lasso = findLasso(graph, bits, { form: claim.form, initial, goal, trigger, given })
    if (lasso !== null) return { claim: at, lasso, args: printArguments(claim.parameters, values), said: true, graph }
  }
  return { claim: at, lasso: null, args: '', said, graph }
}
