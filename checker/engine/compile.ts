/**
 * Code generated from small tables: a decision tree becomes a nest of switches, a leaf two masks per word. Rules share a
 * function in small groups, because V8 neither inlines one function per rule nor optimises a very large one; rules whose
 * trees begin with the same cell (the labels of one process) share the switch on it. Large tables are made flat instead.
 */
import { flatExpand } from './flat-expand.ts'
import { codeAt, flatten, noNodes } from './flat-tree.ts'
import type { Effect } from './rules.ts'
import type { Branch, Table, TreeNode } from './table.ts'

/**
 * Appends the successors of the state at `base`, which has number `id`, to `out` from `n` on; returns the new end. A
 * successor is its words and one more.
 */
export type Expand = (words: Int32Array, base: number, id: number, out: Int32Array, n: number) => number

/** Calls back for each predicate that is false, or unknown, on the words at `base`. */
export type Check = (words: Int32Array, base: number, id: number) => void

/** What generated code calls where a table does not know the answer. */
export interface ExpandFallback {
  miss(rule: number, words: Int32Array, base: number, id: number, out: Int32Array, n: number): number
}
export interface CheckFallback {
  unsettled(rule: number, words: Int32Array, base: number, id: number): void
}

const RULES_PER_GROUP = 8
/** Nodes in all trees of actions together, and in the tree of one predicate, that code is generated for. */
const LARGEST_ACTIONS = 300
const LARGEST_PREDICATE = 60
/** The codes of a flat predicate. */
const [ASK, SETTLED] = [-1, -2]

/** What follows the words of a successor: the number of the state that it was computed from, or of its rule. */
export type Origin = 'id' | 'rule'

/** Makes functions that together append all successors of a state. */
export function compileExpand(
  tables: readonly Table<Effect | null>[],
  words: number,
  fallback: ExpandFallback,
  origin: Origin = 'id',
): Expand[] {
  if (tables.reduce((sum, { nodes }) => sum + nodes, 0) > LARGEST_ACTIONS) {
    return [flatExpand(tables, words, fallback, origin)]
  }
  const order = tables.map((_, rule) => rule).sort((a, b) => rootCell(tables[a]) - rootCell(tables[b]) || a - b)
  return chunks(order).map((rules) => {
    const body = blocks(rules, tables, words, origin)
    const source = `return function expand(words, base, id, out, n) {\n${loadWords(words)}${body}return n\n}`
    return new Function('fallback', source)(fallback) as Expand
  })
}

/** Makes one function that settles all predicates on a state; `interesting` tells which results are called back. */
export function compileCheck(
  tables: readonly Table<number>[],
  rules: readonly number[],
  words: number,
  interesting: (rule: number, result: number) => boolean,
  fallback: CheckFallback,
): Check {
  const nodes = noNodes()
  const body = rules.map((rule) => {
    const ask = `fallback.unsettled(${rule}, words, base, id);`
    const { root, nodes: size } = tables[rule]
    if (size <= LARGEST_PREDICATE) {
      return `${root === undefined ? ask : treeText(root, (result) => (interesting(rule, result) ? ask : ''), ask)}\n`
    }
    const place = flatten(root, nodes, (result) => (interesting(rule, result) ? ASK : SETTLED))
    return `if (codeAt(nodes, ${place}, words, base) !== ${SETTLED}) ${ask}\n`
  })
  const functions = chunks(body).map((texts) => `(words, base, id) => {\n${loadWords(words)}${texts.join('')}}`)
  return new Function(
    'fallback',
    'codeAt',
    'nodes',
    `const all = [${functions.join(',\n')}]\nreturn (words, base, id) => {\n${functions.map((_, at) => `all[${at}](words, base, id);`).join('\n')}\n}`,
  )(fallback, codeAt, Int32Array.from(nodes)) as Check
}

const loadWords = (words: number): string =>
  Array.from({ length: words }, (_, at) => `const w${at} = words[base + ${at}];\n`).join('')

const rootCell = (table: Table<unknown>): number => (table.root?.kind === 'branch' ? table.root.cell : -1)

function chunks<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / RULES_PER_GROUP)
  return Array.from({ length: count }, (_, at) => all.slice(at * RULES_PER_GROUP, (at + 1) * RULES_PER_GROUP))
}

