/**
 * A domain is a finite set of values that a state variable may take. It knows how its values are flattened into cells
 * (small integers), and how a spec sees them: scalars as plain values, arrays, records, sets and sequences as live views.
 */
import { SpecError, show } from './errors.ts'
import type { Interchangeable, Member, Members, Renames } from './renaming.ts'

/** Where the cells of one state are read and written; the engines differ only in what stands behind it. */
export interface Store {
  read(cell: number): number
  write(cell: number, code: number): void
}

/** One small integer of the state: its path below the domain that owns it, and how many codes it has. */
export interface Cell {
  /** as printed, for example `[1].refs` */
  readonly path: string
  /** the same path with every index replaced by `*`: cells with one pattern are one variable */
  readonly pattern: string
  readonly size: number
  /** the printed form of a code, or null where a code has no meaning of its own (shared payload slots) */
  readonly print: ((code: number) => string) | null
  /** the interchangeable members that it lies below: with them it moves */
  readonly below?: readonly Member[]
  /** renaming members of these may change its code, or move it in a way that depends on the state */
  readonly names?: readonly Interchangeable[]
  /** which code stands for which member, where every code means the same in all states */
  readonly members?: Members
}

/** A part of the state that reports show as one thing: a scalar, a union, a set, a sequence. */
export interface Unit {
  readonly path: string
  readonly first: number
  readonly count: number
  /** the value in words; `read` is asked for cells of the domain that lists the unit */
  readonly print: (read: (cell: number) => number) => string
}

/** How one variable is read and written through a store. */
export interface Binding<T> {
  /** the value, or the live view of a composite */
  get(): T
  set(value: T): void
  /**
   * One code for each cell of a value. All of it is read and checked before anything is written: it may be a view of
   * what is about to change. Throws a SpecError when the value is outside the domain.
   */
  encode(value: T): number[]
  /** the value as it is now, detached from the store and frozen */
  snapshot(): T
}

export interface Domain<T> extends Renames {
  readonly kind: string
  /** as a spec author would write it, for messages */
  readonly text: string
  readonly cells: readonly Cell[]
  readonly units: readonly Unit[]
  /** its parts have names of their own (`F0`, `F1`), so that paths leave out the name of the variable */
  readonly named?: boolean
  bind(store: Store, base: number, path: string): Binding<T>
  /** the value as an Immutable collection, or a plain scalar */
  immutable(read: (cell: number) => number, base: number): unknown
}

/** A domain whose values fit one cell and can be listed: usable as array index, set element, parameter and choice. */
export interface ScalarDomain<T> extends Domain<T> {
  readonly size: number
  readonly values: readonly T[]
  /** the code of a value, or -1 when it lies outside */
  encode(value: unknown): number
  decode(code: number): T
  print(code: number): string
  /** the name of the collection whose indices these are */
  readonly collection?: string
  /** the interchangeable member that each code stands for, or null; absent where none does */
  readonly members?: Members
}

export type ValueOf<D> = D extends Domain<infer T> ? T : never

/** The declaration of a state: a domain for each variable. */
export type Declaration = Readonly<Record<string, Domain<unknown>>>

/** What the actions of a spec see of a state that was declared as `D`. */
export type StateOf<D> = { -readonly [K in keyof D]: ValueOf<D[K]> }

/** The binding of a composite: its value is assigned cell by cell. */
export function composite<T>(store: Store, base: number, binding: Omit<Binding<T>, 'set'>): Binding<T> {
  return { ...binding, set: (value) => binding.encode(value).forEach((code, at) => store.write(base + at, code)) }
}

/** The codes of several values one behind the other. A loop, as specs assign records often, and `flatMap` is slow. */
export function encodeEach<T>(bindings: readonly Binding<T>[], valueAt: (at: number) => T): number[] {
  const codes: number[] = []
  for (let at = 0; at < bindings.length; at++) {
    const part = bindings[at].encode(valueAt(at))
    for (let code = 0; code < part.length; code++) codes.push(part[code])
  }
  return codes
}

/** A copy of the value that a store holds: it no longer follows the store, and cannot be changed. */
export function detached<T>(domain: Domain<T>, store: Store, base: number, path: string): T {
  const codes = domain.cells.map((_, cell) => store.read(base + cell))
  const write = () => {
    throw new SpecError(
      `${path} is a copy and cannot be changed`,
      'what is inside a union or a sequence is a value',
      'make a new value and assign it, or push it',
    )
  }
  return domain.bind({ read: (cell) => codes[cell], write }, 0, path).get()
}

/** The elements of what a spec assigns to an array, set or sequence. */
export function elementsOf(path: string, value: unknown, domain: { text: string }): unknown[] {
  if (typeof value === 'object' && value !== null && Symbol.iterator in value) return [...(value as Iterable<unknown>)]
  throw outside(path, value, domain)
}

export function outside(path: string, value: unknown, domain: { text: string }): SpecError {
  return new SpecError(
    `${path} = ${show(value)} is outside its domain ${domain.text}`,
    'the action computed a value that the declaration of the variable does not allow',
    'widen the domain, or guard the action with when(...) so that it cannot go there',
  )
}

/** Tells whether a domain is scalar, that is, fits one cell and lists its values. */
export function isScalar(domain: Domain<unknown>): domain is ScalarDomain<unknown> {
  return 'encode' in domain
}
