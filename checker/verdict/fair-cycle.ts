/**
 * Fair cycles: an exact search over strongly connected components. A component can carry a fair cycle when every weak
 * requirement is disabled somewhere in it or taken on one of its edges, and every strong one is disabled everywhere in it
 * or taken. Where a strong requirement is enabled and not taken, the states that enable it are removed and the rest is
 * searched again (Emerson and Lei 1987; Streett emptiness). A step that leaves the state as it is is no edge of the
 * graph, so that it counts as neither enabled nor taken, and any single state is a component: behaviours may stutter.
 */

import { SpecError } from '../language/errors.ts'
import type { Requirement } from '../language/fairness.ts'
import { forEachComponent, scratchFor } from './components.ts'
import type { Transitions } from './transitions.ts'

/** The requirements of a model as bits, on instances and on states. */
export interface FairnessBits {
  readonly weak: number
  readonly strong: number
  /** for each instance, the requirements that its steps satisfy */
  readonly ofInstance: Int32Array
  /** for each state, the requirements that have an enabled step there */
  readonly enabled: Int32Array
}

/** As many as there are bits in a small integer of V8. */
export const MOST_REQUIREMENTS = 30

/** Computes the bits. Throws a SpecError when the model has more requirements than fit. */
export function fairnessBits(
  requirements: readonly Requirement[],
  instances: number,
  graph: Transitions,
): FairnessBits {
  if (requirements.length > MOST_REQUIREMENTS) {
    throw new SpecError(
      `the model has ${requirements.length} fairness requirements`,
      `at most ${MOST_REQUIREMENTS} can be checked together`,
      'join some of them with { anyOf: [...] }, or require fairness of fewer steps',
    )
  }
  const bitsOf = (strength: Requirement['strength']) =>
    requirements.reduce((bits, each, at) => (each.strength === strength ? bits | (1 << at) : bits), 0)
  const ofInstance = new Int32Array(instances)
  requirements.forEach(({ counts }, at) => {
    counts.forEach((counted, instance) => {
      if (counted) ofInstance[instance] |= 1 << at
    })
  })
  const enabled = new Int32Array(graph.size)
  for (const id of graph.states) {
    let bits = 0
    for (let edge = graph.offsets[id]; edge < graph.offsets[id + 1]; edge++) bits |= ofInstance[graph.instances[edge]]
    enabled[id] = bits
  }
  return { weak: bitsOf('weak'), strong: bitsOf('strong'), ofInstance, enabled }
}

/** A strongly connected set of states through all of which a fair cycle leads. */
export interface FairComponent {
  /** its states are those from `from` to `to - 1`; overwritten after the visit */
  readonly states: Int32Array
  readonly from: number
  readonly to: number
  /** requirements whose steps the cycle must take, or (weak ones only) whose disabled states it may pass instead */
  readonly needs: number
}

/**
 * Calls `visit` with components of the region (states where `region` is 1) that carry a fair cycle; together they are all
 * states that lie on one. The region is used up.
 */
export function forEachFairComponent(
  graph: Transitions,
  bits: FairnessBits,
  region: Int32Array,
  visit: (component: FairComponent) => void,
): void {
  const { weak, strong, enabled, ofInstance } = bits
  const { offsets, targets, instances } = graph
  const work: { members: Int32Array; tag: number }[] = [{ members: graph.states, tag: 1 }]
  const scratch = scratchFor(graph)
  // Components are told apart by tags: those that are done with are negative.
  let tags = 1
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    forEachComponent(graph, scratch, item.members, region, item.tag, (states, from, to) => {
      const mark = -++tags
      for (let at = from; at < to; at++) region[states[at]] = mark
      let [everywhere, somewhere, taken] = [-1, 0, 0]
      for (let at = from; at < to; at++) {
        const id = states[at]
        everywhere &= enabled[id]
        somewhere |= enabled[id]
        if (to - from === 1) break
        for (let edge = offsets[id]; edge < offsets[id + 1]; edge++) {
          if (region[targets[edge]] === mark) taken |= ofInstance[instances[edge]]
        }
      }
      if ((weak & everywhere & ~taken) !== 0) return
      const starved = strong & somewhere & ~taken
      if (starved === 0) {
        visit({ states, from, to, needs: weak | (strong & somewhere) })
        return
      }
      const rest = states.slice(from, to).filter((id) => (enabled[id] & starved) === 0)
      for (const id of rest) region[id] = -mark
      if (rest.length > 0) work.push({ members: rest, tag: -mark })
    })
  }
}
