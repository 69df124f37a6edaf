/** The edges of an explored graph, in flat arrays: what searches for cycles run on. */
import type { Search } from '../engine/search.ts'
import { hashWords, type IdRange, type Space } from '../engine/space.ts'

export interface Transitions {
  /** states are numbered below this; some numbers may belong to no state */
  readonly size: number
  /** every state, in ascending order */
  readonly states: Int32Array
  /** the edges of state `id` are those from `offsets[id]` to `offsets[id + 1] - 1`, in the order of their instances */
  readonly offsets: Uint32Array
  readonly targets: Int32Array
  /** the instance that each edge is a step of */
  readonly instances: Int32Array
}

const BATCH = 256

/**
 * Computes the edges of a search that was complete. A step that the constraint rejects is no edge, and neither is one that
 * leaves the state as it is.
 */
export function transitionsOf(search: Search): Transitions {
  const { space, outcome, levels } = search
  const { words } = space
  const states = statesIn(levels.flat(), outcome.distinct)
  const size = (states[states.length - 1] ?? 0) + 1
  const offsets = new Uint32Array(size + 1)
  // Memory that is never written costs nothing.
  const targets = new Int32Array(outcome.generated)
  const instances = new Int32Array(outcome.generated)
  const warm = warmer(space)
  let [edges, next] = [0, 0]
  const { explorer } = search
  const gathered = new Gathered(words)
  const enter = () => {
    warm(gathered.states, gathered.count * words)
    for (let at = 0; at < gathered.count; at++) {
      const id = gathered.sources[at]
      while (next <= id) offsets[next++] = edges
      // What the constraint rejects was not entered into the space.
      const target = space.find(gathered.states, at * words)
      if (target === 0 || target === id) continue
      // In the order of the model, in which the kernel does not find them.
      const instance = gathered.instances[at]
      let place = edges++
      for (; place > offsets[id] && instances[place - 1] > instance; place--) {
        targets[place] = targets[place - 1]
        instances[place] = instances[place - 1]
      }
      targets[place] = target
      instances[place] = instance
    }
    gathered.count = 0
  }
  for (const { from, to } of [...levels.flat()].sort((a, b) => a.from - b.from)) {
    explorer.forEachSuccessor(from, to - from, (state, instance, out, at) => {
      gathered.add(state, instance, out, at)
      if (gathered.count === BATCH) enter()
    })
  }
  enter()
  while (next <= size) offsets[next++] = edges
  return { size, states, offsets, targets, instances }
}

function statesIn(ranges: readonly IdRange[], count: number): Int32Array {
  const states = new Int32Array(count)
  let at = 0
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from))
    for (let id = from; id < to; id++) states[at++] = id
  return states
}

/** Successors that are looked up together. */
class Gathered {
  count = 0
  readonly states: Int32Array
  readonly sources = new Int32Array(BATCH)
  readonly instances = new Int32Array(BATCH)
  readonly #words: number

  constructor(words: number) {
    this.#words = words
    this.states = new Int32Array(BATCH * words)
  }

  add(source: number, instance: number, out: Int32Array, at: number): void {
    for (let word = 0; word < this.#words; word++) this.states[this.count * this.#words + word] = out[at + word]
    this.sources[this.count] = source
    this.instances[this.count++] = instance
  }
}

/**
 * Loads what the search for some states will look at, in loops that do nothing else, so that the processor has many cache
 * misses under way at once.
 */
function warmer(space: Space): (states: Int32Array, n: number) => void {
  const hashes = new Int32Array(BATCH)
  return (states, n) => {
    const { table, log, stride, words } = space
    const mask = table.length - 1
    let [count, touched] = [0, 0]
    for (let at = 0; at < n; at += words) hashes[count++] = hashWords(states, at, words)
    for (let at = 0; at < count; at++) touched ^= table[hashes[at] & mask]
    for (let at = 0; at < count; at++) {
      const hash = hashes[at]
      let slot = hash & mask
      while (table[slot] !== 0 && ((table[slot] ^ hash) & ~mask) !== 0) slot = (slot + 1) & mask
      touched ^= log[(table[slot] & mask) * stride]
    }
    space.touched = touched
  }
}
