/**
 * The best trace to a set of states: shortest, and among the shortest the one with the fewest context switches. One pass
 * backwards over the levels finds the states from which a target can still be reached in time, with the least number of
 * switches for each actor that may step first (a 0-1 breadth-first search over (state, last actor), restricted to
 * shortest paths); one walk forwards picks the steps. Ties are broken by actor, action and state, never by the numbers
 * that a search happened to give to states, so the trace is the same for every number of threads.
 *
 * Where too many states can still reach the target, some shortest trace has to do. Under symmetry all this is done on orbits and the path then made one of real states: still shortest, but a context switch
 * more than necessary may be in it.
 */
import type { Search } from '../engine/search.ts'
import type { StateKey, StatePlace } from '../engine/states.ts'
import { brokenSymmetry } from '../engine/symmetry-audit.ts'
import { concretePath } from './concrete.ts'

export interface Path {
  /** packed words of the states, the initial one first */
  readonly states: readonly Int32Array[]
  /** the instance that leads from each state to the next */
  readonly instances: readonly number[]
}

/** What a trace is to lead to: some states of a level, or some steps from the level before it. */
export type Target =
  | { readonly kind: 'states'; readonly level: number; readonly test: (words: Int32Array, base: number) => boolean }
  | {
      readonly kind: 'steps'
      readonly level: number
      readonly test: (before: Int32Array, base: number, out: Int32Array, at: number) => boolean
    }

/** Costs by actor, for the states of one level from which the target can be reached. */
type Reaching = Map<StateKey, Uint16Array>

const NEVER = 0xffff
/** States that are remembered as reaching the target; more would not fit the heap. */
const LARGEST_REACHING = 2_000_000

/**
 * The best path to the target; null when nothing of that level satisfies it. With more than `largest` states that can
 * reach it, a shortest path that may have more context switches.
 */
export function bestPath(search: Search, target: Target, largest = LARGEST_REACHING): Path | null {
  const actors = actorsOf(search)
  const reaching = backwards(search, target, actors, largest)
  if (reaching !== null && reaching[0].size === 0) return null
  const path = reaching === null ? somePath(search, target) : forwards(search, target, actors, reaching)
  if (path === null || search.explorer.symmetry === null) return path
  const concrete = concretePath(search, path, target)
  if (concrete === null) throw brokenSymmetry(search.model)
  return concrete
}

interface Actors {
  readonly count: number
  /** the actor of each instance, as a number */
  readonly of: readonly number[]
}

function actorsOf(search: Search): Actors {
  const names = [...new Set(search.model.instances.map(({ actor }) => actor))]
  return { count: names.length, of: search.model.instances.map(({ actor }) => names.indexOf(actor)) }
}

/** What is left to pay after `actor` has stepped into a state. */
function onwards(costs: Uint16Array, actor: number): number {
  let least = NEVER
  for (let next = 0; next < costs.length; next++) least = Math.min(least, costs[next] + (next === actor ? 0 : 1))
  return least
}

/** For each level the states that can reach the target; null when these are too many to remember. */
function backwards(search: Search, target: Target, actors: Actors, largest: number): Reaching[] | null {
  const { states } = search
  const reaching: Reaching[] = Array.from({ length: target.level }, () => new Map())
  let room = largest
  if (target.kind === 'states') {
    const free = new Uint16Array(0)
    for (const { words, base } of states.each(target.level)) {
      if (!target.test(words, base)) continue
      if (room-- === 0) return null
      reaching[target.level - 1].set(states.keyOf(words, base), free)
    }
  }
  for (let level = target.level - 1; level >= 1; level--) {
    for (const place of states.each(level)) {
      let costs: Uint16Array | undefined
      forEachUsefulStep(search, target, reaching, level, place, (instance, _out, _at, next) => {
        costs ??= new Uint16Array(actors.count).fill(NEVER - 1)
        const actor = actors.of[instance]
        costs[actor] = Math.min(costs[actor], next === undefined || next.length === 0 ? 0 : onwards(next, actor))
      })
      if (costs === undefined) continue
      if (room-- === 0) return null
      reaching[level - 1].set(states.keyOf(place.words, place.base), costs)
    }
  }
  return reaching
}

