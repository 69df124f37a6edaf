/** Tagged unions and optional composites: a tag, and payload slots that the tags share. Always read and assigned whole. */
import type { Map as ImmutableMap } from 'immutable'
import type { Binding, Cell, Declaration, Domain, ScalarDomain, StateOf } from './domain.ts'
import { composite, isScalar, outside } from './domain.ts'
import { SpecError, show } from './errors.ts'
import { record } from './record.ts'
import type { Interchangeable } from './renaming.ts'
import { mix } from './renaming.ts'
import { optionalScalar } from './scalars.ts'

type Variants = Readonly<Record<string, Declaration>>

/** One object type for each tag, told apart by `kind`: ready for exhaustive matching. */
export type UnionOf<V extends Variants> = { [K in keyof V & string]: Readonly<{ kind: K } & StateOf<V[K]>> }[keyof V &
  string]

/** Values `{ kind, ...fields }`, with the fields that belong to the kind. */
export function union<const V extends Variants>(variants: V): Domain<UnionOf<V>> {
  const tags = Object.keys(variants)
  if (tags.length === 0 || Object.values(variants).some((fields) => 'kind' in fields)) {
    throw new SpecError(
      tags.length === 0 ? 'a union has no variants' : "a field of a union cannot be named 'kind'",
      "a value of a union is an object with one of several kinds, found under 'kind'",
      'list at least one variant, and give its fields other names',
    )
  }
  const payloads = tags.map((tag) => record(variants[tag]))
  const text = `union({ ${tags
    .map(
      (tag) =>
        `${tag}: { ${Object.entries(variants[tag])
          .map(([name, domain]) => `${name}: ${domain.text}`)
          .join(', ')} }`,
    )
    .join(', ')} })`
  const width = Math.max(...payloads.map((payload) => payload.cells.length))
  const cells: Cell[] = [{ path: '.kind', pattern: '.kind', size: tags.length, print: (code) => tags[code] }]
  for (let slot = 0; slot < width; slot++) {
    const size = Math.max(...payloads.map((payload) => payload.cells[slot]?.size ?? 1))
    const names = mentioned(payloads.flatMap((payload) => payload.cells[slot] ?? []))
    cells.push({
      path: `.slot${slot}`,
      pattern: `.slot${slot}`,
      size,
      print: null,
      ...(names.length > 0 && { names }),
    })
  }
  const printPayload = (read: (cell: number) => number, code: number) => {
    const parts = payloads[code].units.map((unit) => unit.print((cell) => read(1 + cell)))
    return parts.length === 0 ? tags[code] : `${tags[code]}(${parts.join(', ')})`
  }
  return {
    kind: 'union',
    text,
    cells,
    units: [{ path: '', first: 0, count: cells.length, print: (read) => printPayload(read, read(0)) }],
    bind(store, base, path) {
      const bindings = payloads.map((payload) => payload.bind(store, base + 1, path) as Binding<unknown>)
      const get = () => {
        const code = store.read(base)
        return Object.freeze({ kind: tags[code], ...(bindings[code].snapshot() as object) }) as UnionOf<V>
      }
      return composite(store, base, {
        get,
        encode(value) {
          const code = tags.indexOf((value as { kind?: string } | null)?.kind ?? '')
          if (code < 0) throw outside(path, value, { text })
          const payload = bindings[code].encode(value)
          // Slots that this kind does not use are zero, so that equal values have equal cells.
          return [code, ...payload, ...new Array(width - payload.length).fill(0)]
        },
        snapshot: get,
      })
    },
    immutable(read, base) {
      const code = read(base)
      return (payloads[code].immutable(read, base + 1) as ImmutableMap<string, unknown>).set('kind', tags[code])
    },
    rename(by, from, at, to, target) {
      const code = from[at]
      to[target] = code
      to.fill(0, target + 1 + payloads[code].cells.length, target + 1 + width)
      payloads[code].rename(by, from, at + 1, to, target + 1)
    },
    digest: (colours, from, at) => mix(mix(8, from[at]), payloads[from[at]].digest(colours, from, at + 1)),
  }
}

/** The collections whose members any of the cells lies below or names: what a slot holds depends on the tag. */
function mentioned(cells: readonly Cell[]): Interchangeable[] {
  const all = cells.flatMap(({ below = [], names = [] }) => [...below.map(({ collection }) => collection), ...names])
  return [...new Set(all)]
}

/** A value of the domain, or nothing (`null`). */
export function optional<T>(domain: ScalarDomain<T>): ScalarDomain<T | null>
export function optional<T>(domain: Domain<T>): Domain<T | null>
export function optional(domain: Domain<unknown>): Domain<unknown> {
  if (isScalar(domain)) return optionalScalar(domain)
  const inner = union({ none: {}, some: { value: domain } })
  return {
    ...inner,
    kind: 'optional',
    text: `optional(${domain.text})`,
    bind(store, base, path) {
      const binding = inner.bind(store, base, path)
      const get = () => {
        const value = binding.get()
        return value.kind === 'none' ? null : value.value
      }
      return composite<unknown>(store, base, {
        get,
        encode(value) {
          if (value === undefined) {
            throw new SpecError(`${path} = ${show(value)} is no value`, 'nothing is written as null', 'assign null')
          }
          return binding.encode(value === null ? { kind: 'none' } : { kind: 'some', value })
        },
        snapshot: get,
      })
    },
    units: [{ ...inner.units[0], print: (read) => inner.units[0].print(read).replace(/^some\((.*)\)$/s, '$1') }],
    immutable(read, base) {
      const value = inner.immutable(read, base) as ImmutableMap<string, unknown>
      return value.get('kind') === 'none' ? null : value.get('value')
    },
  }
}
