/**
 * Domains of generated specs, as plain data; and what a generated spec can do with a value of each of them. Every
 * operation takes a whole number where a spec written by hand would take a value, so that any number means something.
 */
import type { FiniteSet, FixedArray, ScalarDomain, Sequence } from '../../checker/index.ts'
import { array, bool, collection, oneOf, optional, range, record, sequence, setOf, union } from '../../checker/index.ts'
import type { Domain } from '../../checker/language/domain.ts'
import { isScalar } from '../../checker/language/domain.ts'

export type ScalarDescription =
  | { readonly kind: 'bool' }
  | { readonly kind: 'range'; readonly low: number; readonly size: number }
  | { readonly kind: 'oneOf'; readonly values: readonly (string | number)[] }
  /** a member of the collection of the spec */
  | { readonly kind: 'node' }
  | { readonly kind: 'maybe'; readonly of: ScalarDescription }

export type DomainDescription =
  | ScalarDescription
  | { readonly kind: 'optional'; readonly of: DomainDescription }
  | { readonly kind: 'array'; readonly index: ScalarDescription; readonly element: DomainDescription }
  | { readonly kind: 'record'; readonly fields: readonly DomainDescription[] }
  | { readonly kind: 'union'; readonly variants: readonly (readonly DomainDescription[])[] }
  | { readonly kind: 'set'; readonly of: ScalarDescription }
  | { readonly kind: 'sequence'; readonly of: DomainDescription; readonly capacity: number }

/** Reads something of a value; `wild` leaves out the test that keeps it from being out of range. */
type Ask = (value: never, argument: number, wild: boolean) => number
/** Changes a live view in place. */
type Use = (value: never, argument: number, wild: boolean) => void

/** One way further into a composite: a field by its name, or some element of an array. */
export interface Part {
  readonly step: string | ScalarDomain<unknown>
  readonly shape: Shape
}

export interface Shape {
  readonly domain: Domain<unknown>
  /** a value of the domain for every number */
  make(seed: number): unknown
  /** a number for every value, which depends on all of it */
  code(value: unknown): number
  readonly asks: readonly Ask[]
  readonly uses: readonly Use[]
  readonly parts: readonly Part[]
}

/** The remainder that is never negative. */
export const modulo = (n: number, size: number): number => ((n % size) + size) % size

/** The element of a list that a number stands for. */
export const pick = <T>(list: readonly T[], n: number): T => list[modulo(n, list.length)]

const bit = (condition: boolean): number => (condition ? 1 : 0)

/** Several numbers as one: small, never negative, different for most lists. */
const combined = (codes: readonly number[]): number => codes.reduce((sum, code) => modulo(sum * 3 + code, 1009), 0)

/** The collection of a spec; its members have a name of their own in each part of the state, as in specs by hand. */
export interface Nodes {
  readonly name: string
  readonly count: number
}

/** What a description stands for, in a spec with the given collection. */
export function shapeOf(description: DomainDescription, nodes: Nodes): Shape {
  const fieldsOf = (fields: readonly DomainDescription[], name: string) =>
    recordShape(fields.map((field, at) => shapeOf(field, { ...nodes, name: `${name}${'abc'[at]}` })))
  switch (description.kind) {
    case 'optional':
      return optionalShape(shapeOf(description.of, nodes))
    case 'array':
      return arrayShape(
        scalarOf(description.index, nodes) as ScalarDomain<string | number>,
        shapeOf(description.element, nodes),
      )
    case 'record':
      return fieldsOf(description.fields, nodes.name)
    case 'union':
      return unionShape(description.variants.map((fields) => fieldsOf(fields, nodes.name)))
    case 'set':
      return setShape(scalarOf(description.of, nodes))
    case 'sequence':
      return sequenceShape(shapeOf(description.of, nodes), description.capacity)
    default:
      return scalarShape(scalarOf(description, nodes))
  }
}

/** The scalar domain that a description stands for. */
export function scalarOf(description: ScalarDescription, nodes: Nodes): ScalarDomain<unknown> {
  switch (description.kind) {
    case 'bool':
      return bool
    case 'range':
      return range(description.low, description.low + description.size - 1)
    case 'oneOf':
      return oneOf(...description.values)
    case 'node':
      return collection(nodes.name, nodes.count)
    case 'maybe':
      return optional(scalarOf(description.of, nodes))
  }
}

function scalarShape(domain: ScalarDomain<unknown>): Shape {
  return {
    domain,
    make: (seed) => domain.decode(modulo(seed, domain.size)),
    // Reading behind the end of a sequence gives undefined, whose code is -1.
    code: (value) => domain.encode(value) + (value === undefined ? 1 : 0),
    asks: [],
    uses: [],
    parts: [],
  }
}

function optionalShape(inner: Shape): Shape {
  return {
    domain: optional(inner.domain),
    make: (seed) => (modulo(seed, 3) === 0 ? null : inner.make(seed - 1)),
    code: (value) => (value === null || value === undefined ? 0 : 1 + inner.code(value)),
    asks: [(value: unknown) => bit(value === null)],
    uses: [],
    parts: [],
  }
}

