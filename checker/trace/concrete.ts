/**
 * From a path of states that stand for orbits to a path of the model as it was written. Its first state is an initial
 * state as it is, because these are closed under renaming; from then on each step is one that the spec takes in the state
 * reached so far, into the orbit that comes next. The path stays as short as any. Among the steps that lead there one of
 * the same actor is preferred, but the fewest context switches are not promised: the same members may carry other names
 * in the best path to each orbit.
 */
import type { Search } from '../engine/search.ts'
import type { Path, Target } from './shortest.ts'

/** The same path with real states; null when no step leads on, which only a spec that breaks its symmetry brings about. */
export function concretePath(
  search: Pick<Search, 'model' | 'explorer' | 'space' | 'states'>,
  path: Path,
  target: Target | null,
): Path | null {
  const { model, explorer, space, states: found } = search
  const states = [path.states[0]]
  const instances: number[] = []
  for (let at = 1; at < path.states.length; at++) {
    const before = states[at - 1]
    const wanted = found.keyOf(path.states[at], 0)
    const last = at === 1 ? null : model.instances[instances[at - 2]].actor
    const onTarget = (out: Int32Array, base: number) =>
      target?.kind !== 'steps' || at < path.states.length - 1 || target.test(before, 0, out, base)
    let best: { rank: number; instance: number; words: Int32Array } | undefined
    explorer.successorsOf(before, 0, (instance, out, base) => {
      if (found.keyOf(out, base) !== wanted || !onTarget(out, base)) return
      const rank = last === null || model.instances[instance].actor === last ? 0 : 1
      if (best === undefined || rank < best.rank) best = { rank, instance, words: out.slice(base, base + space.words) }
    })
    if (best === undefined) return null
    states.push(best.words)
    instances.push(best.instance)
  }
  return { states, instances }
}
