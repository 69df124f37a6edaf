/**
 * Derived quantities as the kernel follows them: how many there are, and the tree of each. The kernel makes a copy of a
 * state, and behind it the values: one more than their codes, and 0 where a tree does not know.
 */
import { type Quantities, WIDE_FROM } from './quantities.ts'
import { type Memory, TreeWriter, type Values } from './tree-writer.ts'

/** A value with a higher code stays unknown to the kernel; no quantity has room for more than the last of these. */
const MASKS = [2 ** 5 - 1, 2 ** 10 - 1]
const NOWHERE = { word: 0, shift: 0, mask: 0 }

export class QuantityProgram implements Values {
  readonly address: number
  /** address of the copy and the values */
  readonly copy: number
  readonly code: Values['code']
  readonly #words: number
  readonly #quantities: Quantities
  readonly #masks: readonly number[]
  readonly #writer: TreeWriter<number>

  /** Writes the quantities that are known by now, for states of so many words. */
  constructor(memory: Memory, words: number, quantities: Quantities) {
    this.#words = words
    this.#quantities = quantities
    this.#masks = quantities.rules.map(({ values }) => MASKS[values.length > WIDE_FROM ? 1 : 0])
    this.code = quantities.known
    this.#writer = new TreeWriter(memory, (number, code) => (code < this.#masks[number] ? -(code + 1) : 0), null)
    this.address = memory.allocate(4 * (this.#masks.length + 1))
    this.copy = memory.allocate(4 * (words + this.#masks.length))
    memory.ints[this.address >> 2] = this.#masks.length
    for (let number = 0; number < this.#masks.length; number++)
      this.#writer.put(number, quantities.rules[number].table.root, this.#slot(number))
  }

  /** One that was asked for since has no place: no tree that asks for it can be followed. */
  field(quantity: number): { word: number; shift: number; mask: number } {
    const mask = this.#masks[quantity]
    return mask === undefined ? NOWHERE : { word: this.#words + quantity, shift: 0, mask }
  }

  /** Adds what the tables say about the state at `base`. */
  learn(words: Readonly<Int32Array>, base: number): void {
    for (let number = 0; number < this.#masks.length; number++)
      this.#writer.extend(number, this.#quantities.rules[number].table.root, this.#slot(number), words, base)
  }

  #slot(number: number): number {
    return (this.address >> 2) + 1 + number
  }
}
