/** Fairness: which steps may not be put off for ever. Named in the spec, resolved to sets of instances here. */
import { SpecError } from './errors.ts'
import type { Instance } from './instance.ts'

/**
 * What must be treated fairly, by name: a process, a member of a collection, an action, or a label as `process: label`.
 * A name that stands for several processes, members or argument lists is a requirement for each of them; `{ anyOf }` is
 * one requirement that any step of the listed names satisfies.
 */
export type FairnessName = string | { readonly anyOf: readonly string[] }

export interface Fairness {
  /** what stays enabled from some point on is taken again and again */
  readonly weak?: readonly FairnessName[]
  /** what is enabled again and again is taken again and again */
  readonly strong?: readonly FairnessName[]
}

/** One requirement: infinitely many steps of these instances, under the condition of its strength. */
export interface Requirement {
  readonly strength: 'weak' | 'strong'
  readonly name: string
  /** for each instance of the model, whether its steps count */
  readonly counts: readonly boolean[]
}

/** The requirements that a model's fairness amounts to. Throws a SpecError for a name that no step has. */
export function requirements(fairness: Fairness, instances: readonly Instance[]): Requirement[] {
  const resolve = (strength: Requirement['strength']) => (entry: FairnessName) =>
    typeof entry === 'string'
      ? separately(entry, instances).map((counts) => ({ strength, ...counts }))
      : [{ strength, name: entry.anyOf.join(' or '), counts: together(entry.anyOf, instances) }]
  return [...(fairness.weak ?? []).flatMap(resolve('weak')), ...(fairness.strong ?? []).flatMap(resolve('strong'))]
}

const matches = (instance: Instance, name: string): boolean =>
  instance.actor === name || instance.name === name || instance.group === name

/** A requirement for each process or member that the name covers, or for each argument list of an action. */
function separately(name: string, instances: readonly Instance[]): { name: string; counts: boolean[] }[] {
  const covered = instances.filter((instance) => matches(instance, name))
  if (covered.length === 0) throw unknown(name, instances)
  const byAction = covered.every((instance) => instance.name === name && instance.group === '')
  const keyOf = (instance: Instance) =>
    byAction ? instance.label : instance.name === name ? `${instance.actor}: ${instance.label}` : instance.actor
  return [...new Set(covered.map(keyOf))].map((key) => ({
    name: key,
    counts: instances.map((instance) => matches(instance, name) && keyOf(instance) === key),
  }))
}

function together(names: readonly string[], instances: readonly Instance[]): boolean[] {
  for (const name of names) if (!instances.some((instance) => matches(instance, name))) throw unknown(name, instances)
  return instances.map((instance) => names.some((name) => matches(instance, name)))
}

function unknown(name: string, instances: readonly Instance[]): SpecError {
  const names = [
    ...new Set(instances.flatMap((instance) => [instance.group, instance.name]).filter((each) => each !== '')),
  ]
  return new SpecError(
    `fairness names '${name}', which no step has`,
    `there are ${names.join(', ')}`,
    'name a process, an action, or a label as process: label',
  )
}
