/** Arrays over a finite index: one element for each value of the index domain, no holes, no growth. */
import { Map as ImmutableMap, List } from 'immutable'
import type { Binding, Domain, ScalarDomain } from './domain.ts'
import { composite, detached, elementsOf, encodeEach, outside } from './domain.ts'
import { SpecError, show } from './errors.ts'
import { concatenate } from './record.ts'
import { colourOf, mix, renamedCode } from './renaming.ts'

/** An array indexed by numbers: what can be done with it in a spec. Callbacks get the element and its index. */
export interface FixedArray<T> {
  readonly length: number
  [index: number]: T
  [Symbol.iterator](): Iterator<T>
  keys(): Iterable<number>
  entries(): Iterable<[number, T]>
  every(test: (element: T, index: number) => boolean): boolean
  some(test: (element: T, index: number) => boolean): boolean
  filter(test: (element: T, index: number) => boolean): T[]
  map<U>(of: (element: T, index: number) => U): U[]
  find(test: (element: T, index: number) => boolean): T | undefined
  findIndex(test: (element: T, index: number) => boolean): number
  indexOf(element: T): number
  includes(element: T): boolean
  forEach(visit: (element: T, index: number) => void): void
  reduce<U>(step: (sum: U, element: T, index: number) => U, start: U): U
  fill(element: T): unknown
}

/** An array with one element for each value of `index`; indexed by number, or by name when the index is `oneOf` names. */
export function array<I extends string | number, T>(
  index: ScalarDomain<I>,
  element: Domain<T>,
): Domain<[I] extends [number] ? FixedArray<T> : { [K in I]: T }> {
  const keys = index.values
  // Records about the members of a collection are printed as those members: `F0.refs`, not `folio[F0].refs`.
  const named = index.collection !== undefined && element.kind === 'record'
  const numeric = keys.every((key) => typeof key === 'number')
  const { cells, units, bases } = concatenate(
    keys.map((_, code) => ({
      path: named ? `.${index.print(code)}` : `[${index.print(code)}]`,
      pattern: '[*]',
      domain: element,
      member: index.members?.[code] ?? null,
    })),
  )
  const pathOf = (path: string, code: number) => {
    if (!named) return `${path}[${index.print(code)}]`
    return path === '' ? index.print(code) : `${path}.${index.print(code)}`
  }
  const domain: Domain<unknown> = {
    kind: 'array',
    text: `array(${index.text}, ${element.text})`,
    cells,
    units,
    named,
    bind(store, base, path) {
      const bindings = keys.map((_, code) => element.bind(store, base + bases[code], pathOf(path, code)))
      const { get, encode, copy } = numeric
        ? bindNumeric(index as ScalarDomain<number>, bindings, path || index.collection || '', domain, (elements) =>
            whole.set(elements),
          )
        : bindNamed(keys.map(String), bindings, path, domain)
      const snapshot = () => copy?.() ?? detached(domain, store, base, path)
      const whole = composite<unknown>(store, base, { get, encode, snapshot })
      return whole
    },
    immutable: (read, base) =>
      numeric
        ? List(keys.map((_, code) => element.immutable(read, base + bases[code])))
        : ImmutableMap(keys.map((key, code) => [key, element.immutable(read, base + bases[code])])),
    rename(by, from, at, to, target) {
      for (let code = 0; code < bases.length; code++)
        element.rename(by, from, at + bases[code], to, target + bases[renamedCode(index.members, code, by)])
    },
    digest(colours, from, at) {
      // Elements of members are added up, so that their order does not matter.
      let [ordered, sum] = [2, 0]
      for (let code = 0; code < bases.length; code++) {
        const part = element.digest(colours, from, at + bases[code])
        const colour = colourOf(index.members, code, colours)
        if (colour === undefined) ordered = mix(ordered, part)
        else sum = (sum + mix(mix(colour, 3), part)) | 0
      }
      return mix(ordered, sum)
    },
  }
  return domain as Domain<[I] extends [number] ? FixedArray<T> : { [K in I]: T }>
}

function badIndex(path: string, index: unknown, indices: string): SpecError {
  return new SpecError(
    `${path}[${show(index)}] is out of range`,
    `${path} is indexed by ${indices}`,
    'guard the step so that the index exists: an optional index must be tested for null first',
  )
}