/** One block for each rule; rules that begin with the same cell become one switch on it. */
function blocks(
  rules: readonly number[],
  tables: readonly Table<Effect | null>[],
  words: number,
  origin: Origin,
): string {
  const byRoot = new Map<number, number[]>()
  for (const rule of rules) {
    const cell = rootCell(tables[rule])
    byRoot.set(cell, [...(byRoot.get(cell) ?? []), rule])
  }
  return [...byRoot]
    .map(([cell, members]) => {
      if (cell === -1 || members.length === 1)
        return members.map((rule) => ruleText(rule, tables[rule].root, words, origin)).join('')
      const roots = members.map((rule) => tables[rule].root as Branch<Effect | null>)
      const codes = [...new Set(roots.flatMap((root) => Object.keys(root.children).map(Number)))]
      const cases = codes.map(
        (code) =>
          `case ${code}:\n${members.map((rule, at) => ruleText(rule, roots[at].children[code], words, origin)).join('')}break;\n`,
      )
      const unknown = members.map((rule) => missText(rule)).join('')
      return `switch (${cellText(roots[0])}) {\n${cases.join('')}default:\n${unknown}}\n`
    })
    .join('')
}

const missText = (rule: number): string => `n = fallback.miss(${rule}, words, base, id, out, n);\n`

function ruleText(rule: number, node: TreeNode<Effect | null> | undefined, words: number, origin: Origin): string {
  const leafText = (effect: Effect | null) => effectText(effect, words, origin === 'id' ? 'id' : String(rule))
  if (node === undefined) return missText(rule)
  if (!hasChoice(node)) return treeText(node, leafText, missText(rule))
  // A choice may have appended some successors before another alternative turns out to be unknown: start over from `s`.
  const miss = `n = fallback.miss(${rule}, words, base, id, out, s${rule}); break r${rule};\n`
  return `{ const s${rule} = n; r${rule}: {\n${treeText(node, leafText, miss)}} }\n`
}

const hasChoice = (node: TreeNode<unknown> | undefined): boolean =>
  node !== undefined && (node.kind === 'choice' || (node.kind === 'branch' && node.children.some(hasChoice)))

function effectText(effect: Effect | null, words: number, last: string): string {
  if (effect === null) return ''
  const stores = Array.from({ length: words }, (_, at) => {
    const kept = effect.and[at] === -1 ? `w${at}` : `w${at} & ${effect.and[at]}`
    return `out[n + ${at}] = ${effect.or[at] === 0 ? kept : `${kept} | ${effect.or[at]}`};\n`
  })
  return `${stores.join('')}out[n + ${words}] = ${last}; n += ${words + 1};\n`
}

function cellText({ word, shift, mask }: { word: number; shift: number; mask: number }): string {
  const shifted = shift === 0 ? `w${word}` : `w${word} >>> ${shift}`
  return mask * 2 ** shift === 2 ** 32 - 2 ** shift
    ? `${shifted}${shift === 0 ? ' >>> 0' : ''}`
    : `${shifted} & ${mask}`
}

function treeText<L>(node: TreeNode<L>, leafText: (result: L) => string, miss: string): string {
  if (node.kind === 'leaf') return leafText(node.result)
  if (node.kind === 'choice') {
    return node.children
      .map((child) => (child === undefined ? miss : `{\n${treeText(child, leafText, miss)}}\n`))
      .join('')
  }
  const byText = new Map<string, number[]>()
  node.children.forEach((child, code) => {
    if (child === undefined) return
    const text = treeText(child, leafText, miss)
    byText.set(text, [...(byText.get(text) ?? []), code])
  })
  const cell = cellText(node)
  if (byText.size === 1) {
    const [[text, codes]] = [...byText]
    if (codes.length === node.mask + 1) return text
    if (codes.length === 1) return `if ((${cell}) === ${codes[0]}) {\n${text}} else {\n${miss}}\n`
  }
  const cases = [...byText].map(([text, codes]) => `${codes.map((code) => `case ${code}:`).join(' ')}\n${text}break;\n`)
  return `switch (${cell}) {\n${cases.join('')}default:\n${miss}}\n`
}
