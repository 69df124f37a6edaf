/** The edges of an explored graph, in flat arrays: what searches for cycles run on. */
import { compileExpand, type Expand } from '../engine/compile.ts'
import { type Effect, LARGEST_TABLE } from '../engine/rules.ts'
import type { Search } from '../engine/search.ts'
import { hashWords, type IdRange, type Space } from '../engine/space.ts'
import { forEachLeafAt } from '../engine/table.ts'

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

/** Successors that are looked up together. */
const BATCH = 256
/** Below this many states, generating code would take longer than it saves. */
const COMPILE_FROM = 2_000

/**
 * Computes the edges of a search that was complete. A step that the constraint rejects is no edge, and neither is one that
 * leaves the state as it is.
 */
export function transitionsOf(search: Search): Transitions {
  const { space, outcome, levels } = search
  const { log, stride, words } = space
  const states = statesIn(levels.flat(), outcome.distinct)
  const size = (states[states.length - 1] ?? 0) + 1
  const offsets = new Uint32Array(size + 1)
  // Memory that is never written costs nothing.
  const targets = new Int32Array(outcome.generated)
  const instances = new Int32Array(outcome.generated)
  const expanders = expandersOf(search)
  const warm = warmer(space)
  const ends: number[] = []
  let out = new Int32Array(4 * BATCH * stride)
  let [edges, next] = [0, 0]
  for (let first = 0; first < states.length; first += ends.length) {
    let n = 0
    ends.length = 0
    while (first + ends.length < states.length && n < BATCH * stride) {
      const id = states[first + ends.length]
      let end = n
      for (const expand of expanders) end = expand(log, id * stride, id, out, end)
      if (end > out.length) {
        // A typed array ignores what is written behind its end: enlarge it and do this state again.
        const larger = new Int32Array(2 * end)
        larger.set(out.subarray(0, n))
        out = larger
        continue
      }
      ends.push(end)
      n = end
    }
    warm(out, n)
    for (let state = 0, at = 0; state < ends.length; state++) {
      const id = states[first + state]
      while (next <= id) offsets[next++] = edges
      for (; at < ends[state]; at += stride) {
        // What the constraint rejects was not entered into the space.
        const target = space.find(out, at)
        if (target === 0 || target === id) continue
        // In the order of the model, in which generated code does not find them.
        const instance = out[at + words]
        let place = edges++
        for (; place > offsets[id] && instances[place - 1] > instance; place--) {
          targets[place] = targets[place - 1]
          instances[place] = instances[place - 1]
        }
        targets[place] = target
        instances[place] = instance
      }
    }
  }
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

/** Functions that append all successors of a state, each followed by the number of its instance. */
function expandersOf({ explorer, space, outcome }: Search): Expand[] {
  const { words } = space
  const tables = explorer.actions.map(({ table }) => table)
  const miss = (rule: number, source: Int32Array, base: number, _id: number, out: Int32Array, n: number): number => {
    let end = n
    const append = (effect: Effect | null) => {
      if (effect === null) return
      for (let at = 0; at < words; at++) out[end + at] = (source[base + at] & effect.and[at]) | effect.or[at]
      out[end + words] = rule
      end += words + 1
    }
    if (forEachLeafAt(tables[rule].root, source, base, ({ result }) => append(result))) return end
    end = n
    const learn = tables[rule].leaves < LARGEST_TABLE
    explorer.teacher.act(explorer.actions[rule], rule, source, base, learn, append)
    return end
  }
  if (outcome.distinct >= COMPILE_FROM) return compileExpand(tables, words, { miss }, 'rule')
  return tables.map(
    (_, rule): Expand =>
      (source, base, id, out, n) =>
        miss(rule, source, base, id, out, n),
  )
}

/**
 * Loads what the search for some states will look at, in loops that do nothing else, so that the processor has many cache
 * misses under way at once.
 */
function warmer(space: Space): (states: Int32Array, n: number) => void {
  let hashes = new Int32Array(0)
  return (states, n) => {
    const { table, log, stride, words } = space
    const mask = table.length - 1
    if (hashes.length < n / stride) hashes = new Int32Array(n)
    let [count, touched] = [0, 0]
    for (let at = 0; at < n; at += stride) hashes[count++] = hashWords(states, at, words)
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
