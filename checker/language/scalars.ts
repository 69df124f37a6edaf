/** The scalar domains: bool, range, oneOf, collections and optional scalars. Each value is one code in one cell. */
import type { Binding, ScalarDomain, Store } from './domain.ts'
import { composite, outside } from './domain.ts'
import { SpecError } from './errors.ts'
import type { Interchangeable, Members } from './renaming.ts'
import { colourOf, mix, renamedCode } from './renaming.ts'

interface Codec<T> {
  readonly kind: string
  readonly text: string
  readonly size: number
  encode(value: unknown): number
  decode(code: number): T
  print(code: number): string
  readonly collection?: string
  readonly members?: Members
}

const LARGEST = 2 ** 24

function scalar<T>(codec: Codec<T>): ScalarDomain<T> {
  if (codec.size < 1 || codec.size > LARGEST) {
    throw new SpecError(
      `${codec.text} has ${codec.size} values`,
      `a domain needs at least one value and at most ${LARGEST}`,
      'narrow the domain: a model checker explores every value',
    )
  }
  let values: readonly T[] | undefined
  const { members } = codec
  const domain: ScalarDomain<T> = {
    ...codec,
    get values() {
      values ??= Object.freeze(Array.from({ length: codec.size }, (_, code) => codec.decode(code)))
      return values
    },
    cells: [
      {
        path: '',
        pattern: '',
        size: codec.size,
        print: codec.print,
        ...(members && { members, names: collectionsOf(members) }),
      },
    ],
    units: [{ path: '', first: 0, count: 1, print: (read) => codec.print(read(0)) }],
    bind(store: Store, base: number, path: string): Binding<T> {
      const get = () => codec.decode(store.read(base))
      const encode = (value: T) => {
        const code = codec.encode(value)
        if (code < 0) throw outside(path, value, codec)
        return [code]
      }
      return composite(store, base, { get, encode, snapshot: get })
    },
    immutable: (read, base) => codec.decode(read(base)),
    rename(by, from, at, to, target) {
      to[target] = renamedCode(members, from[at], by)
    },
    digest: (colours, from, at) => mix(colourOf(members, from[at], colours) ?? from[at], 1),
  }
  return domain
}

const collectionsOf = (members: Members): Interchangeable[] => [
  ...new Set(members.flatMap((member) => (member === null ? [] : [member.collection]))),
]

/** true or false. */
export const bool: ScalarDomain<boolean> = scalar({
  kind: 'bool',
  text: 'bool',
  size: 2,
  encode: (value) => (value === true ? 1 : value === false ? 0 : -1),
  decode: (code) => code === 1,
  print: (code) => (code === 1 ? 'true' : 'false'),
})

/** Every range that was made: actions make them each time they run, as in `choose(s, range(0, 3))`. */
const ranges = new Map<string, ScalarDomain<number>>()

/** The integers from `low` to `high`, both included. */
export function range(low: number, high: number): ScalarDomain<number> {
  const text = `range(${low}, ${high})`
  const domain = ranges.get(text) ?? makeRange(low, high, text)
  ranges.set(text, domain)
  return domain
}

function makeRange(low: number, high: number, text: string): ScalarDomain<number> {
  if (!Number.isInteger(low) || !Number.isInteger(high) || high < low) {
    throw new SpecError(
      `${text} is not a range`,
      'the bounds must be integers, the smaller one first',
      'write range(0, 3)',
    )
  }
  return scalar({
    kind: 'range',
    text,
    size: high - low + 1,
    encode: (value) =>
      Number.isInteger(value) && (value as number) >= low && (value as number) <= high ? (value as number) - low : -1,
    decode: (code) => code + low,
    print: (code) => `${code + low}`,
  })
}

/** Exactly the values listed. */
export function oneOf<const T extends readonly (string | number)[]>(...values: T): ScalarDomain<T[number]> {
  const text = `oneOf(${values.join(', ')})`
  const codes = new Map<unknown, number>(values.map((value, code) => [value, code]))
  // 1 and '1' would be printed alike, and be the same index of an array.
  if (new Set(values.map(String)).size !== values.length) {
    throw new SpecError(`${text} lists a value twice`, 'every value of a domain has one name', 'remove the duplicate')
  }
  return scalar({
    kind: 'oneOf',
    text,
    size: values.length,
    encode: (value) => codes.get(value) ?? -1,
    decode: (code) => values[code],
    print: (code) => `${values[code]}`,
  })
}

/** The one value given: a variable that exists in every variant of a spec and varies only in some. */
export function constant<const T extends string | number | boolean | null>(value: T): ScalarDomain<T> {
  return scalar({
    kind: 'constant',
    text: `constant(${value})`,
    size: 1,
    encode: (other) => (other === value ? 0 : -1),
    decode: () => value,
    print: () => (value === null ? 'none' : `${value}`),
  })
}

/**
 * `size` things of one kind, known by their index from 0; the domain of those indices. Reports print them as `name0`,
 * `name1`, and an action that has such an index as its first parameter is shown in the column of that thing.
 *
 * `symmetric` declares that the spec treats all of them alike. Then a search keeps one state for all that differ only in
 * which of them is which, and refuses a spec that does tell them apart.
 */
export function collection(
  name: string,
  size: number,
  { symmetric = false }: { readonly symmetric?: boolean } = {},
): ScalarDomain<number> {
  const whole = { name, size }
  const members = Array.from({ length: symmetric ? size : 0 }, (_, index) => ({ collection: whole, index }))
  return scalar({
    kind: 'collection',
    text: `collection('${name}', ${size})`,
    size,
    collection: name,
    ...(symmetric && { members }),
    encode: (value) =>
      Number.isInteger(value) && (value as number) >= 0 && (value as number) < size ? (value as number) : -1,
    decode: (code) => code,
    print: (code) => `${name}${code}`,
  })
}

/** A scalar or nothing; nothing is `null`. */
export function optionalScalar<T>(domain: ScalarDomain<T>): ScalarDomain<T | null> {
  return scalar<T | null>({
    kind: 'optional',
    text: `optional(${domain.text})`,
    size: domain.size + 1,
    encode: (value) => {
      if (value === null) return 0
      const code = domain.encode(value)
      return code < 0 ? -1 : code + 1
    },
    decode: (code) => (code === 0 ? null : domain.decode(code - 1)),
    print: (code) => (code === 0 ? 'none' : domain.print(code - 1)),
    ...(domain.members && { members: [null, ...domain.members] }),
  })
}
