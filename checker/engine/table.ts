/** Transition tables: for one function, a decision tree over the cells that it reads, with what it does at the leaves. */
import { unrepeatable } from '../language/draft.ts'
import type { Layout } from './layout.ts'
import { CHOICE, DERIVED, type Recorder } from './recorder.ts'

/** Follow the child for the code of a cell; a child that is missing has not been learned yet. */
export interface Branch<L> {
  readonly kind: 'branch'
  readonly cell: number
  readonly word: number
  readonly shift: number
  readonly mask: number
  readonly children: (TreeNode<L> | undefined)[]
}

/** Follow every child: the function may take any of these alternatives. */
export interface Choice<L> {
  readonly kind: 'choice'
  readonly children: (TreeNode<L> | undefined)[]
}

/** Follow the child for the code of a derived quantity's value; one that is missing has not been learned yet. */
export interface Derived<L> {
  readonly kind: 'derived'
  readonly quantity: number
  readonly children: (TreeNode<L> | undefined)[]
}

export interface Leaf<L> {
  readonly kind: 'leaf'
  readonly result: L
  /** the words of the state that taught this leaf, for checking it again later; empty where none was kept */
  readonly example: Int32Array
}

export type TreeNode<L> = Branch<L> | Choice<L> | Derived<L> | Leaf<L>

/** The tree of one function, as far as it has been learned. */
export interface Table<L> {
  root: TreeNode<L> | undefined
  leaves: number
  nodes: number
}

/** An empty table. */
export function emptyTable<L>(): Table<L> {
  return { root: undefined, leaves: 0, nodes: 0 }
}

/**
 * Adds the path of the recorder's last run to a table. Where the path is known already, its leaf must say the same as
 * `result`: otherwise a SpecError, because the function does not depend on the state alone.
 */
export function insertPath<L>(
  table: Table<L>,
  layout: Layout,
  run: Recorder,
  result: L,
  same: (a: L, b: L) => boolean,
  example: () => Int32Array,
): Leaf<L> {
  const top = [table.root]
  let siblings: (TreeNode<L> | undefined)[] = top
  let place = 0
  for (let at = 0; at < run.readCells.length; at++) {
    let node = siblings[place]
    if (node === undefined) {
      node = innerNode(layout, run.readCells[at], run.counts[at])
      siblings[place] = node
      table.nodes++
    }
    if (node.kind === 'leaf' || readOf(node) !== run.readCells[at]) throw unrepeatable()
    if (node.kind === 'choice' && node.children.length !== run.counts[at]) throw unrepeatable()
    siblings = node.children
    place = run.readCodes[at]
  }
  const known = siblings[place]
  if (known !== undefined) {
    if (known.kind !== 'leaf' || !same(known.result, result)) throw unrepeatable()
    return known
  }
  const leaf: Leaf<L> = { kind: 'leaf', result, example: example() }
  siblings[place] = leaf
  table.root = top[0]
  table.leaves++
  table.nodes++
  return leaf
}

/** What a recorder notes where a node stands. */
function readOf<L>(node: Exclude<TreeNode<L>, Leaf<L>>): number {
  if (node.kind === 'branch') return node.cell
  return node.kind === 'choice' ? CHOICE : DERIVED + node.quantity
}

function innerNode<L>(layout: Layout, cell: number, count: number): Exclude<TreeNode<L>, Leaf<L>> {
  if (cell === CHOICE) return { kind: 'choice', children: new Array(count).fill(undefined) }
  if (cell >= DERIVED) return { kind: 'derived', quantity: cell - DERIVED, children: [] }
  const { word, shift, mask } = layout.fields[cell]
  return { kind: 'branch', cell, word, shift, mask, children: [] }
}

/** Calls `visit` for every leaf of a table. */
export function forEachLeaf<L>(table: Table<L>, visit: (leaf: Leaf<L>) => void): void {
  const walk = (node: TreeNode<L> | undefined): void => {
    if (node === undefined) return
    if (node.kind === 'leaf') visit(node)
    else node.children.forEach(walk)
  }
  walk(table.root)
}

/**
 * Calls `visit` for each leaf that the state whose words begin at `base` leads to: several where the function makes
 * choices. False when not all of them are learned yet; some may have been visited then. For functions that ask for no
 * derived quantities.
 */
export function forEachLeafAt<L>(
  node: TreeNode<L> | undefined,
  words: Readonly<Int32Array>,
  base: number,
  visit: (leaf: Leaf<L>) => void,
): boolean {
  let at = node
  while (at !== undefined && at.kind === 'branch') at = at.children[(words[base + at.word] >>> at.shift) & at.mask]
  if (at === undefined || at.kind === 'derived') return false
  if (at.kind === 'choice') {
    // Not a method of the array: those pass over what is missing.
    for (const child of at.children) if (!forEachLeafAt(child, words, base, visit)) return false
    return true
  }
  visit(at)
  return true
}

/** The code of a derived quantity's value in the state whose words begin at `base`, or -1 while it is unknown. */
export type ValueCode = (quantity: number, words: Readonly<Int32Array>, base: number) => number

const unknown: ValueCode = () => -1

/**
 * The leaf for the state whose words begin at `base`, or undefined when it is not learned yet. For functions that make
 * no choices. `codeOf` answers for those that ask for derived quantities.
 */
export function leafFor<L>(
  table: Table<L>,
  words: Readonly<Int32Array>,
  base: number,
  codeOf: ValueCode = unknown,
): Leaf<L> | undefined {
  let node = table.root
  while (node !== undefined && node.kind !== 'leaf') {
    node =
      node.kind === 'branch'
        ? node.children[(words[base + node.word] >>> node.shift) & node.mask]
        : (node as Derived<L>).children[codeOf((node as Derived<L>).quantity, words, base)]
  }
  return node
}
