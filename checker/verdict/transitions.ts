/** The edges of an explored graph, in flat arrays: what searches for cycles run on. */
import type { Search } from '../engine/search.ts'

export interface Transitions {
  /** states are numbered below this; some numbers may belong to no state */
  readonly size: number
  /** every state, in ascending order */
  readonly states: Int32Array
  /** the edges of state `id` are those from `offsets[id]` to `offsets[id + 1] - 1` */
  readonly offsets: Uint32Array
  readonly targets: Int32Array
  /** the instance that each edge is a step of */
  readonly instances: Uint16Array
}

/** Computes the edges of a search that was complete. Steps that the constraint rejects are no edges. */
export function transitionsOf(search: Search): Transitions {
  const { explorer, space, outcome } = search
  const ranges = search.levels.flat().sort((a, b) => a.from - b.from)
  const states = new Int32Array(outcome.distinct)
  let count = 0
  for (const { from, to } of ranges) for (let id = from; id < to; id++) states[count++] = id
  const size = count === 0 ? 1 : states[count - 1] + 1
  const offsets = new Uint32Array(size + 1)
  const targets = new Int32Array(outcome.generated)
  const instances = new Uint16Array(outcome.generated)
  let [edges, next] = [0, 0]
  for (const id of states) {
    while (next <= id) offsets[next++] = edges
    explorer.successors(id, (instance, out, at) => {
      targets[edges] = space.find(out, at)
      instances[edges++] = instance
    })
  }
  while (next <= size) offsets[next++] = edges
  return { size, states, offsets, targets, instances }
}
