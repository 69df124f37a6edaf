/** Derived quantities as tables: what each of them is, for all states that look alike to it. */
import type { Plain, Quantity } from '../language/derived.ts'
import { emptyTable, leafFor, type Table, type ValueCode } from './table.ts'

/** Instead of a value: computing it threw an exception. */
export const THREW: unique symbol = Symbol('threw')

/** A quantity with all its arguments. */
export interface QuantityRule {
  readonly quantity: Quantity
  readonly args: readonly Plain[]
  /** the results of its leaves are codes of values */
  readonly table: Table<number>
  readonly values: (Plain | typeof THREW)[]
  readonly codes: Map<Plain | typeof THREW, number>
}

/** So many are remembered: the others are computed each time. */
const MOST_QUANTITIES = 256

/** With more values than this, a quantity takes the kernel two steps. */
export const WIDE_FROM = 24

/** Quantities that one thread was asked for, numbered in that order. */
export class Quantities {
  readonly rules: QuantityRule[] = []
  /** grows when there are more of them, or one has become wide: then the kernel's programs are not up to date */
  shape = 0
  readonly #numbers = new Map<Quantity, Map<string, number>>()

  /** The number of a quantity with these arguments, -1 where there are too many. */
  numberOf(quantity: Quantity, args: readonly Plain[]): number {
    const key = args.map(keyOf).join()
    let numbers = this.#numbers.get(quantity)
    if (numbers === undefined) {
      numbers = new Map()
      this.#numbers.set(quantity, numbers)
    }
    const known = numbers.get(key)
    if (known !== undefined) return known
    if (this.rules.length === MOST_QUANTITIES) return -1
    this.shape++
    numbers.set(key, this.rules.length)
    return this.rules.push({ quantity, args, table: emptyTable(), values: [], codes: new Map() }) - 1
  }

  /** The code of a value, which is a new one for a value that was not seen before. */
  encode({ values, codes }: QuantityRule, value: Plain | typeof THREW): number {
    const known = codes.get(value)
    if (known !== undefined) return known
    codes.set(value, values.length)
    if (values.length === WIDE_FROM) this.shape++
    return values.push(value) - 1
  }

  /** What of a state the table says: the code of the value, or -1 while it is unknown. */
  readonly known: ValueCode = (quantity, words, base) => leafFor(this.rules[quantity].table, words, base)?.result ?? -1
}

/** Tells all plain values apart, which JSON does not do. */
function keyOf(arg: Plain): string {
  if (typeof arg === 'string') return JSON.stringify(arg)
  return Object.is(arg, -0) ? '-0' : String(arg)
}
