/** What a search found out, as data. Both engines answer with it; nothing here prints. */
import type { SpecError } from '../language/errors.ts'

/** Why a search ended before it had seen every state. */
export type Stop = 'memory' | 'disk' | 'states' | 'depth' | 'interrupt'

/** The fate of one claim. `level` counts states: the length of the shortest trace that shows it. */
export type ClaimOutcome =
  | { readonly status: 'holds' }
  | { readonly status: 'violated'; readonly level: number }
  | { readonly status: 'reached'; readonly level: number }
  | { readonly status: 'unreached' }
  /** the search ended before it could be decided */
  | { readonly status: 'open' }

/** A step, claim or constraint that threw, and the level of the state it was given. */
export interface Fault {
  readonly error: SpecError
  readonly level: number
}

export interface Outcome {
  /** false when a limit or an interrupt ended the search, or every claim was decided before the last state */
  readonly complete: boolean
  readonly stopped: Stop | null
  /** states found; with symmetry, orbits of states that differ only in the names of interchangeable members */
  readonly distinct: number
  /** the states that these stand for: all that the model can reach, where the search was complete */
  readonly states: number
  /** initial states and every successor computed, duplicates included */
  readonly generated: number
  /** levels, the initial states being level 1 */
  readonly depth: number
  /** in the order of the model's claims */
  readonly claims: readonly ClaimOutcome[]
  /** level of the first states without successors that the model does not allow, or null */
  readonly deadlock: number | null
  readonly fault: Fault | null
}

/** How far a search goes. */
export interface Bounds {
  readonly maxStates?: number
  /** levels */
  readonly maxDepth?: number
  /** end at the first level after which no claim is open, instead of counting every state */
  readonly untilDecided?: boolean
}
