/** From a lasso on the edges of a graph to the path that shows it: the stem, then once round the cycle. */
import type { Search } from '../engine/search.ts'
import type { Lasso } from '../verdict/lasso.ts'
import type { Transitions } from '../verdict/transitions.ts'
import type { Path } from './shortest.ts'

/** The path, whose last step leads back to the end of the stem; no step where the behaviour stays there for ever. */
export function lassoPath({ space }: Search, { targets, instances }: Transitions, lasso: Lasso): Path {
  const { stem, stemEdges, loopEdges } = lasso
  const ids = [...stem, ...loopEdges.map((edge) => targets[edge])]
  return {
    states: ids.map((id) => space.log.slice(id * space.stride, id * space.stride + space.words)),
    instances: [...stemEdges, ...loopEdges].map((edge) => instances[edge]),
  }
}
