/** A model: declared state and processes, initial states, actions, and what is claimed about them. */
import type { Action, ActionLike, Parameters } from './action.ts'
import type { FixedArray } from './array.ts'
import { array } from './array.ts'
import type { Claim } from './claim.ts'
import type { Declaration, Domain, ScalarDomain, StateOf } from './domain.ts'
import { SpecError } from './errors.ts'
import type { Fairness, Requirement } from './fairness.ts'
import { requirements } from './fairness.ts'
import type { Instance } from './instance.ts'
import { actionInstances, processInstances } from './instance.ts'
import type { Process, ProcessState } from './process.ts'
import { DONE } from './process.ts'
import { record } from './record.ts'
import type { Interchangeable } from './renaming.ts'
import { oneOf } from './scalars.ts'

type Processes = Readonly<Record<string, Process<never, never> | Process>>

/** What there is: the variables, and the processes that run over them. */
export interface Things {
  readonly state: Declaration
  readonly processes?: Processes
}

type ProcessStates<P> = {
  [K in keyof P]: P[K] extends { over: object } ? FixedArray<ProcessState<P[K]>> : ProcessState<P[K]>
}

/** The whole state: the declared variables, and under its name each process. */
export type FullState<T extends Things> = StateOf<T['state']> &
  (T extends { processes: infer P } ? ProcessStates<P> : unknown)

type Named<T> = Readonly<Record<string, T>>

/** When a state without successors is an error: never, always, or unless the model calls the state final. */
export type DeadlockRule = 'off' | 'stuck' | 'stuck unless final'

/** A named function from states to the values (Immutable ones where composite) by which a quotient graph groups them. */
export type Projection<S> = (state: S) => unknown

/** What happens and what is said about it. It comes second because its types follow from what there is. */
export interface Behaviour<T extends Things> {
  /** the initial state, or several by name; `choose` in one of them makes an initial state for each alternative */
  readonly init:
    | ((state: FullState<T>) => void)
    | Named<(state: FullState<T>) => void>
    | readonly Named<(state: FullState<T>) => void>[]
  readonly actions?: Named<ActionLike<FullState<T>>> | readonly Named<ActionLike<FullState<T>>>[]
  readonly claims?: readonly Claim<FullState<T>>[]
  /** states that do not satisfy it are generated but neither counted nor explored */
  readonly constraint?: (state: FullState<T>) => boolean
  readonly deadlock?: DeadlockRule
  /** which steps may not be put off for ever: what temporal claims may count on */
  readonly fairness?: Fairness
  /** tells which states may have no successors; by default those where every process has ended */
  readonly final?: (state: FullState<T>) => boolean
  readonly projections?: Named<Projection<FullState<T>>>
  /** what the trust report may find without failing the run: what it prints, and the reason why that is fine */
  readonly waive?: Named<string>
}

declare const STATE: unique symbol

/** A model as the engines and reports see it. `S`, the type of its states, matters only to who refines it. */
export interface Model<out S = object> {
  /** carries the type; nothing is there at run time */
  readonly [STATE]?: S
  readonly name: string
  readonly domain: Domain<object>
  /** the collections declared symmetric of which the state mentions members */
  readonly interchangeable: readonly Interchangeable[]
  readonly init: readonly { name: string; run: (state: object) => void }[]
  readonly instances: readonly Instance[]
  readonly claims: readonly Claim<object>[]
  readonly constraint: ((state: object) => boolean) | null
  readonly deadlock: DeadlockRule
  readonly final: ((state: object) => boolean) | null
  readonly fairness: readonly Requirement[]
  readonly projections: Named<Projection<object>>
  readonly waive: Named<string>
}

/** Merges groups of named things, refusing a name that two groups use. */
function unique<T>(kind: string, groups: readonly Named<T>[]): Map<string, T> {
  const all = new Map<string, T>()
  for (const group of groups) {
    for (const [name, thing] of Object.entries(group)) {
      if (all.has(name)) {
        throw new SpecError(
          `two ${kind}s are named '${name}'`,
          'counterexamples and waivers refer to them by name',
          `rename one ${kind}`,
        )
      }
      all.set(name, thing)
    }
  }
  return all
}

const groups = <T>(given: Named<T> | readonly Named<T>[]): readonly Named<T>[] =>
  Array.isArray(given) ? (given as readonly Named<T>[]) : [given as Named<T>]

