/**
 * Temporal claims: what every fair behaviour does sooner or later. A behaviour is an infinite path of the graph, where
 * any state may be repeated for ever (stuttering) unless fairness forbids it.
 */
import type { Arguments, Parameters } from './action.ts'
import type { ClaimBase, Conjuncts, On } from './claim.ts'

/** What is claimed of a goal: once, again and again, from some point on, or after every trigger. */
export type TemporalForm = 'eventually' | 'always eventually' | 'eventually always' | 'leads to'

export interface Temporal<S> extends ClaimBase {
  readonly kind: 'temporal'
  readonly form: TemporalForm
  /** the claim is about behaviours for which this is true from some point on */
  readonly premise: On<S> | null
  /** what a `leads to` begins with; null for the other forms */
  readonly trigger: On<S> | null
  /** the goal: all of these at the same time */
  readonly conjuncts: Conjuncts<On<S>>
}

interface TemporalBody<S, P extends Parameters> {
  /** who promises it */
  readonly source?: string
  /** a short name for `--claim`; the sentence itself when absent */
  readonly name?: string
  /** make the claim for each combination of these values */
  readonly over?: P
  /** claim it only of behaviours for which this is true from some point on */
  readonly given?: (state: S, values: Arguments<P>) => boolean
  readonly holds: (state: S, values: Arguments<P>) => boolean
}

type Goal<S, P extends Parameters> = ((state: S) => boolean) | TemporalBody<S, P>

function temporal<S, P extends Parameters>(
  form: TemporalForm,
  sentence: string,
  goal: Goal<S, P>,
  trigger: On<S> | null,
): Temporal<S> {
  const body: TemporalBody<S, P> = typeof goal === 'function' ? { holds: goal } : goal
  return {
    kind: 'temporal',
    form,
    sentence,
    source: body.source ?? '',
    name: body.name ?? sentence,
    parameters: body.over ?? {},
    premise: (body.given as On<S> | undefined) ?? null,
    trigger,
    conjuncts: { [sentence]: body.holds as On<S> },
  }
}

/** Every fair behaviour reaches the goal at least once. */
export function eventually<S, P extends Parameters = Parameters>(sentence: string, goal: Goal<S, P>): Temporal<S> {
  return temporal('eventually', sentence, goal, null)
}

/** Every fair behaviour reaches the goal again and again. */
export function alwaysEventually<S, P extends Parameters = Parameters>(
  sentence: string,
  goal: Goal<S, P>,
): Temporal<S> {
  return temporal('always eventually', sentence, goal, null)
}

/** Every fair behaviour reaches a point from which on the goal is never left. */
export function eventuallyAlways<S, P extends Parameters = Parameters>(
  sentence: string,
  goal: Goal<S, P>,
): Temporal<S> {
  return temporal('eventually always', sentence, goal, null)
}

/** Whenever `from` is true, the goal is reached then or later; a run in which `from` never is fails. */
export function leadsTo<S, P extends Parameters = Parameters>(
  sentence: string,
  body: TemporalBody<S, P> & { readonly from: (state: S, values: Arguments<P>) => boolean },
): Temporal<S> {
  return temporal<S, P>('leads to', sentence, body, body.from as On<S>)
}
