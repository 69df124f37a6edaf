/** Judges the temporal claims of a model on its explored graph. */
import type { Search } from '../engine/search.ts'
import { stateTest } from '../engine/state-test.ts'
import { combinations, printArguments } from '../language/action.ts'
import type { Temporal } from '../language/temporal.ts'
import { type FairnessBits, fairnessBits } from './fair-cycle.ts'
import { findLasso, type Lasso, type StateSet, someBehaviour, type TemporalQuestion } from './lasso.ts'
import { type Transitions, transitionsOf } from './transitions.ts'

/** The fate of one temporal claim. */
export interface TemporalOutcome {
  /** which claim of the model */
  readonly claim: number
  /** null when every fair behaviour keeps it */
  readonly lasso: Lasso | null
  /** the arguments for which the lasso is, as printed */
  readonly args: string
  /** why the claim says nothing of any behaviour, where it does not: its trigger or premise */
  readonly doubt: string | null
  readonly graph: Transitions
}

/** The outcomes of all temporal claims, in the order of the model. The search must have been complete. */
export function judgeTemporal(search: Search): TemporalOutcome[] {
  const { model } = search
  const temporal = model.claims.flatMap((claim, at) => (claim.kind === 'temporal' ? [{ claim, at }] : []))
  if (temporal.length === 0) return []
  const graph = transitionsOf(search)
  const bits = fairnessBits(model.fairness, model.instances.length, graph)
  const initial = (search.levels[0] ?? []).flatMap(({ from, to }) =>
    Array.from({ length: to - from }, (_, offset) => from + offset),
  )
  return temporal.map(({ claim, at }) => judgeOne(search, graph, bits, initial, claim, at))
}

function judgeOne(
  search: Search,
  graph: Transitions,
  bits: FairnessBits,
  initial: readonly number[],
  claim: Temporal<object>,
  at: number,
): TemporalOutcome {
  let says = false
  for (const values of combinations(claim.parameters)) {
    const where = (predicate: (state: object) => boolean) =>
      setOf(graph, stateTest(search, predicate, `claim '${claim.name}'`))
    const { trigger, premise } = claim
    const question: TemporalQuestion = {
      form: claim.form,
      initial,
      goal: where((state) => Object.values(claim.conjuncts).every((conjunct) => conjunct(state, values))),
      trigger: trigger && where((state) => trigger(state, values)),
      given: premise && where((state) => premise(state, values)),
    }
    const lasso = findLasso(graph, bits, question)
    if (lasso !== null) return { claim: at, lasso, args: printArguments(claim.parameters, values), doubt: null, graph }
    says ||= someBehaviour(graph, bits, question)
  }
  return { claim: at, lasso: null, args: '', doubt: says ? null : silence(claim), graph }
}

function setOf({ size, states }: Transitions, test: (id: number) => boolean): StateSet {
  const members = new Uint8Array(size)
  for (const id of states) members[id] = test(id) ? 1 : 0
  return members
}

const silence = ({ name, premise }: Temporal<object>): string =>
  premise === null ? `the premise of '${name}' is never true` : `no fair behaviour keeps to the premise of '${name}'`
