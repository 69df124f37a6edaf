/**
 * The members of one symmetric collection in packed states: what each of them has of its own, and the order by that.
 * "Its own" are the cells that lie below exactly this member and name nobody. Where a collection occurs in no other
 * cells, members with equal signatures are equal, and writing the signatures back in order is all that has to be done.
 */
import type { Cell } from '../language/domain.ts'
import type { Interchangeable } from '../language/renaming.ts'
import { type Field, type Layout, readField } from './layout.ts'

const SIGNATURE_BITS = 30

/** A field with its place in the signature. */
interface Part extends Field {
  readonly chunk: number
  readonly offset: number
}

export class Members {
  readonly collection: Interchangeable
  /** some cells lie below two members or name one: signatures do not tell everything */
  readonly entangled: boolean
  /** the members from the least signature to the greatest; equals in any order */
  readonly order: Int32Array
  readonly #parts: readonly (readonly Part[])[]
  readonly #chunks: number
  readonly #signatures: Int32Array

  constructor(collection: Interchangeable, entangled: boolean, cells: readonly Cell[], layout: Layout) {
    const { name, size } = collection
    this.collection = collection
    this.entangled = entangled
    this.order = new Int32Array(size)
    const own = Array.from({ length: size }, (): Part[] => [])
    const used = own.map(() => ({ chunk: 0, offset: 0 }))
    cells.forEach(({ below = [], names = [] }, cell) => {
      const field = layout.fields[cell]
      if (below.length !== 1 || below[0].collection.name !== name || names.length > 0 || field.mask === 0) return
      const { index } = below[0]
      const width = 32 - Math.clz32(field.mask)
      const at = used[index]
      if (at.offset + width > SIGNATURE_BITS) used[index] = { chunk: at.chunk + 1, offset: 0 }
      own[index].push({ ...field, ...used[index] })
      used[index] = { chunk: used[index].chunk, offset: used[index].offset + width }
    })
    this.#parts = own
    this.#chunks = used[0].chunk + 1
    this.#signatures = new Int32Array(size * this.#chunks)
  }

  /** Orders the members of a state; true when they stood in that order. */
  sort(words: Readonly<Int32Array>, base: number): boolean {
    const { order } = this
    const chunks = this.#chunks
    this.#signatures.fill(0)
    let sorted = true
    for (let member = 0; member < order.length; member++) {
      for (const part of this.#parts[member])
        this.#signatures[member * chunks + part.chunk] |= readField(part, words, base) << part.offset
      let at = member
      while (at > 0 && this.compare(order[at - 1], member) > 0) {
        order[at] = order[at - 1]
        at--
        sorted = false
      }
      order[at] = member
    }
    return sorted
  }

  /** Compares the signatures of two members of the state that was sorted last. */
  compare(a: number, b: number): number {
    const chunks = this.#chunks
    for (let chunk = 0; chunk < chunks; chunk++) {
      const difference = this.#signatures[a * chunks + chunk] - this.#signatures[b * chunks + chunk]
      if (difference !== 0) return difference
    }
    return 0
  }

  /** Gives the first member the least signature, and so on. */
  write(words: Int32Array, base: number): void {
    for (let member = 0; member < this.order.length; member++) {
      const from = this.order[member] * this.#chunks
      for (const { word, shift, mask, chunk, offset } of this.#parts[member]) {
        const code = (this.#signatures[from + chunk] >>> offset) & mask
        words[base + word] = (words[base + word] & ~(mask << shift)) | (code << shift)
      }
    }
  }

  /** In how many ways the members of equal signature can be exchanged among themselves. */
  ties(): number {
    let [product, run] = [1, 1]
    for (let at = 1; at < this.order.length; at++) {
      run = this.compare(this.order[at - 1], this.order[at]) === 0 ? run + 1 : 1
      product *= run
    }
    return product
  }
}
