/** Claims: what is said about a model, each a sentence, a predicate, and who promises it. */
import type { Arguments, Parameters } from './action.ts'
import type { Refinement } from './refinement.ts'
import type { Temporal } from './temporal.ts'

export type ClaimKind = 'invariant' | 'step' | 'reachable' | 'temporal' | 'refinement'

/** One named part of a predicate: reports say which of them failed. */
export type Conjuncts<F> = Readonly<Record<string, F>>

export interface ClaimBase {
  readonly sentence: string
  /** who promises it: a man page, a commit, a mail, a paper */
  readonly source: string
  /** the claim is made for each combination of these values */
  readonly parameters: Parameters
  /** a short name for the command line, where the sentence is long */
  readonly name: string
}

// Written as methods, because only then does a list of claims take its state type from the model that it stands in.
export type On<S> = { test(state: S, values: Readonly<Record<string, unknown>>): boolean }['test']
// `after` takes no part in that, or it would also take the type of the second parameter of the other kinds of claims.
type OnEdge<S> = {
  test(before: S, after: NoInfer<S>, values: Readonly<Record<string, unknown>>): boolean
}['test']

/** Every reachable state in which the premise holds satisfies all conjuncts. */
export interface Invariant<S> extends ClaimBase {
  readonly kind: 'invariant'
  readonly premise: On<S> | null
  readonly conjuncts: Conjuncts<On<S>>
}

/** Every transition of the graph whose premise holds satisfies all conjuncts. */
export interface StepClaim<S> extends ClaimBase {
  readonly kind: 'step'
  readonly premise: OnEdge<S> | null
  readonly conjuncts: Conjuncts<OnEdge<S>>
}

/** Some reachable state satisfies all conjuncts. */
export interface Reachable<S> extends ClaimBase {
  readonly kind: 'reachable'
  readonly conjuncts: Conjuncts<On<S>>
}

/** A claim that consists of predicates. */
export type Predicative<S> = Invariant<S> | StepClaim<S> | Reachable<S> | Temporal<S>

export type Claim<S> = Predicative<S> | Refinement<S>

interface About<P extends Parameters> {
  /** who promises it */
  readonly source?: string
  /** a short name for `--claim`; the sentence itself when absent */
  readonly name?: string
  /** make the claim for each combination of these values */
  readonly over?: P
}

type Test<Args extends unknown[]> = (...args: Args) => boolean
type Body<Args extends unknown[]> = {
  /** the claim says something only where this is true; a run in which it never is fails */
  readonly given?: Test<Args>
  /** what must be true: one predicate, or named ones of which reports say which failed */
  readonly holds: Test<Args> | Conjuncts<Test<Args>>
}

function base(sentence: string, about: About<Parameters>): ClaimBase {
  return { sentence, source: about.source ?? '', parameters: about.over ?? {}, name: about.name ?? sentence }
}

function conjuncts<F extends (...args: never[]) => boolean>(sentence: string, holds: F | Conjuncts<F>): Conjuncts<F> {
  return typeof holds === 'function' ? { [sentence]: holds } : holds
}

/** The predicate is true in every reachable state. */
export function invariant<S, P extends Parameters = Parameters>(
  sentence: string,
  body: Test<[S]> | (About<P> & Body<[S, Arguments<P>]>),
): Invariant<S> {
  if (typeof body === 'function') {
    return { kind: 'invariant', ...base(sentence, {}), premise: null, conjuncts: { [sentence]: body } }
  }
  return {
    kind: 'invariant',
    ...base(sentence, body as About<Parameters>),
    premise: (body.given as On<S> | undefined) ?? null,
    conjuncts: conjuncts<On<S>>(sentence, body.holds as On<S> | Conjuncts<On<S>>),
  }
}

/** The predicate is true of every step, judged on the states before and after it. */
export function stepClaim<S, P extends Parameters = Parameters>(
  sentence: string,
  body: Test<[S, S]> | (About<P> & Body<[S, S, Arguments<P>]>),
): StepClaim<S> {
  if (typeof body === 'function') {
    return { kind: 'step', ...base(sentence, {}), premise: null, conjuncts: { [sentence]: body } }
  }
  return {
    kind: 'step',
    ...base(sentence, body as About<Parameters>),
    premise: (body.given as OnEdge<S> | undefined) ?? null,
    conjuncts: conjuncts<OnEdge<S>>(sentence, body.holds as OnEdge<S> | Conjuncts<OnEdge<S>>),
  }
}

/** Some reachable state makes the predicate true; the claim fails when none does. */
export function reachable<S>(
  sentence: string,
  body: Test<[S]> | (Omit<About<Parameters>, 'over'> & Omit<Body<[S]>, 'given'>),
): Reachable<S> {
  if (typeof body === 'function') {
    return { kind: 'reachable', ...base(sentence, {}), conjuncts: { [sentence]: body } }
  }
  return {
    kind: 'reachable',
    ...base(sentence, body as About<Parameters>),
    conjuncts: conjuncts<On<S>>(sentence, body.holds as On<S> | Conjuncts<On<S>>),
  }
}
