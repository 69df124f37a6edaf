/**
 * The reference engine: a textbook breadth-first search over Immutable states. It packs nothing, remembers nothing and
 * shares no search code with the fast engine, so that each can be tested against the other.
 */
import { Set as ImmutableSet, List } from 'immutable'
import { asSpecError, enabled, forEachBranch, openDraft } from '../language/draft.ts'
import { SpecError } from '../language/errors.ts'
import { forEachInitial } from '../language/initial.ts'
import type { Model } from '../language/model.ts'
import { boundClaims, satisfied } from '../language/predicate.ts'
import { judgeFor } from './judge.ts'
import type { Bounds, Fault, Outcome, Stop } from './outcome.ts'

/** A state is the list of its cells' codes: Immutable lists are equal when their elements are. */
export type ReferenceState = List<number>

/** A function that lists all successors of a state, in the order of the model's actions, with the label of each step. */
export function referenceSuccessors(
  model: Model,
): (state: ReferenceState) => { label: string; state: ReferenceState }[] {
  let next: ReferenceState = List()
  const draft = openDraft(model.domain, {
    read: (cell) => next.get(cell)!,
    write(cell, code) {
      next = next.set(cell, code)
    },
  })
  return (state) => {
    const successors: { label: string; state: ReferenceState }[] = []
    for (const { label, run } of model.instances) {
      try {
        forEachBranch((chooser) => {
          next = state
          if (enabled(run, draft, chooser)) successors.push({ label, state: next })
        })
      } catch (thrown) {
        throw asSpecError(thrown, label)
      }
    }
    return successors
  }
}

/** A function that shows a state to predicates; a view is valid until the next call. */
function referenceView(model: Model): (state: ReferenceState) => object {
  let shown: ReferenceState = List()
  const { state: view } = openDraft(model.domain, { read: (cell) => shown.get(cell)!, write: refuseWrite })
  return (state) => {
    shown = state
    return view
  }
}

/** The initial states, duplicates included. */
export function referenceInitials(model: Model): ReferenceState[] {
  const initials: ReferenceState[] = []
  forEachInitial(model, (codes) => initials.push(List(codes)))
  return initials
}

/** Explores the model and judges its claims. Faults of the spec are part of the outcome; nothing is thrown. */
export function referenceSearch(model: Model, bounds: Bounds = {}): Outcome {
  const successorsOf = referenceSuccessors(model)
  const [view, viewBefore] = [referenceView(model), referenceView(model)]
  const invariants = [...boundClaims(model, 'invariant'), ...boundClaims(model, 'reachable')]
  const stepClaims = boundClaims(model, 'step')
  const judge = judgeFor(model.claims, model.deadlock !== 'off')
  const seen = ImmutableSet<ReferenceState>().asMutable()
  let frontier: ReferenceState[] = []
  let [generated, depth, level] = [0, 0, 1]
  let stopped: Stop | null = null
  let fault: Fault | null = null

  const decide = (claim: number) => {
    if (judge.levels[claim] === 0) judge.levels[claim] = level
  }
  /** Counts a generated state; keeps it when the constraint allows it and it is new. Tells whether it is a state. */
  const add = (state: ReferenceState, into: ReferenceState[]): boolean => {
    generated++
    const seeing = view(state)
    if (model.constraint !== null && !model.constraint(seeing)) return false
    if (seen.has(state)) return true
    seen.add(state)
    into.push(state)
    for (const bound of invariants) {
      const good = satisfied(bound, seeing)
      if (model.claims[bound.claim].kind === 'reachable' ? good : !good) decide(bound.claim)
    }
    return true
  }
  const expand = (state: ReferenceState, into: ReferenceState[]) => {
    const before = viewBefore(state)
    const successors = successorsOf(state)
    if (successors.length === 0 && !mayEnd(model, before) && judge.deadlockLevel === 0) judge.deadlockLevel = level
    level++
    for (const next of successors) {
      if (!add(next.state, into)) continue
      for (const bound of stepClaims) if (!satisfied(bound, before, view(next.state))) decide(bound.claim)
    }
    level--
  }

  try {
    for (const state of referenceInitials(model)) add(state, frontier)
    for (; frontier.length > 0; level++) {
      depth = level
      if (bounds.untilDecided && judge.decided()) break
      if (depth >= (bounds.maxDepth ?? Infinity)) stopped = 'depth'
      if (seen.size >= (bounds.maxStates ?? Infinity)) stopped = 'states'
      if (stopped !== null) break
      const next: ReferenceState[] = []
      for (const state of frontier) expand(state, next)
      frontier = next
    }
  } catch (thrown) {
    fault = { error: thrown instanceof SpecError ? thrown : asSpecError(thrown, 'constraint'), level }
  }
  const complete = frontier.length === 0 && fault === null
  return {
    complete,
    stopped,
    distinct: seen.size,
    generated,
    depth,
    claims: judge.outcomes(complete),
    deadlock: judge.deadlockLevel || null,
    fault,
  }
}

function mayEnd(model: Model, state: object): boolean {
  if (model.deadlock === 'off') return true
  return model.deadlock === 'stuck unless final' && model.final !== null && model.final(state)
}

function refuseWrite(): never {
  throw new Error('a predicate may not change the state')
}