/**
 * Builds a model from its text. Throws a SpecError when two initial states, actions, processes or claims share a name,
 * or when a process has the name of a variable.
 */
export function model<T extends Things>(name: string, things: T, text: Behaviour<T>): Model<FullState<T>> {
  const processes = Object.entries((things.processes ?? {}) as Record<string, Process>)
  const declaration: Record<string, Domain<unknown>> = { ...things.state }
  for (const [title, process] of processes) {
    if (title in things.state) {
      throw new SpecError(
        `'${title}' is both a variable and a process`,
        'the state of a process is found under its name',
        'rename one of them',
      )
    }
    const own = record({ pc: oneOf(...Object.keys(process.steps), DONE), ...process.locals })
    declaration[title] = process.over === undefined ? own : array(instancesOf(title, process.over), own)
  }
  const actions = unique<ActionLike<never>>('action', groups(text.actions ?? {}) as readonly Named<ActionLike<never>>[])
  const claims = (text.claims ?? []) as readonly Claim<object>[]
  unique(
    'claim',
    claims.map((claim) => ({ [claim.name]: claim })),
  )
  const init = typeof text.init === 'function' ? [{ initial: text.init }] : groups(text.init as Named<unknown>)
  const startProcesses = (state: object) => {
    for (const [title, process] of processes) {
      const own = { pc: process.first, ...process.start }
      const draft = state as Record<string, unknown>
      if (process.over === undefined) draft[title] = own
      else for (const id of process.over.values) (draft[title] as Record<number, unknown>)[id] = own
    }
  }
  const domain = record(declaration) as Domain<object>
  unique(
    'variable',
    domain.units.map((unit) => ({ [unit.path.replace(/^\./, '')]: unit })),
  )
  const instances = [
    ...[...actions].flatMap(([title, action]) => actionInstances(title, asAction(action))),
    ...processes.flatMap(([title, process]) => processInstances(title, process)),
  ]
  return {
    name,
    domain,
    interchangeable: interchangeableIn(domain),
    init: [...unique('initial state', init as readonly Named<(state: object) => void>[])].map(([title, run]) => ({
      name: title,
      run: (state) => {
        startProcesses(state)
        run(state)
      },
    })),
    instances,
    claims,
    constraint: (text.constraint as Model['constraint']) ?? null,
    deadlock: text.deadlock ?? 'stuck unless final',
    final: (text.final as Model['final']) ?? everyProcessEnded(processes),
    fairness: requirements(text.fairness ?? {}, instances),
    projections: (text.projections ?? {}) as Model['projections'],
    waive: text.waive ?? {},
  }
}

/** The indices of a process that there are several of. They bear its name, as two processes may be over one collection. */
function instancesOf(title: string, over: ScalarDomain<number>): ScalarDomain<number> {
  return { ...over, collection: title, print: (code) => `${title}${over.decode(code)}` }
}

/** The collections of which there is anything to rename. */
function interchangeableIn({ cells }: Domain<object>): Interchangeable[] {
  const all = new Map<string, Interchangeable>()
  for (const { below = [], names = [] } of cells) {
    for (const collection of [...below.map((member) => member.collection), ...names]) {
      const known = all.get(collection.name) ?? collection
      if (known.size !== collection.size) {
        throw new SpecError(
          `two symmetric collections are named '${collection.name}', one of ${known.size} and one of ${collection.size}`,
          'the members of one name are the same things wherever they occur',
          'declare the collection once and use it everywhere, or give the other one another name',
        )
      }
      all.set(collection.name, known)
    }
  }
  return [...all.values()].filter(({ size }) => size > 1)
}

function asAction(action: ActionLike<never>): Action<never> {
  return typeof action === 'function' ? { parameters: {} as Parameters, anchor: '', run: action } : action
}

function everyProcessEnded(processes: readonly [string, Process][]): Model['final'] {
  if (processes.length === 0) return null
  return (state) => {
    const all = state as Record<string, unknown>
    return processes.every(([title, process]) =>
      process.over === undefined
        ? (all[title] as { pc: string }).pc === DONE
        : (all[title] as FixedArray<{ pc: string }>).every((each) => each.pc === DONE),
    )
  }
}
