/**
 * Decision trees as arrays of integers, for tables too large to generate code from. V8 optimises a function by the paths
 * that have been taken so far, and throws the result away when another one is: with thousands of paths that never ends.
 * The loop that follows a flat tree is the same for all paths.
 *
 * A node is the word, shift and mask of its cell, the number of its children, and the children; a choice is CHOICE, the
 * number of its children, and the children. A child is the place of another node (above 0), UNKNOWN, or a code below 0
 * that stands for the result of a leaf.
 */
import type { Branch, TreeNode } from './table.ts'

/** A path that has not been learned. */
export const UNKNOWN = 0
/** In the place of a word: follow every child. */
export const CHOICE = -1
/** The largest mask of a node. Wider cells take several nodes, so that a few known codes out of many cost little. */
export const WIDEST = 31

const WIDEST_BITS = 5

/** The array of an empty tree; nothing is at place 0. */
export const noNodes = (): number[] => [0]

/** Adds a tree to `nodes`; returns what a child that is this tree would be. */
export function flatten<L>(node: TreeNode<L> | undefined, nodes: number[], leafCode: (result: L) => number): number {
  if (node === undefined) return UNKNOWN
  if (node.kind === 'leaf') return leafCode(node.result)
  if (node.kind === 'branch' && node.mask > WIDEST) return flatten(split(node), nodes, leafCode)
  const children = Array.from(node.children, (child) => flatten(child, nodes, leafCode))
  const at = nodes.length
  if (node.kind === 'choice') nodes.push(CHOICE, children.length)
  else nodes.push(node.word, node.shift, node.mask, children.length)
  // One by one: a call takes no more than some ten thousand arguments, and a choice may have more alternatives.
  for (const child of children) nodes.push(child)
  return at
}

/** A branch on the high bits of a wide cell, and below it branches on the low ones. */
function split<L>(node: Branch<L>): Branch<L> {
  const high: Branch<L> = { ...node, shift: node.shift + WIDEST_BITS, mask: node.mask >>> WIDEST_BITS, children: [] }
  node.children.forEach((child, code) => {
    high.children[code >>> WIDEST_BITS] ??= { ...node, mask: WIDEST, children: [] }
    const low = high.children[code >>> WIDEST_BITS] as Branch<L>
    low.children[code & WIDEST] = child
  })
  return high
}

/** Follows a tree without choices on the words at `base`; returns the code of its leaf, or UNKNOWN. */
export function codeAt(nodes: Int32Array, root: number, words: Int32Array, base: number): number {
  let at = root
  while (at > 0) {
    const code = (words[base + nodes[at]] >>> nodes[at + 1]) & nodes[at + 2]
    at = code < nodes[at + 3] ? nodes[at + 4 + code] : UNKNOWN
  }
  return at
}
