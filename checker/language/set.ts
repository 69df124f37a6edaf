/** Sets over a scalar domain: one bit for each possible element, so that asking for one element reads one bit. */
import { Set as ImmutableSet } from 'immutable'
import type { Domain, ScalarDomain } from './domain.ts'
import { composite, detached, elementsOf, outside } from './domain.ts'
import { colourOf, mix, renamedCode } from './renaming.ts'

/** A set whose possible elements are known; iterated in the order of the domain. */
export interface FiniteSet<T> {
  readonly size: number
  has(element: T): boolean
  add(element: T): unknown
  delete(element: T): unknown
  clear(): void
  [Symbol.iterator](): Iterator<T>
}

/** The subsets of a scalar domain. Assign a whole set as `new Set([...])`. */
export function setOf<T>(element: ScalarDomain<T>): Domain<FiniteSet<T>> {
  const codes = Array.from({ length: element.size }, (_, code) => code)
  const domain: Domain<FiniteSet<T>> = {
    kind: 'set',
    text: `setOf(${element.text})`,
    cells: codes.map((code) => {
      const member = element.members?.[code] ?? null
      return {
        path: `{${element.print(code)}}`,
        pattern: member === null ? `{${element.print(code)}}` : '{*}',
        size: 2,
        print: (bit) => (bit === 1 ? 'in' : 'out'),
        ...(member !== null && { below: [member] }),
      }
    }),
    units: [
      {
        path: '',
        first: 0,
        count: element.size,
        print: (read) =>
          `{${codes
            .filter((code) => read(code) === 1)
            .map(element.print)
            .join(', ')}}`,
      },
    ],
    bind(store, base, path) {
      const cell = (value: unknown): number => {
        const code = element.encode(value)
        if (code < 0) throw outside(`element of ${path}`, value, element)
        return base + code
      }
      const clear = () => codes.forEach((code) => store.write(base + code, 0))
      const view: FiniteSet<T> = {
        get size() {
          return codes.reduce((size, code) => size + store.read(base + code), 0)
        },
        has: (value) => store.read(cell(value)) === 1,
        add: (value) => store.write(cell(value), 1),
        delete: (value) => store.write(cell(value), 0),
        clear,
        *[Symbol.iterator]() {
          for (const code of codes) if (store.read(base + code) === 1) yield element.decode(code)
        },
      }
      Object.freeze(view)
      return composite(store, base, {
        get: () => view,
        encode(value) {
          const given = new Set(elementsOf(path, value, domain).map(cell))
          return codes.map((code) => (given.has(base + code) ? 1 : 0))
        },
        snapshot: () => detached(domain, store, base, path),
      })
    },
    immutable: (read, base) => ImmutableSet(codes.filter((code) => read(base + code) === 1).map(element.decode)),
    rename(by, from, at, to, target) {
      for (let code = 0; code < codes.length; code++)
        to[target + renamedCode(element.members, code, by)] = from[at + code]
    },
    digest(colours, from, at) {
      let [ordered, sum] = [5, 0]
      for (let code = 0; code < codes.length; code++) {
        if (from[at + code] === 0) continue
        const colour = colourOf(element.members, code, colours)
        if (colour === undefined) ordered = mix(ordered, code)
        else sum = (sum + mix(colour, 6)) | 0
      }
      return mix(ordered, sum)
    },
  }
  return domain
}
