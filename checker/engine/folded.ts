/**
 * States folded in memory (tree compression, Laarman, van de Pol and Weber 2011): a state is cut into pieces of equal
 * length, which are the leaves of a binary tree; each inner node is the pair of its children, and equal pairs at one place of the tree are
 * kept once. A state is then the pair at the root, a few bytes, however many words it has; what states share is stored
 * once. Nothing is lost: two states have one root when, and only when, they are equal.
 */
import { Depot, type DepotOptions } from './depot.ts'
import { bitsFor } from './packed-pairs.ts'
import { TOGETHER } from './pair-set.ts'
import { PairTable } from './pair-table.ts'
import { Roots } from './roots.ts'
import { finish, type IdRange, type Space } from './space.ts'
import { BLOCK } from './space-memory.ts'

/** A node of the tree: where the values of its children and its own begin. */
interface Inner {
  readonly left: Node
  readonly right: Node
  readonly at: number
  readonly table: PairTable
}

/** A piece of the bits of a state, at most 32 of them, and where its values begin. */
interface Leaf {
  readonly from: number
  readonly width: number
  readonly at: number
}

type Node = Leaf | Inner

/** What folded states, and the space of those that are not, may take. */
export interface FoldedLimits {
  /** bytes of all of it */
  readonly bytes: number
  /** states in the space: fewest and most */
  readonly least: number
  readonly most: number
}

/**
 * What folded states and the space may take together, as a share of what the states would take as they are. A larger space
 * saves time, as fewer states are folded again that come back; a small one is always allowed.
 */
const SHARE = 0.4
const SMALLEST_WINDOW = 1 << 16

export class Folded extends Depot {
  readonly diskBytes = 0
  readonly #leaves: readonly Leaf[]
  /** children before parents, without the root */
  readonly #nodes: readonly Inner[]
  /** the children of the root */
  readonly #halves: readonly [Node, Node]
  readonly #roots = new Roots()
  /** for each leaf and each inner node, its values for the states at hand */
  readonly #values: Int32Array
  readonly #limits: FoldedLimits

