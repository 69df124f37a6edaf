/**
 * A store that notes what a function of a spec reads. Control flow depends on nothing but the values read, so two states
 * that agree on them take the same path through the function and end with the same writes (LTSmin calls this
 * transition-group caching; here the groups are learned by running the function).
 */
import type { Store } from '../language/domain.ts'

/** In place of a cell: the function asked for one of `code` alternatives. */
export const CHOICE = -1

/** From this number on, in place of a cell: the function asked for a derived quantity. */
export const DERIVED = 2 ** 24

export class Recorder implements Store {
  /** cells in the order of their first read, CHOICE, or DERIVED and the number of a quantity */
  readonly readCells: number[] = []
  /** the code of each cell read; for a choice, which alternative was taken */
  readonly readCodes: number[] = []
  /** for a choice, how many alternatives there were */
  readonly counts: number[] = []
  readonly writtenCells: number[] = []
  readonly #derived = new Map<number, number>()
  readonly #codes: Int32Array
  readonly #known: Uint8Array
  readonly #written: Uint8Array
  #source: (cell: number) => number = () => 0

  constructor(cells: number) {
    this.#codes = new Int32Array(cells)
    this.#known = new Uint8Array(cells)
    this.#written = new Uint8Array(cells)
  }

  /** Forgets the last run; the next one reads the state that `source` gives. */
  begin(source: (cell: number) => number): void {
    for (const cell of this.readCells) if (cell !== CHOICE && cell < DERIVED) this.#known[cell] = 0
    if (this.#derived.size > 0) this.#derived.clear()
    for (const cell of this.writtenCells) {
      this.#known[cell] = 0
      this.#written[cell] = 0
    }
    this.readCells.length = 0
    this.readCodes.length = 0
    this.counts.length = 0
    this.writtenCells.length = 0
    this.#source = source
  }

  read(cell: number): number {
    if (this.#known[cell] === 0) {
      this.#known[cell] = 1
      this.#codes[cell] = this.#source(cell)
      this.readCells.push(cell)
      this.readCodes.push(this.#codes[cell])
      this.counts.push(0)
    }
    return this.#codes[cell]
  }

  write(cell: number, code: number): void {
    if (this.#written[cell] === 0) {
      this.#written[cell] = 1
      this.writtenCells.push(cell)
    }
    this.#known[cell] = 1
    this.#codes[cell] = code
  }

  /** Notes that alternative `taken` of `count` was chosen. */
  choice(taken: number, count: number): void {
    this.readCells.push(CHOICE)
    this.readCodes.push(taken)
    this.counts.push(count)
  }

  /** The code of a derived quantity's value; `find` is asked for it once in a run. */
  derived(quantity: number, find: () => number): number {
    const known = this.#derived.get(quantity)
    if (known !== undefined) return known
    const code = find()
    this.#derived.set(quantity, code)
    this.readCells.push(DERIVED + quantity)
    this.readCodes.push(code)
    this.counts.push(0)
    return code
  }

  /** The code that the run left in a cell it wrote. */
  writtenCode(cell: number): number {
    return this.#codes[cell]
  }
}