/** How an array is read; `copy` is absent where a plain array or object would have other indices. */
type Access = Pick<Binding<unknown>, 'get' | 'encode'> & { readonly copy: (() => unknown) | null }

function bindNumeric(
  index: ScalarDomain<number>,
  bindings: readonly Binding<unknown>[],
  path: string,
  domain: Domain<unknown>,
  assign: (elements: unknown[]) => void,
): Access {
  const keys = index.values
  const at = (key: number): Binding<unknown> => {
    const code = index.encode(key)
    if (code < 0) throw badIndex(path, key, index.text)
    return bindings[code]
  }
  const methods: FixedArray<unknown> = {
    length: bindings.length,
    *[Symbol.iterator]() {
      for (const binding of bindings) yield binding.get()
    },
    keys: () => keys,
    *entries() {
      for (const key of keys) yield [key, at(key).get()] as [number, unknown]
    },
    every: (test) => keys.every((key) => test(at(key).get(), key)),
    some: (test) => keys.some((key) => test(at(key).get(), key)),
    filter: (test) => keys.filter((key) => test(at(key).get(), key)).map((key) => at(key).get()),
    map: (of) => keys.map((key) => of(at(key).get(), key)),
    find(test) {
      const key = keys.find((key) => test(at(key).get(), key))
      return key === undefined ? undefined : at(key).get()
    },
    findIndex: (test) => keys.find((key) => test(at(key).get(), key)) ?? -1,
    indexOf: (element) => keys.find((key) => at(key).get() === element) ?? -1,
    includes: (element) => bindings.some((binding) => binding.get() === element),
    forEach: (visit) => keys.forEach((key) => visit(at(key).get(), key)),
    reduce: (step, start) => keys.reduce((sum, key) => step(sum, at(key).get(), key), start),
    fill: (element) => assign(bindings.map(() => element)),
  }
  const isIndex = (name: string | symbol): name is string => typeof name === 'string' && /^-?\d+(\.\d+)?$/.test(name)
  const view = new Proxy(methods, {
    get(target, name) {
      if (isIndex(name)) return at(Number(name)).get()
      if (name in target) return Reflect.get(target, name)
      if (typeof name === 'symbol' || name === 'toJSON' || name === 'then') return undefined
      throw badIndex(path, name, index.text)
    },
    set(_target, name, value) {
      if (!isIndex(name)) throw badIndex(path, name, index.text)
      at(Number(name)).set(value)
      return true
    },
  })
  return {
    get: () => view,
    encode(value) {
      const given = elementsOf(path, value, domain)
      if (given.length !== bindings.length) {
        throw new SpecError(
          `${path} = ${show(given)} has ${given.length} elements instead of ${bindings.length}`,
          'an array is assigned as a whole, one element for each index',
          'list all elements, or assign the single elements that change',
        )
      }
      return encodeEach(bindings, (code) => given[code])
    },
    copy: keys.every((key, at) => key === at) ? () => Object.freeze(bindings.map((each) => each.snapshot())) : null,
  }
}

function bindNamed(
  names: readonly string[],
  bindings: readonly Binding<unknown>[],
  path: string,
  domain: Domain<unknown>,
): Access {
  const byName = new Map<string | symbol, Binding<unknown>>(names.map((name, code) => [name, bindings[code]]))
  const at = (name: string | symbol): Binding<unknown> => {
    const binding = byName.get(name)
    if (binding === undefined) throw badIndex(path, String(name), names.join(', '))
    return binding
  }
  const view = new Proxy(Object.fromEntries(names.map((name) => [name, undefined])), {
    get(target, name) {
      if (!byName.has(name) && (name in target || typeof name === 'symbol' || name === 'toJSON' || name === 'then'))
        return Reflect.get(target, name)
      return at(name).get()
    },
    set(_target, name, value) {
      at(name).set(value)
      return true
    },
  })
  return {
    get: () => view,
    encode(value) {
      if (typeof value !== 'object' || value === null) throw outside(path, value, domain)
      const given = value as Record<string, unknown>
      return names.flatMap((name) => at(name).encode(given[name]))
    },
    copy: () => Object.freeze(Object.fromEntries(names.map((name) => [name, at(name).snapshot()]))),
  }
}
