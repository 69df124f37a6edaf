/** What is wrong with a file, collected: each mistake with its path in the JSON text and what was expected there. */

import { nearest } from '../../checker/commands/suggest.ts'
import { SpecError, show } from '../../checker/language/errors.ts'
import { below, type Json, type JsonObject } from './json.ts'

interface Problem {
  readonly path: string
  readonly what: string
  readonly expected: string
  readonly hint: string
}

/** A part of a file under its path. */
export interface Part {
  readonly path: string
  readonly json: Json | undefined
}

/** Reads parts of a file; what cannot be read is noted, and undefined comes back. */
export class Problems {
  readonly #found: Problem[] = []

  /** Notes a mistake. */
  add(path: string, what: string, expected: string, hint = 'correct the file there'): undefined {
    this.#found.push({ path, what, expected, hint })
    return undefined
  }

  /** How many mistakes there are so far. */
  get count(): number {
    return this.#found.length
  }

  /** Throws the first mistake, with the paths of the others, if there is any. */
  throwIfAny(): void {
    const [first, ...others] = this.#found
    if (first === undefined) return
    const paths = [...new Set(others.map(({ path }) => path))].filter((path) => path !== first.path)
    const also = paths.length === 0 ? '' : `; look at ${paths.join(', ')} too`
    throw new SpecError(`${first.path} ${first.what}`, `expected ${first.expected}`, first.hint + also)
  }

  /** The parts of an object with exactly these keys; those of `optional` may be left out. */
  object<K extends string, O extends string>(
    { path, json }: Part,
    { keys, optional, about }: { keys: readonly K[]; optional: readonly O[]; about: string },
  ): { readonly [N in K | O]: Part } | undefined {
    const wanted = `${about}: an object with the keys ${keys.join(', ')}`
    if (!isObject(json)) return this.#notA(path, json, wanted)
    const known: readonly string[] = [...keys, ...optional]
    const missing = keys.filter((key) => !(key in json))
    for (const key of Object.keys(json)) {
      if (known.includes(key)) continue
      const meant = nearest(key, missing.length > 0 ? missing : known)
      this.add(below(path, key), 'is no key of this object', `one of ${known.join(', ')}`, `did you mean '${meant}'?`)
    }
    for (const key of missing) this.add(below(path, key), 'is missing', wanted, `add the key ${JSON.stringify(key)}`)
    const parts = known.map((key) => [key, { path: below(path, key), json: json[key] }] as const)
    return Object.fromEntries(parts) as { [N in K | O]: Part }
  }

  /** The elements of a list that has at most `most`. */
  list({ path, json }: Part, most: number, about: string): Part[] | undefined {
    if (json === undefined) return undefined
    if (!Array.isArray(json)) return this.#notA(path, json, `a list of ${about}`)
    const parts = json.map((each: Json, at) => ({ path: below(path, at), json: each }))
    if (parts.length > most) {
      this.add(parts[most].path, `is one too many, there are ${parts.length}`, `at most ${most} ${about}`)
      return undefined
    }
    return parts
  }

  /** A whole number from `least` to `most`. */
  integer({ path, json }: Part, least: number, most: number, about: string): number | undefined {
    if (json === undefined) return undefined
    if (Number.isInteger(json) && (json as number) >= least && (json as number) <= most) return (json as number) + 0
    return this.#notA(path, json, `${about}: a whole number from ${least} to ${most}`)
  }

  boolean({ path, json }: Part, standard: boolean, about: string): boolean | undefined {
    if (json === undefined) return standard
    return typeof json === 'boolean' ? json : this.#notA(path, json, `${about}: true or false`)
  }

  /** One of some words. */
  word<W extends string>({ path, json }: Part, words: readonly W[], about: string): W | undefined {
    if (json === undefined) return undefined
    const found = words.find((word) => word === json)
    if (found !== undefined) return found
    const meant = typeof json === 'string' ? `did you mean '${nearest(json, words)}'?` : undefined
    return this.#notA(path, json, `${about}: one of ${words.join(', ')}`, meant)
  }

  #notA(path: string, json: Json | undefined, expected: string, hint?: string): undefined {
    return json === undefined ? undefined : this.add(path, `is ${show(json)}`, expected, hint)
  }
}

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json)
