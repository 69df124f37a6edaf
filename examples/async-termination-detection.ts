/**
 * Termination detection with asynchronous messages, as a problem (after Dijkstra, EWD 998, 1987): a node that receives
 * wakes up, and nothing but a terminated system may be declared so. Who finds it out, and how, is left open.
 */
import {
  array,
  bool,
  choose,
  collection,
  forAll,
  invariant,
  model,
  range,
  type StateOf,
  stepClaim,
  when,
  withConstants,
} from '../checker/index.ts'
import type { Expected } from './expected.ts'

export const spec = withConstants({ N: 4, maxPending: 3 }, ({ N, maxPending }) => {
  const node = collection('node', N)
  // The states just beyond the constraint must exist to be rejected.
  const state = { active: array(node, bool), pending: array(node, range(0, maxPending + 1)), detected: bool }
  const terminated = (s: StateOf<typeof state>) => s.active.every((active, n) => !active && s.pending[n] === 0)
  return model(
    'AsyncTerminationDetection',
    { state },
    {
      init: (s) => {
        s.pending.fill(0)
        for (const n of node.values) s.active[n] = choose(s, bool)
        s.detected = choose(s, new Set([false, terminated(s)]))
      },
      actions: {
        Terminate: forAll({ n: node }, (s, { n }) => {
          when(s.active[n])
          s.active[n] = false
          s.detected = choose(s, new Set([s.detected, terminated(s)]))
        }),
        SendMsg: forAll({ from: node, to: node }, (s, { from, to }) => {
          when(s.active[from])
          s.pending[to]++
        }),
        RcvMsg: forAll({ n: node }, (s, { n }) => {
          when(s.pending[n] > 0)
          s.pending[n]--
          s.active[n] = true
        }),
        DetectTermination: (s) => {
          when(terminated(s))
          s.detected = true
        },
      },
      constraint: (s) => s.pending.every((messages) => messages <= maxPending),
      claims: [
        invariant('termination is detected only when it has happened', {
          name: 'safe',
          source: 'EWD 998, the problem',
          given: (s) => s.detected,
          holds: terminated,
        }),
        stepClaim('a terminated system stays terminated', {
          name: 'quiescence',
          source: 'EWD 998, the problem',
          given: terminated,
          holds: (_before, after) => terminated(after),
        }),
      ],
    },
  )
})

export const expected: readonly Expected[] = [
  {
    constants: { N: 4, maxPending: 3 },
    distinct: 4097,
    generated: 53271,
    depth: 14,
    claims: { safe: 'holds', quiescence: 'holds' },
  },
]
