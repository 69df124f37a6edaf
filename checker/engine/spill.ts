/**
 * What a search keeps on disk when its states outgrow the memory. All levels lie in one file, in the order of discovery,
 * which is read once, sequentially, to expand them. A flush sorts the successors found, strikes out what the sorted runs
 * of earlier states have (delayed duplicate detection), and what is left is new: it is appended to the next level, and is
 * a run itself.
 */
import { Depot, type DepotOptions } from './depot.ts'
import { compareStates, mergeRuns, type Order, type Run, RunCursor, RunWriter } from './sorted-run.ts'
import { CONTROL, hashWords, type IdRange, type Space } from './space.ts'
import { BLOCK } from './space-memory.ts'
import { SpillFile } from './spill-file.ts'

/** Where to spill to. */
export interface SpillOptions extends DepotOptions {
  readonly dir: string
  /** states with which it begins, though there is room for more; for tests */
  readonly from?: number
}

/** States compared with the runs at a time. */
const TOGETHER = 256
/** States taken over together. */
const TAKEN = 1 << 16
/** Runs from which on some are merged. */
const MOST_RUNS = 12

export class Spill extends Depot {
  readonly bytes = 0
  readonly #dir: string
  readonly #order: Order
  readonly #log: SpillFile
  #runs: Run[] = []

  /** The table of the space orders the runs: it must not grow any more. */
  constructor(space: Space, options: SpillOptions, next: number) {
    super(space, options, next)
    this.#dir = options.dir
    this.#order = { words: space.words, mask: space.table.length - 1 }
    this.#log = new SpillFile(options.dir)
  }

  get diskBytes(): number {
    return this.#runs.reduce((sum, { own, file }) => sum + (own ? file.length : 0), this.#log.length)
  }

  *addLevel(ranges: readonly IdRange[]): Generator<void> {
    this.beginLevel(ranges)
    for (const { from, to } of ranges) {
      for (let id = from; id < to; id += BLOCK) {
        this.#append(id, Math.min(to, id + BLOCK))
        yield
      }
    }
  }

  absorb(records: Int32Array): void {
    const { space } = this
    const count = records.length / space.stride
    const from = space.reserved + 1
    space.log.set(records, from * space.stride)
    space.control[CONTROL.nextBlock] = from + count
    space.enter({ from, to: from + count })
    this.#append(from, from + count)
  }

