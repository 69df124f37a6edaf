/** Successors through flat trees: one loop over the tables of all rules. */
import type { Expand, ExpandFallback, Origin } from './compile.ts'
import { CHOICE, flatten, noNodes, UNKNOWN, WIDEST } from './flat-tree.ts'
import type { Effect } from './rules.ts'
import type { Branch, Table } from './table.ts'

/** The code of a leaf where a rule is not enabled; those below stand for places in the pool of effects. */
const NOTHING = -1
const END = -1

/**
 * Makes a function that appends all successors of a state. Rules that begin with the same cell (the labels of one process)
 * are looked up together: a head is the word, shift and mask of the cell, the number of its codes, and a list for any other code
 * and for each code; a list is pairs of a rule and its tree, without those that are not enabled.
 */
export function flatExpand(
  tables: readonly Table<Effect | null>[],
  words: number,
  fallback: ExpandFallback,
  origin: Origin,
): Expand {
  const nodes = noNodes()
  const effects: number[] = []
  const leafCode = (effect: Effect | null) => {
    if (effect === null) return NOTHING
    effect.and.forEach((mask, at) => effects.push(mask, effect.or[at]))
    return NOTHING - 1 - (effects.length - 2 * words)
  }
  const lists: number[] = []
  const list = (rules: readonly number[], tree: (rule: number) => number): number => {
    const at = lists.length
    for (const rule of rules) {
      const root = tree(rule)
      if (root !== NOTHING) lists.push(rule, root)
    }
    lists.push(END)
    return at
  }
  const heads: number[] = []
  for (const [cell, rules] of byRootCell(tables)) {
    const root = (rule: number) => tables[rule].root as Branch<Effect | null>
    if (cell < 0) {
      heads.push(
        0,
        0,
        0,
        0,
        list(rules, (rule) => flatten(tables[rule].root, nodes, leafCode)),
      )
      continue
    }
    const { word, shift, mask } = root(rules[0])
    const codes = Math.max(...rules.map((rule) => root(rule).children.length))
    heads.push(
      word,
      shift,
      mask,
      codes,
      list(rules, () => UNKNOWN),
    )
    for (let code = 0; code < codes; code++) {
      heads.push(list(rules, (rule) => flatten(root(rule).children[code], nodes, leafCode)))
    }
  }
  const arrays = [nodes, effects, lists, heads].map((values) => Int32Array.from(values))
  const make = new Function('fallback', 'nodes', 'effects', 'lists', 'heads', sourceFor(words, origin))
  return make(fallback, ...arrays) as Expand
}

/** The rules by the cell that they read first; under -1 those that read none, or a wide one. */
function byRootCell(tables: readonly Table<unknown>[]): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  tables.forEach(({ root }, rule) => {
    const cell = root?.kind === 'branch' && root.mask <= WIDEST ? root.cell : -1
    groups.set(cell, [...(groups.get(cell) ?? []), rule])
  })
  return groups
}

/** Generated only to have the words of a state written out. */
function sourceFor(words: number, origin: Origin): string {
  const stores = Array.from(
    { length: words },
    (_, at) => `out[n + ${at}] = words[base + ${at}] & effects[e + ${2 * at}] | effects[e + ${2 * at + 1}]`,
  )
  return `
  function follow(at, words, base, last, out, n) {
    while (at > 0) {
      const word = nodes[at]
      if (word === ${CHOICE}) {
        const end = at + 2 + nodes[at + 1]
        for (let child = at + 2; child < end; child++) {
          n = follow(nodes[child], words, base, last, out, n)
          if (n < 0) return -1
        }
        return n
      }
      const code = words[base + word] >>> nodes[at + 1] & nodes[at + 2]
      at = code < nodes[at + 3] ? nodes[at + 4 + code] : ${UNKNOWN}
    }
    if (at === ${UNKNOWN}) return -1
    if (at === ${NOTHING}) return n
    const e = ${NOTHING - 1} - at
    ${stores.join('\n')}
    out[n + ${words}] = last
    return n + ${words + 1}
  }
  return function expand(words, base, id, out, n) {
    for (let head = 0; head < heads.length; head += 5 + heads[head + 3]) {
      const code = words[base + heads[head]] >>> heads[head + 1] & heads[head + 2]
      let at = heads[head + 4 + (code < heads[head + 3] ? 1 + code : 0)]
      for (let rule = lists[at]; rule !== ${END}; at += 2, rule = lists[at]) {
        const end = follow(lists[at + 1], words, base, ${origin}, out, n)
        n = end >= 0 ? end : fallback.miss(rule, words, base, id, out, n)
      }
    }
    return n
  }`
}
