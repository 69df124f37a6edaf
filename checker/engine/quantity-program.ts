/**
 * Derived quantities as the kernel follows them: how many there are, and the tree of each. The kernel makes a copy of a
 * state, and behind it the values: one more than their codes, and 0 where a tree does not know.
 */
import type { Quantities } from './quantities.ts'
import { type Memory, TreeWriter, type Values } from './tree-writer.ts'

/** One more than the highest code that trees tell apart: a value with a higher one stays unknown to the kernel. */
const MASK = 2 ** 10 - 1
const NOWHERE = { word: 0, shift: 0, mask: 0 }

export class QuantityProgram implements Values {
  readonly address: number
  /** address of the copy and the values */
  readonly copy: number
  readonly code: Values['code']
  readonly #words: number
  readonly #quantities: Quantities
  readonly #count: number
  readonly #writer: TreeWriter<number>

  /** Writes the quantities that are known by now, for states of so many words. */
  constructor(memory: Memory, words: number, quantities: Quantities) {
    this.#words = words
    this.#quantities = quantities
    this.#count = quantities.rules.length
    this.code = quantities.known
    this.#writer = new TreeWriter(memory, (_, code) => (code < MASK ? -(code + 1) : 0), null)
    this.address = memory.allocate(4 * (this.#count + 1))
    this.copy = memory.allocate(4 * (words + this.#count))
    memory.ints[this.address >> 2] = this.#count
    for (let number = 0; number < this.#count; number++)
      this.#writer.put(number, quantities.rules[number].table.root, this.#slot(number))
  }

  /** One that was asked for since has no place: no tree that asks for it can be followed. */
  field(quantity: number): { word: number; shift: number; mask: number } {
    return quantity < this.#count ? { word: this.#words + quantity, shift: 0, mask: MASK } : NOWHERE
  }

  /** Adds what the tables say about the state at `base`. */
  learn(words: Readonly<Int32Array>, base: number): void {
    for (let number = 0; number < this.#count; number++)
      this.#writer.extend(number, this.#quantities.rules[number].table.root, this.#slot(number), words, base)
  }

  #slot(number: number): number {
    return (this.address >> 2) + 1 + number
  }
}
