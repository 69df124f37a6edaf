/**
 * The tables of several rules as the kernel follows them, all for one state after the other.
 *
 * A program is the addresses of branches, and 0 behind the last. The children of these branches are lists: pairs of a rule
 * and its tree, and LAST. Rules that read the same cell first, as the labels of a process do, share a branch; those which a
 * code of that cell settles are in no list.
 */
import { LAST } from './kernel-code.ts'
import type { Branch, Table, TreeNode } from './table.ts'
import { codeOf, type Memory, TreeWriter, type Values, WIDEST } from './tree-writer.ts'

/** The tables of several rules, as one program. */
export class Program<L> {
  readonly address: number
  readonly tables: ReadonlyMap<number, Table<L>>
  readonly #memory: Memory
  readonly #leaf: (rule: number, result: L) => number
  readonly #writer: TreeWriter<L>
  /** for each rule, the cell by whose code its lists are told apart, and where in each of them its tree stands */
  readonly #places: { readonly branch: Branch<L> | null; readonly slots: Int32Array }[] = []

  /**
   * Writes the rules with these tables. `leaf` says what stands for a result, less than 0; `settled` is what need not be
   * followed at all. Trees that ask for derived quantities find them in `values`.
   */
  constructor(
    memory: Memory,
    tables: ReadonlyMap<number, Table<L>>,
    leaf: (rule: number, result: L) => number,
    settled: number | null,
    values: Values | null = null,
  ) {
    this.#memory = memory
    this.tables = tables
    this.#leaf = leaf
    this.#writer = new TreeWriter(memory, leaf, values)
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
    if (slots[code] !== 0) this.#writer.extend(rule, node, slots[code], words, base)
  }

  #head(rules: readonly number[], tables: ReadonlyMap<number, Table<L>>, settled: number | null): number {
    const roots = rules.map((rule) => tables.get(rule)!.root)
    const branch = roots[0] !== undefined && firstCell(roots[0]) >= 0 ? (roots[0] as Branch<L>) : null
    const codes = branch === null ? 1 : branch.mask + 1
    for (const rule of rules) this.#places[rule] = { branch, slots: new Int32Array(codes) }
    const head = this.#writer.branch(branch ?? { word: 0, shift: 0, mask: 0 })
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
      this.#writer.put(rule, tree, slot)
    })
    this.#memory.ints[(list >> 2) + 2 * open.length] = LAST
    return list
  }
}

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
