/**
 * Processes: sequential code that others interleave with. A process has a program counter over its labels, locals, and
 * one function per label; a label is one atomic step, and at a label boundary any other process may run.
 */
import type { Declaration, ScalarDomain, StateOf } from './domain.ts'
import { SpecError } from './errors.ts'

/** The label at which every process has ended. It has no step. */
export const DONE = 'done'

/** One label: the function that it stands for (`mm/gup.c: collect_longterm_unpinnable_folios`), and what it does. */
export interface Step<S, M, L extends string> {
  readonly anchor: string
  readonly run: (state: S, me: M) => L
}

/** What a step sees of its own process: its locals, and which one of several equal processes it is (0 where alone). */
export type Me<L extends Declaration> = StateOf<L> & { readonly id: number }

/** Labelled steps that return each other's labels or one of `Exit`: the body of a process, or a reusable part of one. */
export type Steps<S, M, Label extends string, Exit extends string> = {
  readonly [K in Label]: Step<S, M, NoInfer<Label> | Exit>
}

export interface Process<L extends Declaration = Declaration, Label extends string = string> {
  readonly locals: L
  /** the values of the locals at the start */
  readonly start: Readonly<Record<string, unknown>>
  readonly first: Label
  readonly steps: Readonly<Record<string, Step<never, never, string>>>
  /** a collection when there is one such process for each of its members */
  readonly over?: ScalarDomain<number>
  /** how reports head its column; the name in the model when absent */
  readonly title?: string
}

/** Marks a process of which there are several: the spec sees an array of them. */
type Many<Over> = Over extends object ? { readonly over: Over } : unknown

/** What the rest of the spec sees of a process: where it stands, and its locals. */
export type ProcessState<P> = P extends Process<infer L, infer Label> ? { pc: Label | typeof DONE } & StateOf<L> : never

/**
 * A step of a process. `anchor` names the code that it stands for; `run` changes the state and the locals and returns the
 * label at which the process goes on (`'done'` ends it). `when` in it makes the process wait.
 */
export function step<S, M, const L extends string>(anchor: string, run: (state: S, me: M) => L): Step<S, M, L> {
  return { anchor, run }
}

/**
 * Steps that exist only in some variants of a process: nothing where `present` is false. A step that goes to an absent
 * label all the same is an error at that moment (its program counter leaves its domain).
 */
export function stepsIf<T extends object>(present: boolean, steps: T): T {
  return present ? steps : ({} as T)
}

/**
 * A process over the variables of `shared`. The first label listed is where it starts. Steps may be spread in from
 * functions that return labelled steps; `start` gives every local its first value.
 */
export function process<
  Shared extends Declaration,
  L extends Declaration,
  Label extends string,
  Over extends ScalarDomain<number> | undefined = undefined,
>(
  _shared: Shared,
  options: {
    locals: L
    start: { readonly [K in keyof L]: StateOf<L>[K] }
    over?: Over
    title?: string
  },
  steps: Steps<StateOf<Shared>, Me<L>, Label, typeof DONE>,
): Process<L, Label> & Many<Over> {
  const labels = Object.keys(steps) as Label[]
  for (const reserved of ['pc', 'id']) {
    if (reserved in options.locals) {
      throw new SpecError(
        `a local cannot be named ${reserved}`,
        `every process has its own ${reserved}`,
        'rename the local variable',
      )
    }
  }
  if (labels.length === 0 || labels.includes(DONE as Label)) {
    throw new SpecError(
      labels.length === 0 ? 'a process has no steps' : `a process cannot have a step at '${DONE}'`,
      `a process needs at least one label, and '${DONE}' is where every process ends`,
      'give the process labelled steps with other names',
    )
  }
  const number = labels.find((label) => /^\d+$/.test(label))
  if (number !== undefined) {
    throw new SpecError(
      `a label cannot be the number ${number}`,
      'JavaScript lists such names before all others, and a process starts at the label listed first',
      'give the step a name',
    )
  }
  return {
    locals: options.locals,
    start: options.start as Readonly<Record<string, unknown>>,
    first: labels[0],
    steps: steps as unknown as Process['steps'],
    ...(options.over === undefined ? {} : { over: options.over }),
    ...(options.title === undefined ? {} : { title: options.title }),
  } as Process<L, Label> & Many<Over>
}