  /** Writes all states of the table as a run. */
  *dump(): Generator<void> {
    const writer = new RunWriter(this.#order, new SpillFile(this.#dir), true)
    const { table, log, stride, words } = this.space
    const count = sortTable(this.space)
    for (let at = 0; at < count; at++) {
      writer.add(log, table[at] * stride, hashWords(log, table[at] * stride, words) & this.#order.mask)
      if (at % BLOCK === 0) yield
    }
    this.#runs.push(writer.end())
    this.clear(null)
  }

  *flush(found: readonly IdRange[]): Generator<void> {
    const { log, stride, words } = this.space
    const { mask } = this.#order
    const ids = this.#sorted(found)
    const cursors = this.#runs.map((run) => new RunCursor(this.#order, run))
    const writer = new RunWriter(this.#order, this.#log, false)
    // Copied in a loop that does nothing else, so that the processor has many cache misses under way at once.
    const some = new Int32Array(TOGETHER * words)
    for (let first = 0; first < ids.length; first += TOGETHER) {
      const count = Math.min(TOGETHER, ids.length - first)
      for (let at = 0; at < count; at++)
        for (let word = 0; word < words; word++) some[at * words + word] = log[ids[first + at] * stride + word]
      for (let base = 0; base < count * words; base += words) {
        const slot = hashWords(some, base, words) & mask
        if (cursors.some((cursor) => cursor.has(some, base, slot))) continue
        writer.add(some, base, slot)
        this.grown(1)
      }
      yield
    }
    if (writer.size > 0) this.#runs.push(writer.end())
    this.clear(found)
    if (this.#runs.length >= MOST_RUNS) yield* this.#merge()
  }

  /** Takes over all states of another depot, without touching the space. */
  *takeOver(other: Depot): Generator<void> {
    const { words } = this.space
    for (const [at, { ranges }] of other.levels.entries()) {
      this.beginLevel(ranges)
      for (const piece of other.pieces(at + 1, TAKEN)) {
        this.#log.append(new Uint8Array(piece.buffer, 0, piece.byteLength))
        this.grown(piece.length / words)
        this.#runs.push(this.#runOf(piece))
        if (this.#runs.length >= MOST_RUNS) yield* this.#merge()
        yield
      }
    }
  }

  #runOf(states: Int32Array): Run {
    const { words, mask } = this.#order
    const slots = Int32Array.from(
      { length: states.length / words },
      (_, at) => hashWords(states, at * words, words) & mask,
    )
    const order = [...slots.keys()].sort(
      (a, b) => slots[a] - slots[b] || compareStates(words, states, a * words, states, b * words),
    )
    const writer = new RunWriter(this.#order, new SpillFile(this.#dir), true)
    for (const at of order) writer.add(states, at * words, slots[at])
    return writer.end()
  }

  close(): void {
    for (const { own, file } of this.#runs) if (own) file.close()
    this.#log.close()
  }

  protected read(into: Int32Array, position: number): void {
    this.#log.read(new Uint8Array(into.buffer, into.byteOffset, into.byteLength), position * this.space.words * 4)
  }

  /** Merges the smaller half of the runs into one, so that each state is written again a few times in all. */
  *#merge(): Generator<void> {
    const bySize = [...this.#runs].sort((a, b) => a.size - b.size)
    const some = bySize.slice(0, MOST_RUNS / 2)
    const merged = yield* mergeRuns(this.#order, some, new SpillFile(this.#dir))
    for (const { own, file } of some) if (own) file.close()
    this.#runs = [...bySize.slice(MOST_RUNS / 2), merged]
  }

  #append(from: number, to: number): void {
    const { log, stride, words } = this.space
    const state = new Int32Array(words)
    const bytes = new Uint8Array(state.buffer)
    for (let id = from; id < to; id++) {
      for (let word = 0; word < words; word++) state[word] = log[id * stride + word]
      this.#log.append(bytes)
    }
    this.grown(to - from)
  }

  /** The numbers of the states of some ranges in the order of runs. */
  #sorted(found: readonly IdRange[]): Int32Array {
    const { table, log, stride, words } = this.space
    if (!this.few(found)) return table.subarray(0, sortTable(this.space))
    const ids = found.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at))
    const slots = new Map(ids.map((id) => [id, hashWords(log, id * stride, words) & this.#order.mask]))
    ids.sort((a, b) => slots.get(a)! - slots.get(b)! || compareStates(words, log, a * stride, log, b * stride))
    return Int32Array.from(ids)
  }
}

/** The numbers of all states of the table in the order of runs; they replace the entries at its beginning. */
function sortTable(space: Space): number {
  const { table, log, stride, words } = space
  const mask = table.length - 1
  // The slots that the hashes of the states select, from the beginning of the cluster that is read.
  let slots: number[] = []
  let [count, cluster] = [0, 0]
  const insert = (id: number, slot: number) => {
    let at = count
    for (; at > cluster; at--) {
      const before = slots[at - 1 - cluster]
      const order = before - slot || compareStates(words, log, table[at - 1] * stride, log, id * stride)
      if (order < 0) break
      table[at] = table[at - 1]
      slots[at - cluster] = before
    }
    table[at] = id
    slots[at - cluster] = slot
    count++
  }
  const wrapped: (readonly [number, number])[] = []
  for (let place = 0; place <= mask; place++) {
    const entry = table[place]
    if (entry === 0) {
      cluster = count
      slots = []
      continue
    }
    const id = entry & mask
    const slot = hashWords(log, id * stride, words) & mask
    // It belongs to the end of the table, which was full when it was entered.
    if (slot > place) wrapped.push([id, slot])
    else insert(id, slot)
  }
  for (const [id, slot] of wrapped) insert(id, slot)
  return count
}
