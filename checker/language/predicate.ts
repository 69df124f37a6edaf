/** Predicates: claims, constraints and final states with all parameters bound, as the engines evaluate them. */
import { combinations, printArguments } from './action.ts'
import type { Predicative } from './claim.ts'
import { asSpecError } from './draft.ts'
import type { Model } from './model.ts'

/** A predicate on one state. */
export type OnState = (state: object) => boolean
/** A predicate on the states before and after a step. */
export type OnStep = (before: object, after: object) => boolean

/** One claim for one combination of its parameters. */
export interface BoundClaim {
  /** which claim of the model; -1 for its constraint and its final states */
  readonly claim: number
  /** how messages name it */
  readonly place: string
  /** the arguments as printed, empty for a claim without parameters */
  readonly args: string
  readonly premise: OnState | OnStep | null
  readonly conjuncts: readonly { readonly name: string; readonly test: OnState | OnStep }[]
}

/** The claims of one kind with their parameters bound. */
export function boundClaims(model: Model, kind: Predicative<object>['kind']): BoundClaim[] {
  return model.claims.flatMap((claim, at) =>
    claim.kind === kind ? combinations(claim.parameters).map((values) => bind(claim, at, values)) : [],
  )
}

function bind(claim: Predicative<object>, at: number, values: Readonly<Record<string, unknown>>): BoundClaim {
  const place = `claim '${claim.name}'`
  const withValues = (test: (...args: never[]) => boolean) => {
    const call = test as (...args: unknown[]) => boolean
    return inPlace(place, (...states: object[]) => call(...states, values))
  }
  const premise = claim.kind === 'reachable' ? null : claim.premise
  return {
    claim: at,
    place,
    args: printArguments(claim.parameters, values),
    premise: premise === null ? null : withValues(premise),
    conjuncts: Object.entries(claim.conjuncts).map(([name, test]) => ({ name, test: withValues(test) })),
  }
}

/** The constraint or the final states of a model, as `place` says, in the form of a claim. */
export function boundTest(place: string, test: OnState): BoundClaim {
  return {
    claim: -1,
    place,
    args: '',
    premise: null,
    conjuncts: [{ name: place, test: inPlace(place, test as (...states: object[]) => boolean) }],
  }
}

/** The same predicate; when it throws, the error names the place. */
function inPlace(place: string, test: (...states: object[]) => boolean): (...states: object[]) => boolean {
  return (...states) => {
    try {
      return test(...states)
    } catch (thrown) {
      throw asSpecError(thrown, place)
    }
  }
}

/** Tells whether a bound claim is satisfied: its premise is false, or all its conjuncts are true. */
export function satisfied(bound: BoundClaim, ...states: [object] | [object, object]): boolean {
  const test = (predicate: OnState | OnStep) => (predicate as (...states: object[]) => boolean)(...states)
  return (bound.premise !== null && !test(bound.premise)) || bound.conjuncts.every((conjunct) => test(conjunct.test))
}
