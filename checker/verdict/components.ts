/** Strongly connected components of a part of a graph (Tarjan 1972, without recursion). */
import type { Transitions } from './transitions.ts'

/** Working memory for one graph, so that many small parts of it can be searched one after the other. */
export interface Scratch {
  readonly index: Int32Array
  readonly low: Int32Array
  readonly cursor: Uint32Array
}

export const scratchFor = ({ size }: Transitions): Scratch => ({
  index: new Int32Array(size),
  low: new Int32Array(size),
  cursor: new Uint32Array(size),
})

/**
 * Calls `visit` with each component of those members whose `region` is `tag`, following only edges inside that region,
 * all of which must be members. A component may be a single state without an edge to itself. The array is the caller's
 * to keep; `visit` may change the region of its states.
 */
export function forEachComponent(
  { offsets, targets }: Transitions,
  { index, low, cursor }: Scratch,
  members: Int32Array,
  region: Int32Array,
  tag: number,
  visit: (component: Int32Array) => void,
): void {
  for (const id of members) index[id] = 0
  const open: number[] = []
  const path: number[] = []
  let counter = 0
  const enter = (id: number) => {
    index[id] = low[id] = ++counter
    cursor[id] = offsets[id]
    open.push(id)
    path.push(id)
  }
  for (const root of members) {
    if (region[root] !== tag || index[root] !== 0) continue
    enter(root)
    while (path.length > 0) {
      const id = path[path.length - 1]
      if (cursor[id] < offsets[id + 1]) {
        const next = targets[cursor[id]++]
        if (region[next] !== tag) continue
        if (index[next] === 0) enter(next)
        // A state whose component is finished has an index above every open one.
        else if (index[next] < low[id]) low[id] = index[next]
        continue
      }
      path.pop()
      if (path.length > 0 && low[id] < low[path[path.length - 1]]) low[path[path.length - 1]] = low[id]
      if (low[id] !== index[id]) continue
      const component = open.splice(open.lastIndexOf(id))
      for (const member of component) index[member] = FINISHED
      visit(Int32Array.from(component))
    }
  }
}

const FINISHED = 0x7fffffff
