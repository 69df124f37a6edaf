/**
 * Actions: deterministic functions of the state that change a draft of it. Nondeterminism is asked for by name: an action
 * with parameters exists once for each combination of their values, and `choose` inside it branches.
 */
import type { ScalarDomain, ValueOf } from './domain.ts'
import { SpecError } from './errors.ts'

/** Thrown by `when` and caught by the engines: the action is not enabled in this state. */
export const DISABLED = Object.freeze({ disabled: true })

/** Under this key every draft of a state carries the chooser of the run that it belongs to. */
export const CHOOSER: unique symbol = Symbol('chooser')

/** Under this key a draft that somebody reads along with carries the function that hears the notes. */
export const NOTER: unique symbol = Symbol('noter')

/** Answers which of `count` alternatives this run takes. */
export type Chooser = (count: number) => number

/** Enables the action only where the condition holds. Everything before and after it happens in the same atomic step. */
export function when(condition: boolean): asserts condition {
  if (!condition) throw DISABLED
}

/**
 * Takes one of several values, every one in turn: the action has a successor for each. `from` is a scalar domain or any
 * list computed from the state; an empty list disables the action. `state` is the draft that the action was given.
 */
export function choose<T>(state: object, from: ScalarDomain<T> | Iterable<T>): T {
  const chooser = (state as { [CHOOSER]?: Chooser })[CHOOSER]
  if (chooser === undefined) {
    throw new SpecError(
      'choose(...) was called outside an action',
      'its first argument must be the state that the action was given, and claims and projections may not choose',
      'write choose(s, values), where s is the first parameter of the action',
    )
  }
  if (!(Symbol.iterator in from)) return from.decode(chooser(from.size))
  const values = [...from]
  if (values.length === 0) throw DISABLED
  return values[chooser(values.length)]
}

/**
 * Says in a few words how a step went (`fails: PG_lru is clear`), for the reader of a counterexample; traces show it beside
 * the step. It has no effect on the state.
 */
export function note(state: object, text: string): void {
  ;(state as { [NOTER]?: (text: string) => void })[NOTER]?.(text)
}

export type Parameters = Readonly<Record<string, ScalarDomain<unknown>>>
export type Arguments<P extends Parameters> = { readonly [K in keyof P]: ValueOf<P[K]> }

/** One atomic step of a spec, for every combination of its parameters. */
export interface Action<S> {
  readonly parameters: Parameters
  /** the code that it stands for, empty where the spec names none */
  readonly anchor: string
  run(state: S, values: Readonly<Record<string, unknown>>): void
}

/** An action of a model: a plain function where it has no parameters, or the result of `forAll`. */
export type ActionLike<S> = Action<S> | ((state: S) => void)

/** An action that exists once for each combination of the parameters' values; `anchor` names the code it stands for. */
export function forAll<P extends Parameters, S>(
  parameters: P,
  run: (state: S, values: Arguments<P>) => void,
  anchor = '',
): Action<S> {
  return { parameters, anchor, run: (state, values) => run(state, values as Arguments<P>) }
}

/** Every combination of the parameters' values, in the order of their domains. */
export function combinations(parameters: Parameters): Readonly<Record<string, unknown>>[] {
  let all: Record<string, unknown>[] = [{}]
  for (const [name, domain] of Object.entries(parameters)) {
    all = all.flatMap((values) => domain.values.map((value) => ({ ...values, [name]: value })))
  }
  return all
}

/** `r=rm1, k=3`: the arguments of one combination, printed by their domains. */
export function printArguments(parameters: Parameters, values: Readonly<Record<string, unknown>>): string {
  return Object.entries(parameters)
    .map(([name, domain]) => `${name}=${domain.print(domain.encode(values[name]))}`)
    .join(', ')
}