  constructor(space: Space, options: DepotOptions, next: number, limits: FoldedLimits) {
    super(space, options, next)
    this.#leaves = leavesOf(space.words)
    const [inner, halves] = treeOver(this.#leaves)
    this.#nodes = inner
    this.#halves = halves
    this.#values = new Int32Array((this.#leaves.length + inner.length) * TOGETHER)
    this.#limits = limits
  }

  get bytes(): number {
    return this.#nodes.reduce((sum, { table }) => sum + table.bytes, this.#roots.bytes)
  }

  *addLevel(ranges: readonly IdRange[]): Generator<void> {
    super.beginLevel(ranges)
    yield* this.#addAll(ranges)
  }

  absorb(records: Int32Array): void {
    const count = records.length / this.space.stride
    for (let first = 0; first < count; first += BLOCK)
      finish(this.#add(records, first * this.space.stride, Math.min(BLOCK, count - first)))
  }

  *dump(): Generator<void> {
    this.clear(null)
    yield
  }

  *flush(found: readonly IdRange[]): Generator<void> {
    yield* this.#addAll(found)
    this.clear(found)
  }

  close(): void {}

  /** Between two levels the space is empty: it is made as large as it should be beside what is folded. */
  override beginLevel(ranges?: readonly IdRange[]): void {
    super.beginLevel(ranges)
    const { least, most } = this.#limits
    const { capacity } = this.space
    const unfolded = this.space.bytesPerState
    const spare = (SHARE * unfolded * this.distinct - this.bytes) / unfolded
    const wanted = Math.max(least, Math.min(most, Math.max(SMALLEST_WINDOW, spare)))
    if (wanted > capacity || wanted < capacity / 2) this.resize(Math.floor(wanted))
  }

  protected read(into: Int32Array, position: number): void {
    const { words } = this.space
    const [values, leaves, nodes, [left, right]] = [this.#values, this.#leaves, this.#nodes, this.#halves]
    into.fill(0)
    for (let base = 0, from = position; base < into.length; base += TOGETHER * words, from += TOGETHER) {
      const count = Math.min(TOGETHER, (into.length - base) / words)
      this.#roots.read(from, values, left.at, right.at, count)
      for (let node = nodes.length - 1; node >= 0; node--) {
        const { table, at, left: one, right: other } = nodes[node]
        table.splitAll(values, at, one.at, other.at, count)
      }
      for (const leaf of leaves) putBits(into, base, words, leaf, values, count)
    }
  }

  *#addAll(ranges: readonly IdRange[]): Generator<void> {
    const { log, stride } = this.space
    for (const { from, to } of ranges) {
      for (let id = from; id < to; id += BLOCK) {
        yield* this.#add(log, id * stride, Math.min(BLOCK, to - id))
        yield
      }
    }
  }

  /** Adds those of `count` records from `base` on that are new. Throws a RangeError where the limit does not allow it. */
  *#add(from: Int32Array, base: number, count: number): Generator<void> {
    const [values, leaves, roots, [left, right]] = [this.#values, this.#leaves, this.#roots, this.#halves]
    const { stride } = this.space
    yield* this.#reserving(count)
    for (let first = 0; first < count; first += TOGETHER) {
      const some = Math.min(TOGETHER, count - first)
      for (const leaf of leaves) cut(from, base + first * stride, stride, leaf, values, some)
      for (const { left: one, right: other, at, table } of this.#nodes)
        table.internAll(values, one.at, other.at, at, some)
      for (let done = 0; ; yield* this.#reserving(count)) {
        const before = roots.size
        done += roots.addAll(values, left.at + done, right.at + done, some - done)
        this.grown(roots.size - before)
        if (done === some) break
      }
    }
  }

  /** Makes room for that many states more. Throws a RangeError where the limit does not allow it. */
  *#reserving(more: number): Generator<void> {
    const [left, right] = this.#halves.map((node) => boundOf(node, more))
    let wanted = this.space.memoryBytes + this.#roots.bytesWith(more, left, right)
    for (const { table, left: one, right: other } of this.#nodes)
      wanted += table.bytesWith(more, widthOf(one, more), widthOf(other, more))
    if (wanted > this.#limits.bytes) throw new RangeError('the memory limit does not allow more states')
    for (const { table, left: one, right: other } of this.#nodes)
      yield* table.reserving(more, widthOf(one, more), widthOf(other, more))
    yield* this.#roots.reserving(more, left, right)
  }
}

/** What the values of a node stay below, when so many states more are added. */
const boundOf = (node: Node, more: number): number => ('table' in node ? node.table.size + more + 1 : 2 ** node.width)

const widthOf = (node: Node, more: number): number => ('table' in node ? bitsFor(boundOf(node, more)) : node.width)

/** As many leaves as a complete tree has: where words are no power of two, they share the bits evenly. */
function leavesOf(words: number): Leaf[] {
  // The halves of a root must be short: a pair of whole words would not do.
  const count = words === 1 ? 2 : Math.max(4, 2 ** Math.ceil(Math.log2(words)))
  const width = Math.ceil((32 * words) / count)
  return Array.from({ length: count }, (_, at) => {
    const from = Math.min(at * width, 32 * words)
    return { from, width: Math.min(width, 32 * words - from), at: at * TOGETHER }
  })
}

/** The inner nodes of a complete tree over these leaves, children before parents; and the children of its root. */
function treeOver(leaves: readonly Leaf[]): [Inner[], [Node, Node]] {
  const inner: Inner[] = []
  let level: readonly Node[] = leaves
  while (level.length > 2) {
    const above: Inner[] = []
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]]
      const table = new PairTable(widthOf(left, 0), widthOf(right, 0))
      above.push({ left, right, at: (leaves.length + inner.length + above.length) * TOGETHER, table })
    }
    inner.push(...above)
    level = above
  }
  return [inner, [level[0], level[1]]]
}

/** Copies the bits of a leaf in `count` records from `base` on. */
function cut(words: Int32Array, base: number, stride: number, leaf: Leaf, values: Int32Array, count: number): void {
  const { from, width, at: to } = leaf
  const [word, shift] = [base + (from >> 5), from & 31]
  const mask = width === 32 ? -1 : 2 ** width - 1
  const across = shift + width > 32
  for (let at = to, place = word; at < to + count; at++, place += stride) {
    const low = words[place] >>> shift
    values[at] = (across ? low | (words[place + 1] << (32 - shift)) : low) & mask
  }
}

/** Sets the bits of a leaf in `count` states from `base` on, whose bits there are zero. */
function putBits(words: Int32Array, base: number, stride: number, leaf: Leaf, values: Int32Array, count: number): void {
  const { from, width, at: first } = leaf
  if (width === 0) return
  const [word, shift] = [base + (from >> 5), from & 31]
  const across = shift + width > 32
  for (let at = first, place = word; at < first + count; at++, place += stride) {
    words[place] |= values[at] << shift
    if (across) words[place + 1] |= values[at] >>> (32 - shift)
  }
}
