/**
 * Transition tables as the kernel follows them: arrays of integers in its memory. They are written while the search goes
 * on. What a table learns is added where following it ended, so that every path is missed once.
 *
 * A program is the addresses of branches, and 0 behind the last. A branch is 16 bits of an offset into the state, 8 of a
 * shift, 8 of a mask, and the children. The children of these first branches are lists: pairs of a rule and its tree, and
 * LAST. A tree is the address of a branch, 0 where nothing is known, or less than 0 for a leaf. Rules that read the same
 * cell first, as the labels of a process do, share a branch; those which a code of that cell settles are in no list.
 */
import { CHOICE_BIT, LAST } from './kernel-code.ts'
import type { Field } from './layout.ts'
import type { Branch, Choice, Table, TreeNode } from './table.ts'

/** Memory that grows at its end. Addresses are in bytes, and 0 is never given out. */
export interface Memory {
  readonly ints: Int32Array
  /** Address of `bytes` zeros, such that it is `offset` above a multiple of 16. */
  allocate(bytes: number, offset?: number): number
}

/** The widest code that one branch tells apart; wider cells take several, so that few known codes of many cost little. */
const WIDEST_BITS = 5
const WIDEST = 2 ** WIDEST_BITS - 1

/** The tables of several rules, as one program. */
export class Program<L> {
  readonly address: number
  readonly tables: ReadonlyMap<number, Table<L>>
  readonly #memory: Memory
  readonly #leaf: (rule: number, result: L) => number
  /** for each rule, the cell by whose code its lists are told apart, and where in each of them its tree stands */
  readonly #places: { readonly branch: Branch<L> | null; readonly slots: Int32Array }[] = []

  /**
   * Writes the rules with these tables. `leaf` says what stands for a result, less than 0; `settled` is what need not be
   * followed at all.
   */
  constructor(
    memory: Memory,
    tables: ReadonlyMap<number, Table<L>>,
    leaf: (rule: number, result: L) => number,
    settled: number | null,
  ) {
    this.#memory = memory
    this.tables = tables
    this.#leaf = leaf
    const heads = [...byFirstCell(tables)].map(([, rules]) => this.#head(rules, tables, settled))
    this.address = memory.allocate(4 * (heads.length + 1))
    memory.ints.set(heads, this.address >> 2)
  }

  /** Adds what the table of a rule says about the state at `base` and the program does not know yet. */
  learn(rule: number, words: Readonly<Int32Array>, base: number): void {
    const place = this.#places[rule]
    const root = this.tables.get(rule)?.root
    if (place === undefined || root === undefined) return
    const { branch, slots } = place
    // A table that was given up has no root, and one that begins anew would begin with the same cell.
    const code = branch === null ? 0 : codeOf(branch, words, base)
    const node = branch === null ? root : (root as Branch<L>).children[code]
    if (slots[code] !== 0) this.#extend(rule, node, slots[code], words, base)
  }

  #head(rules: readonly number[], tables: ReadonlyMap<number, Table<L>>, settled: number | null): number {
    const roots = rules.map((rule) => tables.get(rule)!.root)
    const branch = roots[0] !== undefined && firstCell(roots[0]) >= 0 ? (roots[0] as Branch<L>) : null
    const codes = branch === null ? 1 : branch.mask + 1
    for (const rule of rules) this.#places[rule] = { branch, slots: new Int32Array(codes) }
    const head = this.#branch(branch ?? { word: 0, shift: 0, mask: 0 })
    for (let code = 0; code < codes; code++) {
      const trees = roots.map((root) => (branch === null ? root : (root as Branch<L>).children[code]))
      const list = this.#list(rules, trees, code, settled)
      this.#memory.ints[(head >> 2) + 1 + code] = list
    }
    return head
  }

  /** The list of the rules with these trees, without those that are settled. */
  #list(
    rules: readonly number[],
    trees: readonly (TreeNode<L> | undefined)[],
    code: number,
    settled: number | null,
  ): number {
    const open = rules.flatMap((rule, at) => {
      const tree = trees[at]
      return tree?.kind === 'leaf' && this.#leaf(rule, tree.result) === settled ? [] : [{ rule, tree }]
    })
    const list = this.#memory.allocate(8 * open.length + 4)
    open.forEach(({ rule, tree }, at) => {
      const slot = (list >> 2) + 2 * at + 1
      this.#memory.ints[slot - 1] = rule
      this.#places[rule].slots[code] = slot
      this.#put(rule, tree, slot)
    })
    this.#memory.ints[(list >> 2) + 2 * open.length] = LAST
    return list
  }

  /** Writes a whole tree; `slot` is the place of its address, counted in words. */
  #put(rule: number, node: TreeNode<L> | undefined, slot: number): void {
    if (node === undefined) return
    if (node.kind === 'leaf') {
      // First the leaf: the memory may have to grow for it, and then `ints` is another array.
      const leaf = this.#leaf(rule, node.result)
      this.#memory.ints[slot] = leaf
    } else if (node.kind === 'choice')
      this.#choice(node, slot).forEach((at, child) => this.#put(rule, node.children[child], at))
    else node.children.forEach((child, code) => this.#put(rule, child, this.#descend(node, slot, code)))
  }

  /** Writes what a tree says about one state. */
  #extend(rule: number, tree: TreeNode<L> | undefined, place: number, words: Readonly<Int32Array>, base: number): void {
    let [node, slot] = [tree, place]
    while (node?.kind === 'branch') {
      const code = codeOf(node, words, base)
      const next: TreeNode<L> | undefined = node.children[code]
      if (next === undefined) return
      slot = this.#descend(node, slot, code)
      node = next
    }
    if (node?.kind === 'leaf') this.#put(rule, node, slot)
    else if (node?.kind === 'choice') {
      this.#choice(node, slot).forEach((at, child) => this.#extend(rule, node.children[child], at, words, base))
    }
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
        const made = this.#branch(part)
        this.#memory.ints[place] = made
      }
      place = (this.#memory.ints[place] >> 2) + 1 + ((code >>> low) & part.mask)
    }
    return place
  }

  #branch({ word, shift, mask }: Field): number {
    const at = this.#memory.allocate(4 * (mask + 2))
    this.#memory.ints[at >> 2] = (4 * word) | (shift << 16) | (mask << 24)
    return at
  }
}

const codeOf = ({ word, shift, mask }: Field, words: Readonly<Int32Array>, base: number): number =>
  (words[base + word] >>> shift) & mask

/** The cell that a tree reads first, or -1 where it reads none, or one too wide for a branch. */
const firstCell = (root: TreeNode<unknown> | undefined): number =>
  root?.kind === 'branch' && root.mask <= WIDEST ? root.cell : -1

function byFirstCell(tables: ReadonlyMap<number, Table<unknown>>): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  for (const [rule, { root }] of tables) {
    const cell = firstCell(root)
    groups.set(cell, [...(groups.get(cell) ?? []), rule])
  }
  return groups
}
