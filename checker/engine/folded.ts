/**
 * States folded in memory (tree compression, Laarman, van de Pol and Weber 2011): a state is cut into pieces of equal
 * length, which are the leaves of a binary tree; each inner node is the pair of its children, and equal pairs at one place of the tree are
 * kept once. A state is then the pair at the root, 8 bytes, however many words it has; what states share is stored once.
 * Nothing is lost: two states have one root when, and only when, they are equal.
 */
import { Depot, type DepotOptions } from './depot.ts'
import { PairTable } from './pair-table.ts'
import { BLOCK, type IdRange, type Space } from './space.ts'

/** A node of the tree: where its children and itself are found among the values of a state. */
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
  /** the leaves of the state at hand, and behind them the numbers of its inner nodes */
  readonly #values: Int32Array
  readonly #leaves: readonly Leaf[]
  readonly #limit: number

  /** States may take `limit` bytes, the space included. */
  constructor(space: Space, options: DepotOptions, next: number, limit: number) {
    super(space, options, next)
    this.#leaves = leavesOf(space.words)
    this.#nodes = treeOver(this.#leaves.length)
    this.#root = this.#nodes[this.#nodes.length - 1].table
    this.#values = new Int32Array(this.#leaves.length + this.#nodes.length)
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
    for (let base = 0; base < records.length; base += stride) this.#add(records, base)
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
    for (let base = 0, id = position + 1; base < into.length; base += words, id++) {
      values[values.length - 1] = id
      for (let at = this.#nodes.length - 1; at >= 0; at--) {
        const { left, right, at: place, table } = this.#nodes[at]
        values[left] = table.first(values[place])
        values[right] = table.second(values[place])
      }
      into.fill(0, base, base + words)
      for (let leaf = 0; leaf < leaves.length; leaf++) putBits(into, base, leaves[leaf], values[leaf])
    }
  }

  *#addAll(ranges: readonly IdRange[]): Generator<void> {
    const { log, stride } = this.space
    for (const { from, to } of ranges) {
      for (let id = from; id < to; id += BLOCK) {
        const end = Math.min(to, id + BLOCK)
        this.#reserve(end - id)
        for (let state = id; state < end; state++) this.#add(log, state * stride)
        yield
      }
    }
  }

  #add(from: Int32Array, base: number): void {
    const [values, leaves] = [this.#values, this.#leaves]
    for (let leaf = 0; leaf < leaves.length; leaf++) values[leaf] = bitsOf(from, base, leaves[leaf])
    const before = this.#root.size
    for (const { left, right, at, table } of this.#nodes) values[at] = table.intern(values[left], values[right])
    if (this.#root.size > before) this.grown(1)
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
      nodes.push({ left: from + at, right: from + at + 1, at: leaves + nodes.length, table: new PairTable() })
  }
  return nodes
}

/** The bits of a leaf in the state at `base`. */
function bitsOf(words: Int32Array, base: number, { from, width }: Leaf): number {
  if (width === 0) return 0
  const [word, shift] = [base + (from >> 5), from & 31]
  const low = words[word] >>> shift
  const value = shift + width > 32 ? low | (words[word + 1] << (32 - shift)) : low
  return width === 32 ? value | 0 : value & (2 ** width - 1)
}

/** Sets the bits of a leaf in a state whose bits there are zero. */
function putBits(words: Int32Array, base: number, { from, width }: Leaf, value: number): void {
  if (width === 0) return
  const [word, shift] = [base + (from >> 5), from & 31]
  words[word] |= value << shift
  if (shift + width > 32) words[word + 1] |= value >>> (32 - shift)
}
