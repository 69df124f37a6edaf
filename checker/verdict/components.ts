/** Strongly connected components of a part of a graph (Tarjan 1972, without recursion). */
import type { Transitions } from './transitions.ts'

/** Working memory for one graph, so that many small parts of it can be searched one after the other. */
export interface Scratch {
  /** the order in which states were entered, 0 before */
  readonly index: Int32Array
  readonly low: Int32Array
  readonly cursor: Uint32Array
  /** states whose component is not finished, and the way from the root to the state at hand */
  readonly open: Int32Array
  readonly path: Int32Array
}

export const scratchFor = ({ size }: Transitions): Scratch => ({
  index: new Int32Array(size),
  low: new Int32Array(size),
  cursor: new Uint32Array(size),
  open: new Int32Array(size),
  path: new Int32Array(size),
})

const FINISHED = 0x7fffffff

/**
 * Calls `visit` with each component of those members whose `region` is `tag`, following only edges inside that region,
 * all of which must be members. A component may be a single state. It is given as the part of `states` from `from` to
 * `to - 1`, which is overwritten after the call; `visit` may change the region of these states.
 */
export function forEachComponent(
  { offsets, targets }: Transitions,
  { index, low, cursor, open, path }: Scratch,
  members: Int32Array,
  region: Int32Array,
  tag: number,
  visit: (states: Int32Array, from: number, to: number) => void,
): void {
  for (const id of members) index[id] = 0
  let [opened, depth, counter] = [0, 0, 0]
  for (const root of members) {
    if (region[root] !== tag || index[root] !== 0) continue
    let entering = root
    for (;;) {
      if (entering !== 0) {
        index[entering] = low[entering] = ++counter
        cursor[entering] = offsets[entering]
        open[opened++] = entering
        path[depth++] = entering
      }
      const id = path[depth - 1]
      const end = offsets[id + 1]
      let [at, lowest] = [cursor[id], low[id]]
      entering = 0
      while (at < end) {
        const next = targets[at++]
        if (region[next] !== tag) continue
        if (index[next] === 0) {
          entering = next
          break
        }
        // A state whose component is finished has an index above every open one.
        if (index[next] < lowest) lowest = index[next]
      }
      cursor[id] = at
      low[id] = lowest
      if (entering !== 0) continue
      depth--
      if (depth > 0 && lowest < low[path[depth - 1]]) low[path[depth - 1]] = lowest
      if (lowest === index[id]) {
        const end = opened
        do index[open[--opened]] = FINISHED
        while (open[opened] !== id)
        visit(open, opened, end)
      }
      if (depth === 0) break
    }
  }
}
