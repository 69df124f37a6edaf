/** Instances: the actions and labels of a model with all parameters bound, each a function that the engines run. */
import type { Action } from './action.ts'
import { combinations, printArguments, when } from './action.ts'
import type { ScalarDomain } from './domain.ts'
import type { Process } from './process.ts'
import { type Renaming, renamedCode } from './renaming.ts'

export interface Instance {
  /** the action or label without parameters: what statistics and quotient graphs call it */
  readonly name: string
  /** the name with its arguments: what a counterexample prints */
  readonly label: string
  /** whose step it is: a process, a member of a collection, or the model itself (empty) */
  readonly actor: string
  /** the process of which this is a label, by its name in the model; empty for an action */
  readonly group: string
  /** how reports head the actor's column */
  readonly title: string
  /** the code that the step stands for, empty where the spec names none */
  readonly anchor: string
  /** the same action or label for renamed members: its label with their names, told apart from others by its actor */
  readonly renamed: (by: Renaming) => { readonly label: string; readonly actor: string }
  readonly run: (state: object) => void
}

/** An action once for each combination of its parameters. The first parameter is the actor when it names a collection. */
export function actionInstances(name: string, action: Action<never>): Instance[] {
  const [first] = Object.entries(action.parameters)
  const called = (values: Readonly<Record<string, unknown>>) => {
    const printed = printArguments(action.parameters, values)
    const actor = first?.[1].collection === undefined ? '' : first[1].print(first[1].encode(values[first[0]]))
    return { label: printed === '' ? name : `${name}(${printed})`, actor }
  }
  return combinations(action.parameters).map((values) => {
    const { label, actor } = called(values)
    return {
      name,
      label,
      actor,
      group: '',
      title: actor,
      anchor: action.anchor,
      renamed: (by) => called(renamedValues(action.parameters, values, by)),
      run: (state) => action.run(state as never, values),
    }
  })
}

function renamedValues(
  parameters: Action<never>['parameters'],
  values: Readonly<Record<string, unknown>>,
  by: Renaming,
): Record<string, unknown> {
  const renamed = (domain: ScalarDomain<unknown>, value: unknown) =>
    domain.decode(renamedCode(domain.members, domain.encode(value), by))
  return Object.fromEntries(Object.entries(parameters).map(([name, domain]) => [name, renamed(domain, values[name])]))
}

type Own = Record<string, unknown> & { pc: string }

/** The labels of a process, for each of its instances. A label is enabled where the program counter stands at it. */
export function processInstances(title: string, process: Process): Instance[] {
  const ids = process.over === undefined ? [0] : [...process.over.values]
  return ids.flatMap((id) => {
    const actorOf = (own: number) => (process.over === undefined ? title : `${title}${own}`)
    const actor = actorOf(id)
    const withId = addingId(id)
    return Object.entries(process.steps).map(([label, step]) => ({
      name: `${title}: ${label}`,
      label,
      actor,
      group: title,
      title: process.over === undefined ? (process.title ?? title) : `${process.title ?? title} ${id}`,
      anchor: step.anchor,
      renamed: (by: Renaming) => ({
        label,
        actor: actorOf(process.over?.decode(renamedCode(process.over.members, process.over.encode(id), by)) ?? id),
      }),
      run: (state: object) => {
        const under = (state as Record<string, unknown>)[title]
        const own = (process.over === undefined ? under : (under as Record<number, unknown>)[id]) as Own
        when(own.pc === label)
        own.pc = (step.run as (state: unknown, me: unknown) => string)(state, new Proxy(own, withId))
      },
    }))
  })
}

/** Shows the locals of a process with its `id` added. Made once for each, as there is a view of it for every run. */
const addingId = (id: number): ProxyHandler<Own> => ({
  get: (target, name) => (name === 'id' ? id : Reflect.get(target, name)),
  has: (target, name) => name === 'id' || name in target,
  set: (target, name, value) => Reflect.set(target, name, value),
})

/** How messages name an action: with its process, where it has one. */
export function actionName(instance: Instance): string {
  return instance.actor === '' || instance.anchor === '' ? instance.label : `${instance.actor} at '${instance.label}'`
}
