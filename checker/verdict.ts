/** The answer to a check, as data: one verdict for the model and one for each claim. Printing is somebody else's. */
import type { Outcome, Stop } from './engine/outcome.ts'
import type { Statistics } from './engine/statistics.ts'
import type { ClaimKind } from './language/claim.ts'
import type { SpecError } from './language/errors.ts'
import type { Trace } from './trace/trace.ts'
import type { TrustFinding } from './verdict/trust.ts'

/** What is known about one claim. Only `holds`, `reached`, `violated` and `unreached` are final. */
export interface ClaimVerdict {
  readonly name: string
  readonly sentence: string
  readonly source: string
  readonly kind: ClaimKind
  readonly verdict: 'holds' | 'violated' | 'reached' | 'unreached' | 'open'
  /** a counterexample, or the witness of a reachable claim */
  readonly trace: Trace | null
}

/** The verdict on a model. `violated` covers claims, and reachable claims that no state satisfies. */
export type VerdictKind = 'holds' | 'violated' | 'deadlock' | 'incomplete' | 'error'

export interface Verdict {
  readonly kind: VerdictKind
  readonly model: string
  /** what distinguishes this model from its siblings: a kernel, constants, or empty */
  readonly variant: string
  readonly outcome: Pick<Outcome, 'complete' | 'stopped' | 'distinct' | 'states' | 'generated' | 'depth'>
  readonly statistics: Statistics
  readonly claims: readonly ClaimVerdict[]
  /** the way into a deadlock that the model does not allow */
  readonly deadlock: Trace | null
  /** a fault of the spec, with the way to the state in which it showed where there is one */
  readonly fault: { readonly error: SpecError; readonly trace: Trace | null } | null
  /** reasons to doubt a verdict that holds; empty unless the search was complete */
  readonly trust: readonly TrustFinding[]
}

/** What a stop means, in words. */
export const STOP_REASONS: Readonly<Record<Stop, string>> = {
  memory: 'the memory limit was reached',
  disk: 'states could not be written to disk',
  states: 'the limit on states was reached',
  depth: 'the limit on depth was reached',
  interrupt: 'it was interrupted',
}
