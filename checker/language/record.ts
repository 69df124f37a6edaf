/** Records: named fields of any domain, seen as an object with exactly those properties. */
import { Map as ImmutableMap } from 'immutable'
import type { Binding, Cell, Declaration, Domain, StateOf, Store, Unit } from './domain.ts'
import { composite, encodeEach } from './domain.ts'
import { SpecError, show } from './errors.ts'
import type { Member } from './renaming.ts'
import { mix } from './renaming.ts'

interface Part {
  readonly path: string
  readonly pattern: string
  readonly domain: Domain<unknown>
  /** the interchangeable member whose part it is */
  readonly member?: Member | null
}

/** Cells and units of several domains one behind the other, each below its own path. */
export function concatenate(parts: readonly Part[]) {
  const cells: Cell[] = []
  const units: Unit[] = []
  const bases: number[] = []
  for (const { path, pattern, domain, member = null } of parts) {
    const base = cells.length
    bases.push(base)
    for (const cell of domain.cells) {
      const below = member === null ? {} : { below: [member, ...(cell.below ?? [])] }
      cells.push({ ...cell, ...below, path: path + cell.path, pattern: pattern + cell.pattern })
    }
    for (const unit of domain.units) {
      units.push({
        ...unit,
        path: path + unit.path,
        first: base + unit.first,
        print: (read) => unit.print((cell) => read(base + cell)),
      })
    }
  }
  return { cells, units, bases }
}

/** A record with the given fields. */
export function record<D extends Declaration>(fields: D): Domain<StateOf<D>> {
  const names = Object.keys(fields)
  const parts = names.map((name) => fields[name])
  const { cells, units, bases } = concatenate(
    names.map((name) => ({ path: fields[name].named ? '' : `.${name}`, pattern: `.${name}`, domain: fields[name] })),
  )
  return {
    kind: 'record',
    text: `record({ ${names.map((name) => `${name}: ${fields[name].text}`).join(', ')} })`,
    cells,
    units,
    bind: (store, base, path) => bindRecord(fields, names, bases, store, base, path) as Binding<StateOf<D>>,
    immutable: (read, base) =>
      ImmutableMap(names.map((name, at) => [name, fields[name].immutable(read, base + bases[at])])),
    rename(by, from, at, to, target) {
      for (let field = 0; field < parts.length; field++)
        parts[field].rename(by, from, at + bases[field], to, target + bases[field])
    },
    digest(colours, from, at) {
      let hash = 4
      for (let field = 0; field < parts.length; field++)
        hash = mix(hash, parts[field].digest(colours, from, at + bases[field]))
      return hash
    },
  }
}

function bindRecord(
  fields: Declaration,
  names: readonly string[],
  bases: readonly number[],
  store: Store,
  base: number,
  path: string,
): Binding<unknown> {
  const join = (name: string) => (fields[name]?.named ? path : path === '' ? name : `${path}.${name}`)
  const bindings = new Map(names.map((name, at) => [name, fields[name].bind(store, base + bases[at], join(name))]))
  const listed = [...bindings.values()]
  const view: object = {}
  for (const [name, binding] of bindings) {
    Object.defineProperty(view, name, { get: binding.get, set: binding.set, enumerable: true })
  }
  const unknownField = (name: string | symbol) =>
    new SpecError(
      `${join(String(name))} does not exist`,
      `${path === '' ? 'the state' : path} has the fields ${names.join(', ')}`,
      'check the spelling, or declare the variable in the state',
    )
  const guarded = new Proxy(view, {
    get(target, name, receiver) {
      if (typeof name === 'string' && !bindings.has(name) && !(name in target) && name !== 'toJSON')
        throw unknownField(name)
      return Reflect.get(target, name, receiver)
    },
    set(_target, name, value) {
      const binding = bindings.get(String(name))
      if (binding === undefined) throw unknownField(name)
      binding.set(value)
      return true
    },
  })
  return composite<unknown>(store, base, {
    get: () => guarded,
    encode(value) {
      if (typeof value !== 'object' || value === null) throw notARecord(path, value, names)
      const given = value as Record<string, unknown>
      for (const name of names) if (!(name in given)) throw notARecord(path, value, names)
      return encodeEach(listed, (at) => given[names[at]])
    },
    snapshot: () => Object.freeze(Object.fromEntries(names.map((name) => [name, bindings.get(name)!.snapshot()]))),
  })
}

function notARecord(path: string, value: unknown, names: readonly string[]): SpecError {
  return new SpecError(
    `${path} = ${show(value)} lacks fields`,
    `a record is assigned as a whole, with every field: ${names.join(', ')}`,
    'list all fields, or assign the single fields that change',
  )
}
