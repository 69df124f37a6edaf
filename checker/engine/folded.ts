/**
 * States folded in memory (tree compression, Laarman, van de Pol and Weber 2011): a state is cut into pieces of equal
 * length, which are the leaves of a binary tree; each inner node is the pair of its children, and equal pairs at one place of the tree are
 * kept once. A state is then the pair at the root, 8 bytes, however many words it has; what states share is stored once.
 * Nothing is lost: two states have one root when, and only when, they are equal.
 */
import { Depot, type DepotOptions } from './depot.ts'
import { PairTable, TOGETHER } from './pair-table.ts'
import { BLOCK, type IdRange, type Space } from './space.ts'

/** A node of the tree: where the values of its children and its own begin. */
interface Inner {
  readonly left: number
  readonly right: number
  readonly at: number
  readonly table: PairTable
}

/** A piece of the bits of a state, at most 32 of them. */
interface Leaf {
  readonly from: number
  readonly width: number
}

export class Folded extends Depot {
  readonly diskBytes = 0
  /** children before parents; the last one is the root */
  readonly #nodes: readonly Inner[]
  readonly #root: PairTable
  /** for each leaf, and behind them for each inner node, its values for the states at hand */
  readonly #values: Int32Array
  readonly #leaves: readonly Leaf[]
  readonly #limit: number

  /** States may take `limit` bytes, the space included. */
  constructor(space: Space, options: DepotOptions, next: number, limit: number) {
    super(space, options, next)
    this.#leaves = leavesOf(space.words)
    this.#nodes = treeOver(this.#leaves.length)
    this.#root = this.#nodes[this.#nodes.length - 1].table
    this.#values = new Int32Array((this.#leaves.length + this.#nodes.length) * TOGETHER)
    this.#limit = limit
  }

  get bytes(): number {
    return this.#nodes.reduce((sum, { table }) => sum + table.bytes, 0)
  }

  *addLevel(ranges: readonly IdRange[]): Generator<void> {
    this.beginLevel(ranges)
    yield* this.#addAll(ranges)
  }

  absorb(records: Int32Array): void {
    const { stride } = this.space
    this.#reserve(records.length / stride)
    this.#add(records, 0, records.length / stride)
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

  protected read(into: Int32Array, position: number): void {
    const { words } = this.space
    const [values, leaves] = [this.#values, this.#leaves]
    const root = this.#nodes[this.#nodes.length - 1].at
    for (let base = 0, id = position + 1; base < into.length; base += words, id++) {
      values[root] = id
      for (let at = this.#nodes.length - 1; at >= 0; at--) {
        const { left, right, at: place, table } = this.#nodes[at]
        const pair = values[place]
        values[left] = table.first(pair)
        values[right] = table.second(pair)
      }
      into.fill(0, base, base + words)
      for (let leaf = 0; leaf < leaves.length; leaf++) putBits(into, base, leaves[leaf], values[leaf * TOGETHER])
    }
  }

  *#addAll(ranges: readonly IdRange[]): Generator<void> {
    const { log, stride } = this.space
    for (const { from, to } of ranges) {
      for (let id = from; id < to; id += BLOCK) {
        const end = Math.min(to, id + BLOCK)
        this.#reserve(end - id)
        this.#add(log, id * stride, end - id)
        yield
      }
    }
  }

  /** Adds those of `count` records from `base` on that are new. */
  #add(from: Int32Array, base: number, count: number): void {
    const [values, leaves] = [this.#values, this.#leaves]
    const { stride } = this.space
    const before = this.#root.size
    for (let first = 0; first < count; first += TOGETHER) {
      const some = Math.min(TOGETHER, count - first)
      leaves.forEach((leaf, at) => {
        cut(from, base + first * stride, stride, leaf, values, at * TOGETHER, some)
      })
      for (const { left, right, at, table } of this.#nodes) table.internAll(values, left, right, at, some)
    }
    this.grown(this.#root.size - before)
  }

  /** Makes room for that many states more. Throws a RangeError where the limit does not allow it. */
  #reserve(more: number): void {
    const wanted = this.#nodes.reduce((sum, { table }) => sum + table.bytesWith(more), 0)
    if (wanted + this.space.memoryBytes > this.#limit)
      throw new RangeError('the memory limit does not allow more states')
    for (const { table } of this.#nodes) table.reserve(more)
  }
}

/** As many leaves as a complete tree has: where words are no power of two, they share the bits evenly. */
function leavesOf(words: number): Leaf[] {
  const count = 2 ** Math.max(1, Math.ceil(Math.log2(words)))
  const width = Math.ceil((32 * words) / count)
  return Array.from({ length: count }, (_, at) => {
    const from = Math.min(at * width, 32 * words)
    return { from, width: Math.min(width, 32 * words - from) }
  })
}

/** The inner nodes of a complete tree over that many leaves: children before parents. */
function treeOver(leaves: number): Inner[] {
  const nodes: Inner[] = []
  for (let [from, count] = [0, leaves]; count > 1; from += count, count /= 2) {
    for (let at = 0; at < count; at += 2)
      nodes.push({
        left: (from + at) * TOGETHER,
        right: (from + at + 1) * TOGETHER,
        at: (leaves + nodes.length) * TOGETHER,
        table: new PairTable(),
      })
  }
  return nodes
}

/** Copies the bits of a leaf in `count` records from `base` on. */
function cut(
  words: Int32Array,
  base: number,
  stride: number,
  { from, width }: Leaf,
  values: Int32Array,
  to: number,
  count: number,
): void {
  const [word, shift] = [base + (from >> 5), from & 31]
  const mask = width === 32 ? -1 : 2 ** width - 1
  const across = shift + width > 32
  for (let at = to, place = word; at < to + count; at++, place += stride) {
    const low = words[place] >>> shift
    values[at] = (across ? low | (words[place + 1] << (32 - shift)) : low) & mask
  }
}

/** Sets the bits of a leaf in a state whose bits there are zero. */
function putBits(words: Int32Array, base: number, { from, width }: Leaf, value: number): void {
  if (width === 0) return
  const [word, shift] = [base + (from >> 5), from & 31]
  words[word] |= value << shift
  if (shift + width > 32) words[word + 1] |= value >>> (32 - shift)
}
