/** Judges one behaviour that goes on for ever against a temporal claim: what replaying a saved lasso asks. */

import type { Search } from '../engine/search.ts'
import { combinations } from '../language/action.ts'
import { openDraft } from '../language/draft.ts'
import { type BoundClaim, boundClaims, type OnState } from '../language/predicate.ts'
import type { Temporal } from '../language/temporal.ts'
import { decode } from './describe.ts'
import type { Path } from './shortest.ts'

type Stepper = Pick<Search, 'model' | 'explorer' | 'space'>

/**
 * The claim with the first arguments for which a fair behaviour violates it, or null. The behaviour is a path, of which
 * the part after `loop` steps leads back to where it began and is repeated.
 */
export function violatedBy(stepper: Stepper, path: Path, loop: number, claim: Temporal<object>): BoundClaim | null {
  if (!isFair(stepper, path, loop)) return null
  const { model } = stepper
  const views = path.states.map((words) => viewOf(stepper, words))
  const bounds = boundClaims(model, 'temporal').filter((bound) => model.claims[bound.claim] === claim)
  const all = combinations(claim.parameters)
  return bounds.find((bound, at) => violates(views, loop, claim, bound, all[at])) ?? null
}

function viewOf(stepper: Stepper, words: Int32Array): object {
  const codes = decode(stepper, words)
  return openDraft(stepper.model.domain, { read: (cell) => codes[cell], write: () => {} }).state
}

function violates(
  views: readonly object[],
  loop: number,
  claim: Temporal<object>,
  { conjuncts, premise }: BoundClaim,
  values: Readonly<Record<string, unknown>>,
): boolean {
  if (premise !== null && !views.slice(loop).every((view) => (premise as OnState)(view))) return false
  const unmet = views.map((view) => !conjuncts.every(({ test }) => (test as OnState)(view)))
  if (claim.form === 'eventually always') return unmet.slice(loop).some(Boolean)
  // From here on the goal is not met any more.
  const since = unmet.lastIndexOf(false) + 1
  if (since > loop) return false
  if (claim.form === 'leads to') return views.slice(since).some((view) => claim.trigger!(view, values))
  return claim.form === 'always eventually' || since === 0
}

/** Tells whether every requirement is met in the part that is repeated. */
export function isFair({ model, explorer, space }: Stepper, { states, instances }: Path, loop: number): boolean {
  const cycle = states.slice(loop)
  const taken = instances.slice(loop).filter((_, at) => !same(cycle[at], cycle[at + 1]))
  const enabled = cycle.map((words) => {
    const found: number[] = []
    space.log.set(words, space.stride)
    explorer.successors(1, (instance, out, at) => {
      if (!same(words, out.subarray(at, at + space.words))) found.push(instance)
    })
    return found
  })
  return model.fairness.every(({ strength, counts }) => {
    if (taken.some((instance) => counts[instance])) return true
    const waits = (possible: readonly number[]) => possible.some((instance) => counts[instance])
    return strength === 'weak' ? !enabled.every(waits) : !enabled.some(waits)
  })
}

const same = (a: Int32Array, b: Int32Array): boolean => a.every((word, at) => word === b[at])
