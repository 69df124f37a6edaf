/**
 * Symmetry reduction: of all states that differ only in the names of interchangeable members, an orbit, one is kept. It
 * is the one whose packed words are least among those in which the members stand in the order of what the state says
 * about them without names. That order is the same for all states of an orbit, so the form is exact: two states have
 * one canonical form when, and only when, some renaming makes one of the other.
 */
import type { Cell } from '../language/domain.ts'
import type { Model } from '../language/model.ts'
import type { Renaming } from '../language/renaming.ts'
import { Arrangements } from './arrangements.ts'
import { type Layout, pack, readField } from './layout.ts'
import { Members } from './members.ts'

/** The exchange of two neighbours in a collection. All of these together generate every renaming. */
export interface Exchange {
  readonly by: Renaming
  /** the two members, as printed */
  readonly members: readonly [string, string]
}

export class Symmetry {
  readonly exchanges: readonly Exchange[]
  /** how many renamings there are */
  readonly renamings: number
  readonly #model: Model
  readonly #layout: Layout
  readonly #plain: readonly Members[]
  readonly #entangled: readonly Members[]
  readonly #arrangements: Arrangements
  readonly #codes: Int32Array
  readonly #image: Int32Array
  readonly #words: Int32Array
  readonly #least: Int32Array

  constructor(model: Model, layout: Layout) {
    const { cells } = model.domain
    this.#model = model
    this.#layout = layout
    const entangled = entangledIn(cells)
    const all = model.interchangeable.map((each) => new Members(each, entangled.has(each.name), cells, layout))
    this.#plain = all.filter((members) => !members.entangled)
    this.#entangled = all.filter((members) => members.entangled)
    this.#arrangements = new Arrangements(model.domain, this.#entangled)
    this.#codes = new Int32Array(cells.length)
    this.#image = new Int32Array(cells.length)
    this.#words = new Int32Array(layout.words)
    this.#least = new Int32Array(layout.words)
    this.renamings = model.interchangeable.reduce((product, { size }) => product * factorial(size), 1)
    this.exchanges = model.interchangeable.flatMap(({ name, size }) =>
      Array.from({ length: size - 1 }, (_, a): Exchange => {
        const indices = Array.from({ length: size }, (_, at) => (at === a ? a + 1 : at === a + 1 ? a : at))
        return { by: new Map([[name, indices]]), members: [`${name}${a}`, `${name}${a + 1}`] }
      }),
    )
  }

  /** Replaces the records in `out[0 .. n)` by their canonical forms; what follows the words of each is left alone. */
  canonicalise(out: Int32Array, n: number, stride: number): void {
    for (let at = 0; at < n; at += stride) this.#settle(out, at)
  }

  /** The canonical form of the state packed at `base`. The array is reused. */
  canonical(words: Readonly<Int32Array>, base: number): Int32Array {
    const { words: count } = this.#layout
    for (let word = 0; word < count; word++) this.#words[word] = words[base + word]
    this.#settle(this.#words, 0)
    return this.#words
  }

  /** How many states differ from the one at `base` only in names, itself included. */
  orbitSize(words: Readonly<Int32Array>, base: number): number {
    const { words: count } = this.#layout
    for (let word = 0; word < count; word++) this.#words[word] = words[base + word]
    return this.renamings / this.#settle(this.#words, 0)
  }

  /** The packed state at `base` with renamed members. */
  image(words: Readonly<Int32Array>, base: number, by: Renaming): Int32Array {
    this.#unpack(words, base)
    this.#model.domain.rename(by, this.#codes, 0, this.#image, 0)
    const image = new Int32Array(this.#layout.words)
    pack(this.#layout, this.#image, image, 0)
    return image
  }

  /** Makes a state canonical in place; answers how many renamings leave it as it is. */
  #settle(words: Int32Array, base: number): number {
    let stabiliser = 1
    for (const members of this.#plain) {
      if (!members.sort(words, base)) members.write(words, base)
      stabiliser *= members.ties()
    }
    return this.#entangled.length === 0 ? stabiliser : stabiliser * this.#settleEntangled(words, base)
  }

  #settleEntangled(words: Int32Array, base: number): number {
    for (const members of this.#entangled) members.sort(words, base)
    this.#unpack(words, base)
    let equals = 0
    this.#arrangements.forEach(this.#codes, (by) => {
      this.#model.domain.rename(by, this.#codes, 0, this.#image, 0)
      pack(this.#layout, this.#image, words, base)
      const order = equals === 0 ? -1 : compare(words, base, this.#least)
      if (order < 0) for (let word = 0; word < this.#least.length; word++) this.#least[word] = words[base + word]
      equals = order < 0 ? 1 : order === 0 ? equals + 1 : equals
    })
    words.set(this.#least, base)
    return equals * this.#arrangements.weight
  }

  #unpack(words: Readonly<Int32Array>, base: number): void {
    const { fields } = this.#layout
    for (let cell = 0; cell < fields.length; cell++) this.#codes[cell] = readField(fields[cell], words, base)
  }
}

/** The symmetry of a model, or null where it declares none or the run switches it off. */
export function symmetryOf(model: Model, layout: Layout, wanted: boolean): Symmetry | null {
  return wanted && model.interchangeable.length > 0 ? new Symmetry(model, layout) : null
}

/** The names of the collections that occur in cells below two members, or that name one. */
function entangledIn(cells: readonly Cell[]): Set<string> {
  return new Set(
    cells.flatMap(({ below = [], names = [] }) => {
      const mentioned = [...below.map(({ collection }) => collection.name), ...names.map(({ name }) => name)]
      return mentioned.length > 1 || names.length > 0 ? mentioned : []
    }),
  )
}

function compare(words: Readonly<Int32Array>, base: number, other: Readonly<Int32Array>): number {
  for (let word = 0; word < other.length; word++) {
    if (words[base + word] !== other[word]) return words[base + word] < other[word] ? -1 : 1
  }
  return 0
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
