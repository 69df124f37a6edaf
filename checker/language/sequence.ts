/** Bounded sequences: FIFO channels, per-CPU batches, stacks. A length and a slot for each element; unused slots are zero. */
import { List } from 'immutable'
import type { Binding, Cell, Domain } from './domain.ts'
import { composite, elementsOf } from './domain.ts'
import { SpecError } from './errors.ts'
import { mix } from './renaming.ts'

/** A sequence with a capacity. Elements are values: to change one, take it out and put another in. */
export interface Sequence<T> {
  readonly length: number
  readonly [index: number]: T
  [Symbol.iterator](): Iterator<T>
  push(element: T): unknown
  shift(): T | undefined
  pop(): T | undefined
  at(index: number): T | undefined
  includes(element: T): boolean
  indexOf(element: T): number
  filter(test: (element: T, index: number) => boolean): T[]
  some(test: (element: T, index: number) => boolean): boolean
  every(test: (element: T, index: number) => boolean): boolean
}

/** Sequences of at most `capacity` elements. Assign a whole sequence as an array. Scalar elements compare by `===`. */
export function sequence<T>(element: Domain<T>, capacity: number): Domain<Sequence<T>> {
  if (!Number.isInteger(capacity) || capacity < 0) {
    throw new SpecError(
      `sequence(${element.text}, ${capacity}) has no capacity`,
      'the second argument is the largest number of elements',
      'write sequence(element, 4)',
    )
  }
  const width = element.cells.length
  const slots = Array.from({ length: capacity }, (_, at) => at)
  const text = `sequence(${element.text}, ${capacity})`
  const cells: Cell[] = [{ path: '.length', pattern: '.length', size: capacity + 1, print: (code) => `${code}` }]
  for (const at of slots) {
    for (const cell of element.cells)
      cells.push({ ...cell, path: `[${at}]${cell.path}`, pattern: `[*]${cell.pattern}`, print: null })
  }
  const first = (at: number) => 1 + at * width
  const printElement = (read: (cell: number) => number, at: number) =>
    element.units
      .map((unit) => `${unit.path}${unit.path === '' ? '' : '='}${unit.print((cell) => read(first(at) + cell))}`)
      .join(' ')
  const domain: Domain<Sequence<T>> = {
    kind: 'sequence',
    text,
    cells,
    units: [
      {
        path: '',
        first: 0,
        count: cells.length,
        print: (read) =>
          `[${slots
            .slice(0, read(0))
            .map((at) => printElement(read, at))
            .join(', ')}]`,
      },
    ],
    bind(store, base, path) {
      const bindings: Binding<T>[] = slots.map((at) => element.bind(store, base + first(at), `${path}[${at}]`))
      const length = () => store.read(base)
      const clearSlot = (at: number) => {
        for (let cell = 0; cell < width; cell++) store.write(base + first(at) + cell, 0)
      }
      const copySlot = (from: number, to: number) => {
        for (let cell = 0; cell < width; cell++)
          store.write(base + first(to) + cell, store.read(base + first(from) + cell))
      }
      const elements = () => slots.slice(0, length()).map((at) => bindings[at].snapshot())
      const overflow = () =>
        new SpecError(
          `${path} would hold more than ${capacity} elements`,
          `its domain is ${text}`,
          'raise the capacity, or guard the action with when(length < capacity)',
        )
      const badIndex = (index: string) =>
        new SpecError(
          `${path}[${index}] is out of range`,
          `${path} holds ${length()} elements here`,
          'test the length first, or use .at(), which answers undefined',
        )
      const removeAt = (at: number): T => {
        const last = length() - 1
        const taken = bindings[at].snapshot()
        for (let to = at; to < last; to++) copySlot(to + 1, to)
        clearSlot(last)
        store.write(base, last)
        return taken
      }
      const methods = {
        get length() {
          return length()
        },
        *[Symbol.iterator]() {
          yield* elements()
        },
        push(value: T) {
          const at = length()
          if (at === capacity) throw overflow()
          bindings[at].set(value)
          store.write(base, at + 1)
        },
        shift: () => (length() === 0 ? undefined : removeAt(0)),
        pop: () => (length() === 0 ? undefined : removeAt(length() - 1)),
        at: (index: number) => {
          const at = index < 0 ? length() + index : index
          return at >= 0 && at < length() ? bindings[at].snapshot() : undefined
        },
        includes: (value: T) => elements().includes(value),
        indexOf: (value: T) => elements().indexOf(value),
        filter: (test: (element: T, index: number) => boolean) => elements().filter(test),
        some: (test: (element: T, index: number) => boolean) => elements().some(test),
        every: (test: (element: T, index: number) => boolean) => elements().every(test),
      }
      const view = new Proxy(methods as unknown as Sequence<T>, {
        get(target, name) {
          if (typeof name === 'string' && /^\d+$/.test(name)) {
            if (Number(name) >= length()) throw badIndex(name)
            return bindings[Number(name)].snapshot()
          }
          if (typeof name === 'symbol' || name in target || name === 'toJSON') return Reflect.get(target, name)
          throw badIndex(name)
        },
        set(_target, name) {
          throw new SpecError(
            `${path}[${String(name)}] cannot be assigned`,
            'a sequence changes at its ends',
            'use push, shift or pop, or assign the whole sequence',
          )
        },
      })
      return composite(store, base, {
        get: () => view,
        encode(value) {
          const given = elementsOf(path, value, domain) as T[]
          if (given.length > capacity) throw overflow()
          const codes = given.flatMap((each, at) => bindings[at].encode(each))
          return [given.length, ...codes, ...new Array(width * capacity - codes.length).fill(0)]
        },
        snapshot: () => Object.freeze(elements()) as unknown as Sequence<T>,
      })
    },
    immutable: (read, base) => List(slots.slice(0, read(base)).map((at) => element.immutable(read, base + first(at)))),
    // What is in an unused slot is no value: it stays zero.
    rename(by, from, at, to, target) {
      to[target] = from[at]
      to.fill(0, target + first(from[at]), target + first(capacity))
      for (let slot = 0; slot < from[at]; slot++) element.rename(by, from, at + first(slot), to, target + first(slot))
    },
    digest(colours, from, at) {
      let hash = mix(7, from[at])
      for (let slot = 0; slot < from[at]; slot++) hash = mix(hash, element.digest(colours, from, at + first(slot)))
      return hash
    },
  }
  return domain
}
