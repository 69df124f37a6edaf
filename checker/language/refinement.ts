/**
 * Refinement claims: one model implements another. The claim says which abstract state each state stands for; then every
 * initial state must stand for an abstract initial state, every step for an abstract step or for none at all, and every
 * fair behaviour for one that the fairness of the abstract model allows.
 */
import type { ClaimBase } from './claim.ts'
import type { Model } from './model.ts'

// A method, as the predicates of other claims are, so that a list of claims takes its state type from the model.
type Mapping<S> = { map(state: S, abstract: object): void }['map']

export interface Refinement<S> extends ClaimBase {
  readonly kind: 'refinement'
  /** what is implemented; its claims, constraint and rule about deadlocks play no part */
  readonly abstract: Model
  /** writes every variable of the abstract state that a state stands for */
  readonly map: Mapping<S>
}

interface RefinementBody<S, A> {
  /** who promises it */
  readonly source?: string
  /** a short name for `--claim`; the sentence itself when absent */
  readonly name?: string
  /** what is implemented */
  readonly abstract: Model<A>
  /** writes to `abstract` the state of the abstract model that `state` stands for: every variable, as `init` does */
  readonly map: (state: S, abstract: NoInfer<A>) => void
}

/** The model implements `abstract`: seen through `map`, everything that it does is something that `abstract` does. */
export function refines<S, A>(sentence: string, { source, name, abstract, map }: RefinementBody<S, A>): Refinement<S> {
  return {
    kind: 'refinement',
    sentence,
    source: source ?? '',
    name: name ?? sentence,
    parameters: {},
    abstract: abstract as Model,
    map: map as Mapping<S>,
  }
}