/** The steps from a state of a level that can still reach the target, with the costs of the states they lead to. */
function forEachUsefulStep(
  search: Search,
  target: Target,
  reaching: readonly Reaching[],
  level: number,
  { words, base }: StatePlace,
  visit: (instance: number, out: Int32Array, at: number, next: Uint16Array | undefined) => void,
): void {
  const useful = (instance: number, out: Int32Array, at: number): void => {
    if (target.kind === 'steps' && level === target.level - 1) {
      if (target.test(words, base, out, at)) visit(instance, out, at, undefined)
      return
    }
    const next = reaching[level].get(search.states.keyOf(out, at))
    if (next !== undefined) visit(instance, out, at, next)
  }
  search.explorer.successorsOf(words, base, useful, search.fault !== null)
}

function forwards(search: Search, target: Target, actors: Actors, reaching: readonly Reaching[]): Path {
  const { states } = search
  const { words } = search.space
  // The least costly initial state; among equals the one whose packed words come first.
  const [first] = [...reaching[0]]
    .map(([key, costs]) => ({ cost: least(costs), words: states.wordsOf(key) }))
    .sort((a, b) => a.cost - b.cost || compareWords(a.words, 0, b.words, 0, words))
  const path: Int32Array[] = [first.words]
  const instances: number[] = []
  let last = -1
  let at: StatePlace = { words: first.words, base: 0 }
  for (let level = 1; level < target.level; level++) {
    let best: { rank: readonly number[]; words: Int32Array; instance: number } | undefined
    forEachUsefulStep(search, target, reaching, level, at, (instance, out, base, next) => {
      const actor = actors.of[instance]
      const left = next === undefined || next.length === 0 ? 0 : onwards(next, actor)
      const change = last === -1 || actor === last ? 0 : 1
      const rank = [left + change, change, instance]
      const order =
        best === undefined ? -1 : compareRanks(rank, best.rank) || compareWords(out, base, best.words, 0, words)
      if (order < 0) best = { rank, words: out.slice(base, base + words), instance }
    })
    const step = best!
    path.push(step.words)
    instances.push(step.instance)
    last = actors.of[step.instance]
    // The state that was found, which under symmetry only stands for the one stepped into.
    at = { words: states.wordsOf(states.keyOf(step.words, 0)), base: 0 }
  }
  return { states: path, instances }
}

/**
 * Some shortest path to the target, backwards from its end: of each level one state is remembered, the one whose words
 * come first among those with a step to the state after it.
 */
function somePath(search: Search, target: Target): Path | null {
  const { states, explorer, space } = search
  const { words } = space
  const path: Int32Array[] = []
  const instances: number[] = []
  let next: Int32Array | null = null
  if (target.kind === 'states') {
    for (const place of states.each(target.level)) {
      if (next !== null && compareWords(place.words, place.base, next, 0, words) >= 0) continue
      if (target.test(place.words, place.base)) next = place.words.slice(place.base, place.base + words)
    }
    if (next === null) return null
    path.unshift(next)
  }
  for (let level = target.level - 1; level >= 1; level--) {
    const wanted = next === null ? null : states.keyOf(next, 0)
    let best: { words: Int32Array; instance: number; after: Int32Array } | null = null
    for (const place of states.each(level)) {
      if (best !== null && compareWords(place.words, place.base, best.words, 0, words) >= 0) continue
      let step: { instance: number; after: Int32Array } | null = null
      const visit = (instance: number, out: Int32Array, at: number): void => {
        if (step !== null) return
        const fits =
          wanted === null && target.kind === 'steps'
            ? target.test(place.words, place.base, out, at)
            : states.keyOf(out, at) === wanted
        if (fits) step = { instance, after: out.slice(at, at + words) }
      }
      explorer.successorsOf(place.words, place.base, visit, search.fault !== null)
      if (step === null) continue
      best = {
        words: place.words.slice(place.base, place.base + words),
        ...(step as { instance: number; after: Int32Array }),
      }
    }
    if (best === null) return null
    if (path.length === 0) path.unshift(best.after)
    path.unshift(best.words)
    instances.unshift(best.instance)
    next = best.words
  }
  return { states: path, instances }
}

function least(costs: Uint16Array): number {
  return costs.length === 0 ? 0 : Math.min(...costs)
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index])
  return at < 0 ? 0 : a[at] - b[at]
}

function compareWords(a: Int32Array, aBase: number, b: Int32Array, bBase: number, words: number): number {
  for (let at = 0; at < words; at++)
    if (a[aBase + at] !== b[bBase + at]) return (a[aBase + at] >>> 0) - (b[bBase + at] >>> 0)
  return 0
}
