/**
 * Interchangeable members: collections whose members a spec treats alike, and what it does to a state to rename them.
 * Every domain knows how to rename (which cells move, which codes change) and how to summarise a value so that the
 * summary does not depend on the names.
 */

/** A collection whose members are interchangeable. Two declarations with one name are one collection. */
export interface Interchangeable {
  readonly name: string
  readonly size: number
}

export interface Member {
  readonly collection: Interchangeable
  readonly index: number
}

/** For each collection, by its name, the new index of each member. A collection that is absent keeps its indices. */
export type Renaming = ReadonlyMap<string, ArrayLike<number>>

/** For each collection, by its name, a number that stands for each member. */
export type Colours = ReadonlyMap<string, ArrayLike<number>>

/** What each code of a scalar domain stands for, where that is a member of an interchangeable collection. */
export type Members = readonly (Member | null)[]

/** The two things that symmetry asks of a domain. `from` holds the cells of a value from `at` on. */
export interface Renames {
  /** Writes the cells of the same value with renamed members to `to`, from `target` on. */
  rename(by: Renaming, from: Readonly<Int32Array>, at: number, to: Int32Array, target: number): void
  /** A hash in which members are known by their colours alone: renaming members and colours alike does not change it. */
  digest(colours: Colours, from: Readonly<Int32Array>, at: number): number
}

/** The code of the same value with renamed members. */
export function renamedCode(members: Members | undefined, code: number, by: Renaming): number {
  const member = members?.[code]
  if (member === undefined || member === null) return code
  const indices = by.get(member.collection.name)
  return indices === undefined ? code : code - member.index + indices[member.index]
}

/** The colour of the member that a code stands for, or undefined when it stands for none that has a colour. */
export function colourOf(members: Members | undefined, code: number, colours: Colours): number | undefined {
  const member = members?.[code]
  return member === undefined || member === null ? undefined : colours.get(member.collection.name)?.[member.index]
}

/** Adds a number to a hash. */
export function mix(hash: number, value: number): number {
  const h = Math.imul(hash ^ value, 0x9e3779b1)
  return h ^ (h >>> 15)
}
