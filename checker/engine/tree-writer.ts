/**
 * Trees of transition tables, written into a kernel's memory. They are written while the search goes on: what a table
 * learns is added where following it ended, so that every path is missed once.
 *
 * A tree is the address of a branch, 0 where nothing is known, or less than 0 for a leaf. A branch is 16 bits of an offset
 * into the state, 8 of a shift, 8 of a mask, and the children.
 */
import { CHOICE_BIT } from './kernel-code.ts'
import type { Field } from './layout.ts'
import type { Branch, Choice, Derived, TreeNode } from './table.ts'

/** Memory that grows at its end. Addresses are in bytes, and 0 is never given out. */
export interface Memory {
  readonly ints: Int32Array
  /** Address of `bytes` zeros, such that it is `offset` above a multiple of 16. */
  allocate(bytes: number, offset?: number): number
}

/** Where trees find the values of derived quantities: in words of their own behind those of the state. */
export interface Values {
  /** the field that holds one more than the code of a quantity's value, and 0 while that is unknown */
  field(quantity: number): Field
  /** that code, -1 while it is unknown */
  code(quantity: number, words: Readonly<Int32Array>, base: number): number
}

/** The widest code that one branch tells apart; wider cells take several, so that few known codes of many cost little. */
const WIDEST_BITS = 5
export const WIDEST = 2 ** WIDEST_BITS - 1

export const codeOf = ({ word, shift, mask }: Field, words: Readonly<Int32Array>, base: number): number =>
  (words[base + word] >>> shift) & mask

export class TreeWriter<L> {
  readonly #memory: Memory
  readonly #leaf: (rule: number, result: L) => number
  readonly #values: Values | null

  /** `leaf` says what stands for a result, less than 0; without `values`, no tree can be followed that asks for a derived quantity. */
  constructor(memory: Memory, leaf: (rule: number, result: L) => number, values: Values | null) {
    this.#memory = memory
    this.#leaf = leaf
    this.#values = values
  }

  /** Writes a whole tree; `slot` is the place of its address, counted in words. */
  put(rule: number, node: TreeNode<L> | undefined, slot: number): void {
    if (node === undefined) return
    if (node.kind === 'leaf') {
      // First the leaf: the memory may have to grow for it, and then `ints` is another array.
      const leaf = this.#leaf(rule, node.result)
      this.#memory.ints[slot] = leaf
    } else if (node.kind === 'choice')
      this.#choice(node, slot).forEach((at, child) => this.put(rule, node.children[child], at))
    else {
      const { field, first } = this.#field(node)
      node.children.forEach((child, code) => {
        if (first + code <= field.mask) this.put(rule, child, this.#descend(field, slot, first + code))
      })
    }
  }

  /** Writes what a tree says about one state. */
  extend(rule: number, tree: TreeNode<L> | undefined, place: number, words: Readonly<Int32Array>, base: number): void {
    let [node, slot] = [tree, place]
    while (node?.kind === 'branch' || node?.kind === 'derived') {
      const code = this.#codeAt(node, words, base)
      const next: TreeNode<L> | undefined = node.children[code]
      if (next === undefined) return
      const { field, first } = this.#field(node)
      if (first + code > field.mask) return
      slot = this.#descend(field, slot, first + code)
      node = next
    }
    if (node?.kind === 'leaf') this.put(rule, node, slot)
    else if (node?.kind === 'choice') {
      this.#choice(node, slot).forEach((at, child) => this.extend(rule, node.children[child], at, words, base))
    }
  }

  /** Which child is that of the state at `base`; -1 where the kernel cannot know. */
  #codeAt(node: Branch<L> | Derived<L>, words: Readonly<Int32Array>, base: number): number {
    if (node.kind === 'branch') return codeOf(node, words, base)
    // The first quantity may be asked for when the programs are written: without it, until they are written again.
    return this.#values?.code(node.quantity, words, base) ?? -1
  }

  /** What a node asks for, and which code of that stands for the first of its children. */
  #field(node: Branch<L> | Derived<L>): { field: Field; first: number } {
    return node.kind === 'branch' ? { field: node, first: 0 } : { field: this.#values!.field(node.quantity), first: 1 }
  }

  /** The places of the alternatives of the choice at `slot`, which is made where it is missing. */
  #choice({ children }: Choice<L>, slot: number): number[] {
    const { ints } = this.#memory
    if (ints[slot] === 0) {
      const at = this.#memory.allocate(4 * (children.length + 1), CHOICE_BIT)
      this.#memory.ints[at >> 2] = children.length
      this.#memory.ints[slot] = -at
    }
    const first = (-this.#memory.ints[slot] >> 2) + 1
    return children.map((_, child) => first + child)
  }

  /** The place of the child for a code below the branch at `slot`, which is made where it is missing. */
  #descend({ word, shift, mask }: Field, slot: number, code: number): number {
    const width = 32 - Math.clz32(mask)
    let place = slot
    // The high bits first. A cell of a single code has no bits, and a branch all the same.
    for (let low = Math.max(0, Math.ceil(width / WIDEST_BITS) - 1) * WIDEST_BITS; low >= 0; low -= WIDEST_BITS) {
      const part = { word, shift: shift + low, mask: (mask >>> low) & WIDEST }
      if (this.#memory.ints[place] === 0) {
        const made = this.branch(part)
        this.#memory.ints[place] = made
      }
      place = (this.#memory.ints[place] >> 2) + 1 + ((code >>> low) & part.mask)
    }
    return place
  }

  /** The address of a branch without children. */
  branch({ word, shift, mask }: Field): number {
    const at = this.#memory.allocate(4 * (mask + 2))
    this.#memory.ints[at >> 2] = (4 * word) | (shift << 16) | (mask << 24)
    return at
  }
}
