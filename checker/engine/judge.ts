/** The book that a search keeps on its claims: which are open, and at which level each was first decided. */
import type { Claim } from '../language/claim.ts'
import type { ClaimOutcome } from './outcome.ts'

export interface Judge {
  /** the level at which each claim was violated or reached, 0 while neither */
  readonly levels: Int32Array
  deadlockLevel: number
  /** true when nothing that the rest of the search could find would change a verdict */
  decided(): boolean
  outcomes(complete: boolean): ClaimOutcome[]
}

/**
 * Tells whether something that was decided at a level (0: never) may still be decided at another one. What was decided
 * earlier is not asked again; on one level everything is, so that it does not matter who is asked first.
 */
export const isOpen = (decided: number, level: number): boolean => decided === 0 || decided >= level

/** Enters what another thread decided. */
export function mergeDecisions(into: Judge, levels: Readonly<Int32Array>, deadlockLevel: number): void {
  const earlier = (a: number, b: number) => (a === 0 ? b : b === 0 ? a : Math.min(a, b))
  levels.forEach((level, claim) => {
    into.levels[claim] = earlier(into.levels[claim], level)
  })
  into.deadlockLevel = earlier(into.deadlockLevel, deadlockLevel)
}

/** A judge for the claims of a model; `watchDeadlock` says whether a deadlock is an error too. */
export function judgeFor(claims: readonly Claim<object>[], watchDeadlock: boolean): Judge {
  const levels = new Int32Array(claims.length)
  const judge: Judge = {
    levels,
    deadlockLevel: 0,
    decided: () => levels.every((level) => level > 0) && (!watchDeadlock || judge.deadlockLevel > 0),
    outcomes: (complete) =>
      claims.map((claim, at): ClaimOutcome => {
        const level = levels[at]
        // No search of states decides what happens sooner or later: that takes the finished graph.
        if (claim.kind === 'temporal' || claim.kind === 'refinement') return { status: 'open' }
        if (claim.kind === 'reachable') {
          return level > 0 ? { status: 'reached', level } : { status: complete ? 'unreached' : 'open' }
        }
        return level > 0 ? { status: 'violated', level } : { status: complete ? 'holds' : 'open' }
      }),
  }
  return judge
}
