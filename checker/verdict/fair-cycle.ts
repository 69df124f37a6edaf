/**
 * Fair cycles: an exact search over strongly connected components. A component can carry a fair cycle when every weak
 * requirement is disabled somewhere in it or taken on one of its edges, and every strong one is disabled everywhere in it
 * or taken. Where a strong requirement is enabled and not taken, the states that enable it are removed and the rest is
 * searched again (Emerson and Lei 1987; Streett emptiness). A step that leaves the state as it is counts as neither
 * enabled nor taken, and any single state is a component: behaviours may stutter.
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

/** One bit is left for the goal of the cycle. */
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
  const strongBits = (strength: Requirement['strength']) =>
    requirements.reduce((bits, each, at) => (each.strength === strength ? bits | (1 << at) : bits), 0)
  const ofInstance = new Int32Array(instances)
  requirements.forEach(({ counts }, at) => {
    counts.forEach((counted, instance) => {
      if (counted) ofInstance[instance] |= 1 << at
    })
  })
  const enabled = new Int32Array(graph.size)
  for (const id of graph.states) {
    for (let edge = graph.offsets[id]; edge < graph.offsets[id + 1]; edge++) {
      if (graph.targets[edge] !== id) enabled[id] |= ofInstance[graph.instances[edge]]
    }
  }
  return { weak: strongBits('weak'), strong: strongBits('strong'), ofInstance, enabled }
}

/** A component with a fair cycle through all that `needs` asks for. */
export interface FairComponent {
  readonly states: Int32Array
  /** requirements whose steps the cycle must take, or (weak ones only) whose disabled states it may pass instead */
  readonly needs: number
}

/**
 * Calls `visit` with components of the region (states where `region` is 1) that carry a fair cycle. Where `goal` is given,
 * the cycle must also pass a state that satisfies it. The region is used up.
 */
export function forEachFairComponent(
  graph: Transitions,
  bits: FairnessBits,
  region: Int32Array,
  goal: ((id: number) => boolean) | null,
  visit: (component: FairComponent) => void,
): void {
  const work: { members: Int32Array; tag: number }[] = [{ members: graph.states, tag: 1 }]
  const scratch = scratchFor(graph)
  let tags = 1
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    const { members, tag } = item
    forEachComponent(graph, scratch, members, region, tag, (component) => {
      const mark = ++tags
      for (const id of component) region[id] = -mark
      const { everywhere, somewhere, taken } = survey(graph, bits, region, -mark, component)
      if ((bits.weak & everywhere & ~taken) !== 0 || (goal !== null && !component.some(goal))) return
      const starved = bits.strong & somewhere & ~taken
      if (starved === 0) {
        visit({ states: component, needs: bits.weak | (bits.strong & somewhere) })
        return
      }
      const rest = component.filter((id) => (bits.enabled[id] & starved) === 0)
      for (const id of rest) region[id] = mark
      if (rest.length > 0) work.push({ members: rest, tag: mark })
    })
  }
}

/** Which requirements are enabled in every state of a component, in some state, and taken on some edge inside it. */
function survey(graph: Transitions, bits: FairnessBits, region: Int32Array, tag: number, component: Int32Array) {
  let [everywhere, somewhere, taken] = [-1, 0, 0]
  for (const id of component) {
    everywhere &= bits.enabled[id]
    somewhere |= bits.enabled[id]
    for (let edge = graph.offsets[id]; edge < graph.offsets[id + 1]; edge++) {
      const target = graph.targets[edge]
      if (target !== id && region[target] === tag) taken |= bits.ofInstance[graph.instances[edge]]
    }
  }
  return { everywhere, somewhere, taken }
}
