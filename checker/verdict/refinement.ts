/**
 * Judges the refinement claims of a model on its explored graph. Step by step: an initial state stands for an abstract
 * initial state, a step for an abstract step or for none (stuttering). Then fairness: a requirement of the abstract model
 * is refuted by a fair cycle without any of its steps on which it is enabled always (weak) or again and again (strong).
 */
import type { Search } from '../engine/search.ts'
import type { Requirement } from '../language/fairness.ts'
import type { Refinement } from '../language/refinement.ts'
import { type FairnessBits, fairnessBits } from './fair-cycle.ts'
import { findLasso, type Lasso, type TemporalQuestion } from './lasso.ts'
import { type Correspondence, correspondence } from './mapping.ts'
import { type Transitions, transitionsOf } from './transitions.ts'

/** What shows that a model does not implement another. `level` counts states: the length of the shortest trace. */
export type Refutation =
  | { readonly kind: 'initial'; readonly level: 1 }
  | { readonly kind: 'step'; readonly level: number }
  | { readonly kind: 'fairness'; readonly lasso: Lasso }

/** The fate of one refinement claim. */
export interface RefinementOutcome {
  /** which claim of the model */
  readonly claim: number
  readonly correspondence: Correspondence
  readonly refuted: Refutation | null
  /** why the claim says little, where it does: no step stands for an abstract one */
  readonly doubt: string | null
  readonly graph: Transitions
}

/**
 * The outcomes of all refinement claims, in the order of the model. The search must have been complete; its edges are
 * computed where they are not given.
 */
export function judgeRefinements(search: Search, edges?: Transitions): RefinementOutcome[] {
  const { claims } = search.model
  if (claims.every(({ kind }) => kind !== 'refinement')) return []
  const graph = edges ?? transitionsOf(search)
  return claims.flatMap((claim, at) => (claim.kind === 'refinement' ? [judgeOne(search, graph, claim, at)] : []))
}

function judgeOne(search: Search, graph: Transitions, claim: Refinement<object>, at: number): RefinementOutcome {
  const related = correspondence(search.model, claim)
  const { abstract, map } = related
  const { log, stride } = search.space
  const standsFor = new Int32Array(graph.size)
  for (const id of graph.states) standsFor[id] = map(log, id * stride)
  const initial = [...statesOf(search, 1)]
  const outcome = { claim: at, correspondence: related, graph, doubt: null }
  if (initial.some((id) => !abstract.initial.has(standsFor[id])))
    return { ...outcome, refuted: { kind: 'initial', level: 1 } }
  const { level, moved } = checkSteps(search, graph, related, standsFor)
  if (level > 0) return { ...outcome, refuted: { kind: 'step', level: level + 1 } }
  const lasso = findNeglect(search, graph, related, standsFor, initial)
  if (lasso !== null) return { ...outcome, refuted: { kind: 'fairness', lasso } }
  return {
    ...outcome,
    refuted: null,
    doubt: moved ? null : `'${claim.name}': no step is one of ${abstract.model.name}`,
  }
}

function* statesOf(search: Search, level: number): Iterable<number> {
  for (const { from, to } of search.levels[level - 1] ?? []) for (let id = from; id < to; id++) yield id
}

/** The first level with a step that the abstract model does not take, 0 where there is none; and whether it ever moved. */
function checkSteps(
  search: Search,
  { offsets, targets }: Transitions,
  { abstract }: Correspondence,
  standsFor: Int32Array,
): { level: number; moved: boolean } {
  let moved = false
  for (let level = 1; level <= search.levels.length; level++) {
    for (const id of statesOf(search, level)) {
      const before = standsFor[id]
      for (let edge = offsets[id]; edge < offsets[id + 1]; edge++) {
        const after = standsFor[targets[edge]]
        if (before === after) continue
        if (!abstract.allows(before, after)) return { level, moved }
        moved = true
      }
    }
  }
  return { level: 0, moved }
}

/** A fair behaviour that neglects the first requirement of the abstract model that can be neglected, or null. */
function findNeglect(
  { model }: Search,
  graph: Transitions,
  related: Correspondence,
  standsFor: Int32Array,
  initial: readonly number[],
): Lasso | null {
  const { fairness } = related.abstract.model
  if (fairness.length === 0) return null
  const bits = fairnessBits(model.fairness, model.instances.length, graph)
  for (const requirement of fairness) {
    const lasso = neglect(graph, bits, related, standsFor, initial, requirement)
    if (lasso !== null) return lasso
  }
  return null
}

/** A fair behaviour that neglects a requirement of the abstract model, or null when there is none. */
function neglect(
  graph: Transitions,
  bits: FairnessBits,
  { abstract }: Correspondence,
  standsFor: Int32Array,
  initial: readonly number[],
  requirement: Requirement,
): Lasso | null {
  const reached: ReadonlySet<number>[] = []
  const disabled = new Uint8Array(graph.size)
  // Cycles may not take a step of the requirement. An edge that is cut leads to 0, which is no state.
  const targets = graph.targets.slice()
  for (const id of graph.states) {
    const state = standsFor[id]
    reached[state] ??= abstract.reachedBy(requirement, state)
    disabled[id] = reached[state].size === 0 ? 1 : 0
    if (disabled[id] === 1) continue
    for (let edge = graph.offsets[id]; edge < graph.offsets[id + 1]; edge++) {
      if (reached[state].has(standsFor[targets[edge]])) targets[edge] = 0
    }
  }
  const form = requirement.strength === 'weak' ? 'always eventually' : 'eventually always'
  const question: TemporalQuestion = { form, initial, goal: disabled, trigger: null, given: null }
  return findLasso(graph, bits, question, { ...graph, targets })
}
