/**
 * The reference engine: a textbook breadth-first search over Immutable states. It packs nothing, remembers nothing and
 * shares no search code with the fast engine, so that each can be tested against the other.
 */
import { Set as ImmutableSet, List } from 'immutable'
import { asSpecError, enabled, forEachBranch, openDraft } from '../language/draft.ts'
import { SpecError } from '../language/errors.ts'
import { forEachInitial, noInitialState } from '../language/initial.ts'
import { actionName } from '../language/instance.ts'
import type { Model } from '../language/model.ts'
import { type BoundClaim, boundClaims, boundTest, satisfied } from '../language/predicate.ts'
import { isOpen, judgeFor } from './judge.ts'
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
    for (const instance of model.instances) {
      const { label, run } = instance
      try {
        forEachBranch((chooser) => {
          next = state
          if (enabled(run, draft, chooser)) successors.push({ label, state: next })
        })
      } catch (thrown) {
        throw asSpecError(thrown, actionName(instance))
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
  const constraint = model.constraint && boundTest('the constraint', model.constraint)
  const final = model.final && boundTest('the final states', model.final)
  const judge = judgeFor(model.claims, model.deadlock !== 'off')
  const seen = ImmutableSet<ReferenceState>().asMutable()
  let frontier: ReferenceState[] = []
  let [generated, depth, level] = [0, 0, 1]
  let stopped: Stop | null = null
  let fault: Fault | null = null

  const decide = (claim: number, good: boolean) => {
    const wanted = model.claims[claim].kind === 'reachable'
    if (good === wanted && judge.levels[claim] === 0) judge.levels[claim] = level
  }
  /** What was decided at an earlier level is not asked again. */
  const open = ({ claim }: BoundClaim) => isOpen(judge.levels[claim], level)
  /** Counts a generated state; keeps it when the constraint allows it and it is new. Tells whether it is a state. */
  const add = (state: ReferenceState): boolean => {
    generated++
    const seeing = view(state)
    if (constraint !== null && !satisfied(constraint, seeing)) return false
    if (seen.has(state)) return true
    seen.add(state)
    frontier.push(state)
    for (const bound of invariants) if (open(bound)) decide(bound.claim, satisfied(bound, seeing))
    return true
  }
  /** All steps out of a state; notes when there are none and the model does not let it end. */
  const expand = (before: ReferenceState): { before: ReferenceState; after: ReferenceState }[] => {
    const successors = successorsOf(before)
    if (successors.length === 0 && isOpen(judge.deadlockLevel, level) && !mayEnd(viewBefore(before)))
      judge.deadlockLevel = level
    return successors.map(({ state }) => ({ before, after: state }))
  }
  const mayEnd = (state: object): boolean => {
    if (model.deadlock === 'off') return true
    return model.deadlock === 'stuck unless final' && final !== null && satisfied(final, state)
  }

  try {
    for (const state of referenceInitials(model)) add(state)
    if (frontier.length === 0) throw noInitialState('the constraint excludes every one')
    while (frontier.length > 0) {
      depth = level
      if (bounds.untilDecided && judge.decided()) break
      if (depth >= (bounds.maxDepth ?? Infinity)) stopped = 'depth'
      if (seen.size >= (bounds.maxStates ?? Infinity)) stopped = 'states'
      if (stopped !== null) break
      // A fault in a step is nearer than one in the state that it leads to: look at those when all steps are taken.
      const steps = frontier.flatMap(expand)
      frontier = []
      level++
      for (const { before, after } of steps) {
        if (!add(after)) continue
        for (const bound of stepClaims)
          if (open(bound)) decide(bound.claim, satisfied(bound, viewBefore(before), view(after)))
      }
    }
  } catch (thrown) {
    fault = { error: thrown instanceof SpecError ? thrown : asSpecError(thrown, model.name), level }
  }
  const complete = frontier.length === 0 && fault === null
  return {
    complete,
    stopped,
    distinct: seen.size,
    states: seen.size,
    generated,
    depth,
    claims: judge.outcomes(complete),
    deadlock: judge.deadlockLevel || null,
    fault,
  }
}

function refuseWrite(): never {
  throw new Error('a predicate may not change the state')
}
