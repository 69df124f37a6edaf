/** Checks a model: explores it, judges its claims, and finds the trace that shows each decision. */
import type { SearchOptions } from '../engine/search.ts'
import type { Model } from '../language/model.ts'
import type { Verdict } from './verdict.ts'

export interface CheckOptions extends SearchOptions {
  /** shown in headers: a kernel, or constants */
  readonly variant?: string
  /** names of the claims to check; all when absent */
  readonly claims?: readonly string[]
  readonly engine?: 'tables' | 'reference'
  /** leave out traces: only verdicts and counts */
  readonly withoutTraces?: boolean
}

/** The verdict on a model. Faults of the spec are part of it; nothing is thrown but faults of the checker itself. */
export async function check(_model: Model, _options: CheckOptions = {}): Promise<Verdict> {
  throw new Error('not yet')
}
