/** Counterexamples and witnesses as data: everything a report prints, in words, independent of how it was found. */

/** One variable that a step changed, with both values as printed. */
export interface Change {
  readonly variable: string
  readonly from: string
  readonly to: string
}

export interface TraceStep {
  /** the process, or member of a collection, whose step it is; empty for the model itself */
  readonly process: string
  /** the label with its arguments */
  readonly label: string
  /** the code that the step stands for (`mm/gup.c: collect_longterm_unpinnable_folios`), empty where the spec names none */
  readonly anchor: string
  /** what the step said about how it went, empty where it said nothing */
  readonly note: string
  readonly changes: readonly Change[]
}

/** A variable that decided the verdict, its value at the end, and the step that last wrote it. */
export interface Evidence {
  readonly variable: string
  readonly value: string
  /** index into the steps, or null for the initial value */
  readonly writtenBy: number | null
}

/** One conjunct of a claim that is false at the end of the trace, and what it read. */
export interface FailedConjunct {
  readonly name: string
  /** the arguments of a claim with parameters, as printed */
  readonly args: string
  readonly evidence: readonly Evidence[]
}

/** A step that a model could have taken, or a state that it could have begun with, and what would have changed. */
export interface Alternative {
  readonly label: string
  readonly changes: readonly Change[]
}

/** What a trace shows. */
export type TraceKind = 'violation' | 'witness' | 'deadlock' | 'fault'

export interface Trace {
  readonly kind: TraceKind
  readonly model: string
  /** the sentence of the claim, or what a deadlock or fault says */
  readonly sentence: string
  /** the name of the claim, empty for deadlocks and faults */
  readonly claim: string
  /** who promises it */
  readonly source: string
  /** what distinguishes this model from its siblings, for the header: a kernel, or constants */
  readonly variant: string
  /** number of states: one more than there are steps */
  readonly length: number
  /** the columns of a race table: every actor of the model that takes a step, in the order of the model */
  readonly columns: readonly { readonly process: string; readonly title: string }[]
  /** the initial state: its name, and every variable with its value */
  readonly initial: {
    readonly name: string
    readonly values: readonly { readonly variable: string; readonly value: string }[]
  }
  readonly steps: readonly TraceStep[]
  /**
   * Of a behaviour that goes on for ever: after how many steps the part begins that is repeated. When that is the number
   * of steps, the behaviour stays in the last state for ever. Null for a trace that ends.
   */
  readonly loop: number | null
  readonly failed: readonly FailedConjunct[]
  /** of a refinement claim: what the abstract model could have done in the place of what the trace shows */
  readonly instead?: { readonly heading: string; readonly steps: readonly Alternative[] }
  /** how many times consecutive steps belong to different processes */
  readonly contextSwitches: number
}
