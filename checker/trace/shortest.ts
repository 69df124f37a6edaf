/**
 * The best trace to a set of states: shortest, and among the shortest the one with the fewest context switches. One pass
 * backwards over the levels finds the states from which a target can still be reached in time, with the least number of
 * switches for each actor that may step first (a 0-1 breadth-first search over (state, last actor), restricted to
 * shortest paths); one walk forwards picks the steps. Ties are broken by actor, action and state, never by the numbers
 * that a search happened to give to states, so the trace is the same for every number of threads.
 *
 * Under symmetry this is done on orbits and the path then made one of real states: still shortest, but a context switch
 * more than necessary may be in it.
 */
import type { Search } from '../engine/search.ts'
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
  | { readonly kind: 'states'; readonly level: number; readonly test: (id: number) => boolean }
  | {
      readonly kind: 'steps'
      readonly level: number
      readonly test: (before: Int32Array, base: number, out: Int32Array, at: number) => boolean
    }

/** Costs by actor, for the states of one level from which the target can be reached. */
type Reaching = Map<number, Uint16Array>

const NEVER = 0xffff

/** The best path to the target; null when nothing of that level satisfies it. */
export function bestPath(search: Search, target: Target): Path | null {
  const actors = actorsOf(search)
  const reaching = backwards(search, target, actors)
  if (reaching[0].size === 0) return null
  const path = forwards(search, target, actors, reaching)
  if (search.explorer.symmetry === null) return path
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

function* statesOf(search: Search, level: number): Iterable<number> {
  for (const { from, to } of search.levels[level - 1] ?? []) for (let id = from; id < to; id++) yield id
}

/** What is left to pay after `actor` has stepped into a state. */
function onwards(costs: Uint16Array, actor: number): number {
  let least = NEVER
  for (let next = 0; next < costs.length; next++) least = Math.min(least, costs[next] + (next === actor ? 0 : 1))
  return least
}

function backwards(search: Search, target: Target, actors: Actors): Reaching[] {
  const reaching: Reaching[] = Array.from({ length: target.level }, () => new Map())
  if (target.kind === 'states') {
    const free = new Uint16Array(0)
    for (const id of statesOf(search, target.level)) if (target.test(id)) reaching[target.level - 1].set(id, free)
  }
  for (let level = target.level - 1; level >= 1; level--) {
    for (const id of statesOf(search, level)) {
      let costs: Uint16Array | undefined
      forEachUsefulStep(search, target, reaching, level, id, (instance, _out, _at, next) => {
        costs ??= new Uint16Array(actors.count).fill(NEVER - 1)
        const actor = actors.of[instance]
        costs[actor] = Math.min(costs[actor], next === undefined || next.length === 0 ? 0 : onwards(next, actor))
      })
      if (costs !== undefined) reaching[level - 1].set(id, costs)
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
  id: number,
  visit: (instance: number, out: Int32Array, at: number, next: Uint16Array | undefined) => void,
): void {
  search.explorer.successors(id, (instance, out, at) => {
    if (target.kind === 'steps' && level === target.level - 1) {
      if (target.test(search.space.log, id * search.space.stride, out, at)) visit(instance, out, at, undefined)
      return
    }
    const next = reaching[level].get(search.explorer.idOf(out, at))
    if (next !== undefined) visit(instance, out, at, next)
  })
}

function forwards(search: Search, target: Target, actors: Actors, reaching: readonly Reaching[]): Path {
  const { words, log, stride } = search.space
  const copy = (source: Int32Array, at: number): Int32Array => source.slice(at, at + words)
  // The least costly initial state; among equals the one whose packed words come first.
  let [id] = [...reaching[0].keys()].sort(
    (a, b) =>
      least(reaching[0].get(a)!) - least(reaching[0].get(b)!) || compareWords(log, a * stride, log, b * stride, words),
  )
  const states: Int32Array[] = [copy(log, id * stride)]
  const instances: number[] = []
  let last = -1
  for (let level = 1; level < target.level; level++) {
    let best: { rank: readonly number[]; words: Int32Array; instance: number } | undefined
    forEachUsefulStep(search, target, reaching, level, id, (instance, out, at, next) => {
      const actor = actors.of[instance]
      const left = next === undefined || next.length === 0 ? 0 : onwards(next, actor)
      const change = last === -1 || actor === last ? 0 : 1
      const rank = [left + change, change, instance]
      const order =
        best === undefined ? -1 : compareRanks(rank, best.rank) || compareWords(out, at, best.words, 0, words)
      if (order < 0) best = { rank, words: copy(out, at), instance }
    })
    const step = best!
    states.push(step.words)
    instances.push(step.instance)
    last = actors.of[step.instance]
    id = search.explorer.idOf(step.words, 0)
  }
  return { states, instances }
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
