/**
 * The choice of a node by an interleaving policy (offset_il_node): the n-th node of the policy's mask, found by walking over
 * its bits. Up to v5.14 each look reads the mask of the policy itself; since v5.15 a copy of it, made first.
 */
import { match } from 'ts-pattern'
import { process, range, type StateOf, setOf, step } from '../checker/language/index.ts'
import type { Settings } from './switches/index.ts'

/** MAX_NUMNODES: one more than the largest node. */
export const MAX_NUMNODES = 4
const nodes = range(0, MAX_NUMNODES - 1)

/** A policy of a task, as far as its mask goes. */
export const policyState = { mask: setOf(nodes) }
export type PolicyState = StateOf<typeof policyState>

/** next_node: the first bit above a node, or MAX_NUMNODES. */
const bitFrom = (mask: PolicyState['mask'], from: number): number =>
  nodes.values.find((node) => node >= from && mask.has(node)) ?? MAX_NUMNODES

/** A task that chooses the node of page `n` of an object. */
export function interleaver({ settings, n }: { settings: Settings; n: number }) {
  const locals = {
    copy: setOf(nodes),
    nid: range(0, MAX_NUMNODES),
    left: range(0, MAX_NUMNODES - 1),
  }
  type Locals = StateOf<typeof locals>
  const maskOf = (s: PolicyState, me: Locals) =>
    match(settings['interleave-reads-mask'])
      .with('at-each-look', () => s.mask)
      .with('once', () => me.copy)
      .exhaustive()
  return process(
    policyState,
    { title: 'allocation (CPU 0)', locals, start: { copy: new Set<number>(), nid: 0, left: 0 } },
    {
      'read mask': step('mm/mempolicy.c: offset_il_node', (s, me) => {
        if (settings['interleave-reads-mask'] === 'once') me.copy = new Set(s.mask)
        return 'nodes_weight'
      }),
      nodes_weight: step('mm/mempolicy.c: offset_il_node', (s, me) => {
        me.left = n % maskOf(s, me).size
        return 'first_node'
      }),
      first_node: step('mm/mempolicy.c: offset_il_node', (s, me) => {
        me.nid = bitFrom(maskOf(s, me), 0)
        return me.left > 0 ? 'next_node' : 'alloc_pages'
      }),
      next_node: step('mm/mempolicy.c: offset_il_node', (s, me) => {
        me.nid = bitFrom(maskOf(s, me), me.nid + 1)
        me.left--
        return me.left > 0 ? 'next_node' : 'alloc_pages'
      }),
      alloc_pages: step('mm/mempolicy.c: alloc_page_interleave', () => 'done'),
    },
  )
}

/** A task that moves to another cpuset, whose nodes are `to`. */
export function cpusetRebind(to: readonly number[]) {
  return process(
    policyState,
    { title: 'cpuset (CPU 1)', locals: {}, start: {} },
    {
      mpol_rebind_task: step('mm/mempolicy.c: mpol_rebind_nodemask', (s) => {
        s.mask = new Set(to) as never
        return 'done'
      }),
    },
  )
}
