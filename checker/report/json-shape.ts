/** Shapes of JSON that was read from a file: each takes a value apart, or says what is wrong with it and where. */
import { SpecError, show } from '../language/errors.ts'

/** Answers the value with its type and its keys in a fixed order; throws a SpecError that names the path. */
export type Shape<T> = (value: unknown, path: string) => T

/** The mistake that the value at a path is not what it must be. */
export function damaged(path: string, problem: string, expected: string): SpecError {
  return new SpecError(
    `${path} ${problem}`,
    `${expected}; the file was edited, cut off, or written by another program`,
    'save the counterexample again, or correct the file at this place',
  )
}

function wrong(path: string, value: unknown, expected: string): SpecError {
  if (value === undefined) return damaged(path, 'is missing', `it must be ${expected}`)
  const shown = show(value)
  const short = shown.length > 40 ? `${shown.slice(0, 40)}...` : shown
  return damaged(path, `is ${short}`, `it must be ${expected}`)
}

/** Any string. */
export const text: Shape<string> = (value, path) => {
  if (typeof value !== 'string') throw wrong(path, value, 'a string')
  return value
}

/** A whole number that counts something. */
export const natural: Shape<number> = (value, path) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong(path, value, 'a whole number from 0')
  return value as number
}

/** A string, a finite number or a truth value. */
export const setting: Shape<string | number | boolean> = (value, path) => {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
    return value as string | number | boolean
  }
  throw wrong(path, value, 'a string, a number, true or false')
}

/** One of these words. */
export function word<T extends string>(...words: readonly T[]): Shape<T> {
  return (value, path) => {
    if (!words.includes(value as T)) throw wrong(path, value, `one of ${words.join(', ')}`)
    return value as T
  }
}

/** The shape, or null. */
export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => (value === null ? null : shape(value, path))
}

/** An array of values of one shape. */
export function list<T>(element: Shape<T>): Shape<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, value, 'an array')
    return value.map((each, at) => element(each, `${path}[${at}]`))
  }
}

function fieldsOf(value: unknown, path: string): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, value, 'an object')
  return new Map(Object.entries(value))
}

/** An object with any keys, sorted, and values of one shape. */
export function dictionary<T>(element: Shape<T>): Shape<Record<string, T>> {
  return (value, path) => {
    const keys = [...fieldsOf(value, path)].sort(([a], [b]) => (a < b ? -1 : 1))
    return Object.fromEntries(keys.map(([key, each]) => [key, element(each, `${path}.${key}`)]))
  }
}

type Shapes<T> = { readonly [K in keyof T]-?: Shape<Exclude<T[K], undefined>> }

/** An object with exactly these fields, in this order; those named in `optional` may be absent. */
export function object<T>(fields: Shapes<T>, optional: readonly (keyof T & string)[] = []): Shape<T> {
  return (value, path) => {
    const given = fieldsOf(value, path)
    const names = Object.keys(fields) as (keyof T & string)[]
    for (const name of given.keys()) {
      if (names.includes(name as keyof T & string)) continue
      throw damaged(`${path}.${name}`, 'is not a known field', `${path} has the fields ${names.join(', ')}`)
    }
    const present = names.filter((name) => given.has(name) || !optional.includes(name))
    return Object.fromEntries(
      present.map((name) => [name, fields[name](given.get(name) as never, `${path}.${name}`)]),
    ) as T
  }
}
