/** What a design switch is: a decision of the kernel that changed over time, with its history. */
import type { Release } from '../releases.ts'

/** From `since` on the switch has this value; `commit` is what changed it. */
export interface Turn<V extends string> {
  readonly since: Release
  readonly value: V
  readonly commit: string
}

export interface Switch<V extends string> {
  readonly about: string
  readonly values: readonly V[]
  /** oldest first; the first turn is the value in the oldest release that the model knows */
  readonly history: readonly Turn<V>[]
  /** what unmerged patches set it to */
  readonly patches: Readonly<Record<string, V>>
}

/** A kernel that is no release: an unmerged patch, a state between two releases, or an idea; with what it is based on. */
export interface Patch {
  readonly base: Release
  readonly about: string
}

/** The switch as written, with its values inferred. */
export const define = <const V extends string>(text: Switch<V>): Switch<V> => text
