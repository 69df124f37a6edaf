/**
 * Sorted runs of packed states on disk: the ordered form in which a search that has outgrown its memory keeps what it
 * knows. States are ordered by the slot of the hash table that their hash selects, then by their words; so a table read
 * from its first slot to its last is nearly sorted already.
 */
import { hashWords } from './space.ts'
import type { SpillFile } from './spill-file.ts'

/** States that are read together; of each such block the order of the first is kept in memory. */
const BLOCK = 4096

/** Some states of a file, in order. */
export interface Run {
  readonly file: SpillFile
  /** where it begins, in bytes */
  readonly start: number
  /** states */
  readonly size: number
  /** the slot of the first state of each block */
  readonly fences: Int32Array
  /** nobody else uses the file */
  readonly own: boolean
}

/** How states of one search are ordered. */
export interface Order {
  readonly words: number
  /** of the hash table: selects the slot */
  readonly mask: number
}

/** Negative, zero or positive as the state at `a` comes before, is, or comes after the one at `b`. */
export function compareStates(words: number, left: Int32Array, a: number, right: Int32Array, b: number): number {
  for (let word = 0; word < words; word++) {
    const difference = left[a + word] - right[b + word]
    if (difference !== 0) return difference
  }
  return 0
}

/** Appends states, given in order, to a file; `end` answers the run that they make. */
export class RunWriter {
  readonly #file: SpillFile
  readonly #start: number
  readonly #own: boolean
  readonly #fences: number[] = []
  readonly #state: Int32Array
  readonly #bytes: Uint8Array
  size = 0

  constructor({ words }: Order, file: SpillFile, own: boolean) {
    this.#file = file
    this.#start = file.length
    this.#own = own
    this.#state = new Int32Array(words)
    this.#bytes = new Uint8Array(this.#state.buffer)
  }

  add(from: Int32Array, base: number, slot: number): void {
    for (let word = 0; word < this.#state.length; word++) this.#state[word] = from[base + word]
    if (this.size % BLOCK === 0) this.#fences.push(slot)
    this.#file.append(this.#bytes)
    this.size++
  }

  end(): Run {
    const { size } = this
    return { file: this.#file, start: this.#start, size, fences: Int32Array.from(this.#fences), own: this.#own }
  }
}

/** A place in a run, which only moves forwards. */
export class RunCursor {
  readonly words: Int32Array
  readonly #order: Order
  readonly #run: Run
  readonly #slots = new Int32Array(BLOCK)
  #block = -1
  #at = 0
  #end = 0

  constructor(order: Order, run: Run) {
    this.#order = order
    this.#run = run
    this.words = new Int32Array(BLOCK * order.words)
  }

  /** Where in `words` the state at this place begins. */
  get base(): number {
    return this.#at * this.#order.words
  }

  get slot(): number {
    return this.#slots[this.#at]
  }

  /** Goes to the first state; false when there is none. */
  begin(): boolean {
    return this.#run.size > 0 && this.#load(0)
  }

  /** Goes to the next state; false behind the last one. */
  next(): boolean {
    return ++this.#at < this.#end || this.#load(this.#block + 1)
  }

  /**
   * Tells whether the run has the state at `base`, whose slot is `slot`. States must be asked for in order; blocks in which
   * they cannot be are not read.
   */
  has(from: Int32Array, base: number, slot: number): boolean {
    const { fences } = this.#run
    let block = Math.max(0, this.#block)
    while (block + 1 < fences.length && fences[block + 1] < slot) block++
    if (block !== this.#block && !this.#load(block)) return false
    for (;;) {
      for (; this.#at < this.#end; this.#at++) {
        const order =
          this.#slots[this.#at] - slot || compareStates(this.#order.words, this.words, this.base, from, base)
        if (order === 0) return true
        if (order > 0) return false
      }
      if (this.#block + 1 >= fences.length || fences[this.#block + 1] > slot) return false
      this.#load(this.#block + 1)
    }
  }

  #load(block: number): boolean {
    const { words, mask } = this.#order
    const { file, start, size } = this.#run
    const count = Math.min(BLOCK, size - block * BLOCK)
    if (count <= 0) return false
    const bytes = count * words * 4
    file.read(new Uint8Array(this.words.buffer, 0, bytes), start + block * BLOCK * words * 4)
    for (let at = 0; at < count; at++) this.#slots[at] = hashWords(this.words, at * words, words) & mask
    this.#block = block
    this.#at = 0
    this.#end = count
    return true
  }
}

/** Writes the states of several runs, which have none in common, as one. Yields now and then. */
export function* mergeRuns(order: Order, runs: readonly Run[], file: SpillFile): Generator<void, Run> {
  const writer = new RunWriter(order, file, true)
  const cursors = runs.map((run) => new RunCursor(order, run)).filter((cursor) => cursor.begin())
  while (cursors.length > 0) {
    let least = 0
    for (let at = 1; at < cursors.length; at++) {
      const [a, b] = [cursors[at], cursors[least]]
      if ((a.slot - b.slot || compareStates(order.words, a.words, a.base, b.words, b.base)) < 0) least = at
    }
    const cursor = cursors[least]
    writer.add(cursor.words, cursor.base, cursor.slot)
    if (!cursor.next()) cursors.splice(least, 1)
    if (writer.size % BLOCK === 0) yield
  }
  return writer.end()
}