function recordShape(fields: readonly Shape[]): Shape {
  const named = fields.map((shape, at) => [`f${at}`, shape] as const)
  return {
    domain: record(Object.fromEntries(named.map(([name, { domain }]) => [name, domain]))),
    make: (seed) => Object.fromEntries(named.map(([name, shape], at) => [name, shape.make(seed + at)])),
    code: (value) => combined(named.map(([name, shape]) => shape.code((value as Record<string, unknown>)[name]))),
    asks: [],
    uses: [],
    parts: named.map(([step, shape]) => ({ step, shape })),
  }
}

function unionShape(variants: readonly Shape[]): Shape {
  const kinds = variants.map((_, at) => `k${at}`)
  const domains = variants.map(({ parts }) =>
    Object.fromEntries(parts.map(({ step, shape }) => [step as string, shape.domain])),
  )
  const code = (value: unknown): number => {
    if (value === undefined) return 0
    const kind = kinds.indexOf((value as { kind: string }).kind)
    return combined([kind, variants[kind].code(value)])
  }
  return {
    domain: union(Object.fromEntries(kinds.map((kind, at) => [kind, domains[at]]))) as Domain<unknown>,
    make: (seed) => ({ kind: pick(kinds, seed), ...(pick(variants, seed).make(seed + 1) as object) }),
    code,
    asks: [(value: { kind: string }, argument) => bit(value.kind === pick(kinds, argument))],
    uses: [],
    parts: [],
  }
}

function setShape(element: ScalarDomain<unknown>): Shape {
  type View = FiniteSet<unknown>
  const one = (seed: number) => element.decode(modulo(seed, element.size))
  const some = (seed: number) => element.values.filter((_, code) => (seed >> code) % 2 === 1)
  return {
    domain: setOf(element),
    make: (seed) => new Set(some(seed)),
    code: (value) => combined(element.values.map((each) => bit((value as View).has(each)))),
    asks: [
      (set: View, argument) => bit(set.has(one(argument))),
      (set: View) => set.size,
      (set: View) => combined([...set].map((each) => element.encode(each))),
    ],
    uses: [
      (set: View, argument) => set.add(one(argument)),
      (set: View, argument, wild) => set.delete(wild ? 'nowhere' : one(argument)),
      (set: View) => set.clear(),
    ],
    parts: [],
  }
}

function sequenceShape(element: Shape, capacity: number): Shape {
  type View = Sequence<unknown>
  const scalar = isScalar(element.domain)
  const is = (argument: number) => (each: unknown) => element.code(each) === element.code(element.make(argument))
  return {
    domain: sequence(element.domain, capacity),
    make: (seed) => Array.from({ length: modulo(seed, capacity + 1) }, (_, at) => element.make(seed + at)),
    code: (value) =>
      value === undefined ? 0 : combined([(value as View).length, ...[...(value as View)].map(element.code)]),
    asks: [
      (queue: View) => queue.length,
      (queue: View, argument) => element.code(queue.at(modulo(argument, 3) - 1)),
      (queue: View, argument, wild) => (wild || queue.length > 0 ? element.code(queue[wild ? argument : 0]) : 0),
      (queue: View, argument) => bit(scalar ? queue.includes(element.make(argument)) : queue.some(is(argument))),
      (queue: View, argument) => bit(queue.every(is(argument))),
      (queue: View, argument) => queue.filter(is(argument)).length,
    ],
    uses: [
      (queue: View, argument, wild) => {
        if (wild || queue.length < capacity) queue.push(element.make(argument))
      },
      (queue: View) => queue.shift(),
      (queue: View) => queue.pop(),
      (queue: View, argument) => {
        const first = queue.shift()
        if (first !== undefined && argument % 2 === 0) queue.push(first)
      },
    ],
    parts: [],
  }
}

function arrayShape(index: ScalarDomain<string | number>, element: Shape): Shape {
  const keys = index.values
  const numeric = keys.every((key) => typeof key === 'number')
  const parts = [{ step: index, shape: element }]
  const at = (value: unknown, key: string | number) => element.code((value as Record<string | number, unknown>)[key])
  const common = { domain: array(index, element.domain), uses: [], asks: [], parts }
  if (!numeric) {
    return {
      ...common,
      make: (seed) => Object.fromEntries(keys.map((key, code) => [key, element.make(seed + code)])),
      code: (value) => combined(keys.map((key) => at(value, key))),
    }
  }
  type View = FixedArray<unknown>
  const is = (argument: number) => (each: unknown) => element.code(each) === element.code(element.make(argument))
  return {
    ...common,
    make: (seed) => keys.map((_, code) => element.make(seed + code)),
    code: (value) => combined([...(value as View)].map(element.code)),
    asks: [
      (view: View, argument) => bit(view.every(is(argument))),
      (view: View, argument) => bit(view.some(is(argument))),
      (view: View, argument) => view.filter(is(argument)).length,
      (view: View, argument) => modulo(view.findIndex(is(argument)), 100),
      (view: View, argument) => element.code(view.find(is(argument)) ?? element.make(0)),
      (view: View, argument) => view.reduce((sum, each, key) => sum + element.code(each) * bit(key !== argument), 0),
      (view: View, argument) => view.map(element.code).filter((code) => code < argument).length,
    ],
    uses: [
      (view: View, argument) => view.fill(element.make(argument)),
      (view: View, argument) => {
        for (const [key] of view.entries()) view[key] = element.make(argument + key)
      },
    ],
  }
}
