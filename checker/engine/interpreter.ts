/** Follows trees of actions from packed states to their successors, and has them learn where they do not know enough. */
import type { Learning } from './learning.ts'
import { recordWords } from './record-code.ts'
import type { ActionRule, Effect, Teacher } from './rules.ts'
import type { TreeNode } from './table.ts'

export class Interpreter {
  readonly #actions: readonly ActionRule[]
  readonly #teacher: Teacher
  readonly #learning: Learning
  readonly #words: number
  /** words of a record of successors */
  readonly #record: number

  constructor(actions: readonly ActionRule[], teacher: Teacher, learning: Learning, words: number) {
    this.#actions = actions
    this.#teacher = teacher
    this.#learning = learning
    this.#words = words
    this.#record = recordWords(words)
  }

  /**
   * Appends the successors of the state at `base` by one rule, from its table or by running its function, with the number of
   * their parent; returns their end. `asked` is how many states were expanded so far. A typed array ignores what is written
   * behind its end: where the result is larger than `out`, this must be done again with a larger one.
   */
  walk(at: number, words: Int32Array, base: number, id: number, out: Int32Array, n: number, asked: number): number {
    const rule = this.#actions[at]
    const known = this.#follow(rule.table.root, words, base, id, out, n)
    if (known >= 0) return known
    const learn = this.#learning.learns(rule.table, asked)
    let end = n
    this.#teacher.act(rule, at, words, base, learn, (effect) => {
      end = this.#apply(effect, words, base, id, out, end)
    })
    return end
  }

  /** Appends what the known part of a tree says; -1 where it does not know enough. */
  #follow(
    node: TreeNode<Effect | null> | undefined,
    words: Int32Array,
    base: number,
    id: number,
    out: Int32Array,
    n: number,
  ): number {
    let at = node
    while (at !== undefined && at.kind === 'branch') at = at.children[(words[base + at.word] >>> at.shift) & at.mask]
    if (at === undefined || at.kind === 'derived') return -1
    if (at.kind === 'leaf') return at.result === null ? n : this.#apply(at.result, words, base, id, out, n)
    let end = n
    for (const child of at.children) {
      end = this.#follow(child, words, base, id, out, end)
      if (end < 0) return -1
    }
    return end
  }

  #apply(effect: Effect, words: Int32Array, base: number, id: number, out: Int32Array, n: number): number {
    const count = this.#words
    for (let at = 0; at < count; at++) out[n + at] = (words[base + at] & effect.and[at]) | effect.or[at]
    out[n + count] = id
    return n + this.#record
  }
}
