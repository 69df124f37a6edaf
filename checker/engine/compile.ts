/**
 * Code generated from tables: a decision tree becomes a nest of switches, a leaf two masks per word. Rules share a
 * function in small groups, because V8 neither inlines one function per rule nor optimises a very large one; rules whose
 * trees begin with the same cell (the labels of one process) share the switch on it.
 */
import type { Effect } from './rules.ts'
import type { Branch, Table, TreeNode } from './table.ts'

/** Appends the successors of the state at `base`, which has number `id`, to `out` from `n` on; returns the new end. */
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
const LARGEST_GROUP = 24_000
const LARGEST_TREE = 3_000

/** Generates functions that together append all successors of a state. */
export function compileExpand(
  tables: readonly Table<Effect | null>[],
  words: number,
  fallback: ExpandFallback,
): Expand[] {
  const order = tables.map((_, rule) => rule).sort((a, b) => rootCell(tables[a]) - rootCell(tables[b]) || a - b)
  return chunks(order, tables).map((rules) => {
    const body = blocks(rules, tables, words)
    const source = `return function expand(words, base, id, out, n) {\n${loadWords(words)}${body}return n\n}`
    return new Function('fallback', source)(fallback) as Expand
  })
}

/** Generates one function that settles all predicates on a state; `interesting` tells which results are called back. */
export function compileCheck(
  tables: readonly Table<number>[],
  rules: readonly number[],
  words: number,
  interesting: (rule: number, result: number) => boolean,
  fallback: CheckFallback,
): Check {
  const body = rules.map((rule) => {
    const ask = `fallback.unsettled(${rule}, words, base, id);`
    const { root, nodes } = tables[rule]
    if (root === undefined || nodes > LARGEST_TREE) return `${ask}\n`
    return `${treeText(root, (result) => (interesting(rule, result) ? ask : ''), ask)}\n`
  })
  const functions = grouped(body).map((text) => `(words, base, id) => {\n${loadWords(words)}${text}}`)
  return new Function(
    'fallback',
    `const all = [${functions.join(',\n')}]\nreturn (words, base, id) => {\n${functions.map((_, at) => `all[${at}](words, base, id);`).join('\n')}\n}`,
  )(fallback) as Check
}

function grouped(texts: readonly string[]): string[] {
  const groups: string[] = ['']
  for (const text of texts) {
    if (groups[groups.length - 1].length + text.length > LARGEST_GROUP) groups.push('')
    groups[groups.length - 1] += text
  }
  return groups
}

const loadWords = (words: number): string =>
  Array.from({ length: words }, (_, at) => `const w${at} = words[base + ${at}];\n`).join('')

const rootCell = (table: Table<unknown>): number => (table.root?.kind === 'branch' ? table.root.cell : -1)

function chunks(order: readonly number[], tables: readonly Table<unknown>[]): number[][] {
  const groups: number[][] = [[]]
  let nodes = 0
  for (const rule of order) {
    const group = groups[groups.length - 1]
    const size = Math.min(tables[rule].nodes, LARGEST_TREE)
    if (group.length >= RULES_PER_GROUP || (group.length > 0 && (nodes + size) * 60 > LARGEST_GROUP)) {
      groups.push([rule])
      nodes = size
    } else {
      group.push(rule)
      nodes += size
    }
  }
  return groups
}

/** One block for each rule; rules that begin with the same cell become one switch on it. */
function blocks(rules: readonly number[], tables: readonly Table<Effect | null>[], words: number): string {
  const byRoot = new Map<number, number[]>()
  for (const rule of rules) {
    const cell = tables[rule].nodes > LARGEST_TREE ? -1 : rootCell(tables[rule])
    byRoot.set(cell, [...(byRoot.get(cell) ?? []), rule])
  }
  return [...byRoot]
    .map(([cell, members]) => {
      if (cell === -1 || members.length === 1)
        return members.map((rule) => ruleText(rule, tables[rule], tables[rule].root, words)).join('')
      const roots = members.map((rule) => tables[rule].root as Branch<Effect | null>)
      const codes = [...new Set(roots.flatMap((root) => Object.keys(root.children).map(Number)))]
      const cases = codes.map(
        (code) =>
          `case ${code}:\n${members.map((rule, at) => ruleText(rule, tables[rule], roots[at].children[code], words)).join('')}break;\n`,
      )
      const unknown = members.map((rule) => missText(rule)).join('')
      return `switch (${cellText(roots[0])}) {\n${cases.join('')}default:\n${unknown}}\n`
    })
    .join('')
}

const missText = (rule: number): string => `n = fallback.miss(${rule}, words, base, id, out, n);\n`

function ruleText(
  rule: number,
  table: Table<Effect | null>,
  node: TreeNode<Effect | null> | undefined,
  words: number,
): string {
  if (node === undefined || table.nodes > LARGEST_TREE) return missText(rule)
  if (!hasChoice(node)) return treeText(node, (effect) => effectText(effect, words), missText(rule))
  // A choice may have appended some successors before another alternative turns out to be unknown: start over from `s`.
  const miss = `n = fallback.miss(${rule}, words, base, id, out, s${rule}); break r${rule};\n`
  return `{ const s${rule} = n; r${rule}: {\n${treeText(node, (effect) => effectText(effect, words), miss)}} }\n`
}

const hasChoice = (node: TreeNode<unknown> | undefined): boolean =>
  node !== undefined && (node.kind === 'choice' || (node.kind === 'branch' && node.children.some(hasChoice)))

function effectText(effect: Effect | null, words: number): string {
  if (effect === null) return ''
  const stores = Array.from({ length: words }, (_, at) => {
    const kept = effect.and[at] === -1 ? `w${at}` : `w${at} & ${effect.and[at]}`
    return `out[n + ${at}] = ${effect.or[at] === 0 ? kept : `${kept} | ${effect.or[at]}`};\n`
  })
  return `${stores.join('')}out[n + ${words}] = id; n += ${words + 1};\n`
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
