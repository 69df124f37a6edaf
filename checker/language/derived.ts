/**
 * Derived quantities: functions of the state that claims ask for. A claim that compares a reference count with a sum over
 * everything that holds a reference reads most of the state; asked for through derived quantities it reads a few numbers,
 * each of which the engine remembers for all states that look alike to it.
 */
import { SpecError, show } from './errors.ts'

/** What a derived quantity may be, and may be asked about. */
export type Plain = number | string | boolean | null

export interface Quantity {
  /** how messages name it */
  readonly place: string
  /** Throws a SpecError when the spec's function returns something that is not plain. */
  readonly compute: (state: object, ...args: readonly Plain[]) => Plain
}

/** Answers for a quantity instead of computing it. */
export type Memo = (quantity: Quantity, args: readonly Plain[]) => Plain

/** Under this key a draft carries the memo of the engine, where that has one. */
export const MEMO: unique symbol = Symbol('memo')

/**
 * A function of the state, and perhaps of what it is asked about, whose values claims share. It returns a number, string,
 * boolean or null that depends on nothing but its arguments. Pass it the whole state that the claim was given. It may be
 * called anywhere; only claims on states are answered from memory.
 */
export function derived<S extends object, A extends readonly Plain[], R extends Plain>(
  name: string,
  compute: (state: S, ...args: A) => R,
): (state: S, ...args: A) => R {
  const place = `derived quantity '${name}'`
  const plain = (state: object, ...args: readonly Plain[]): Plain => {
    const value = (compute as unknown as Quantity['compute'])(state, ...args)
    if (!isPlain(value)) throw notPlain(`${place} is ${show(value)}`)
    // There is one zero: a memo would take the other one for it.
    return value === 0 ? 0 : value
  }
  const quantity: Quantity = { place, compute: plain }
  return (state, ...args) => {
    const odd = args.find((arg) => !isPlain(arg))
    if (odd !== undefined) throw notPlain(`${place} is asked about ${show(odd)}`)
    const memo = (state as { [MEMO]?: Memo })[MEMO]
    return (memo === undefined ? plain(state, ...args) : memo(quantity, args)) as R
  }
}

const isPlain = (value: unknown): boolean =>
  value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'

const notPlain = (what: string): SpecError =>
  new SpecError(
    what,
    'values are remembered: only numbers, strings, booleans and null stay what they were',
    'return one number, or several quantities; pass an index instead of a part of the state',
  )
