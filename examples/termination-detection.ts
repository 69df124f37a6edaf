/**
 * Termination detection as a problem (after EWD 840, whose algorithm solves it): active nodes wake others up and become idle
 * at will. When all are idle, that is found out sooner or later, and never before. By whom, and how, is left open.
 */
import {
  array,
  bool,
  choose,
  collection,
  forAll,
  invariant,
  leadsTo,
  model,
  type StateOf,
  when,
  withConstants,
} from '../checker/index.ts'

export const spec = withConstants({ N: 3 }, ({ N }) => {
  const node = collection('node', N)
  const state = { active: array(node, bool), detected: bool }
  const terminated = (s: StateOf<typeof state>) => s.active.every((active) => !active)
  return model(
    'TerminationDetection',
    { state },
    {
      init: (s) => {
        for (const n of node.values) s.active[n] = choose(s, bool)
        s.detected = choose(s, new Set([false, terminated(s)]))
      },
      actions: {
        // The last node to become idle may be the one to find it out.
        Terminate: forAll({ n: node }, (s, { n }) => {
          when(s.active[n])
          s.active[n] = false
          s.detected = choose(s, new Set([s.detected, terminated(s)]))
        }),
        WakeUp: forAll({ by: node, n: node }, (s, { by, n }) => {
          when(s.active[by])
          s.active[n] = true
        }),
        Detect: (s) => {
          when(terminated(s) && !s.detected)
          s.detected = true
        },
      },
      fairness: { weak: ['Detect'] },
      claims: [
        invariant('termination is detected only when it has happened', {
          name: 'safe',
          source: 'EWD 840, the problem',
          given: (s) => s.detected,
          holds: terminated,
        }),
        leadsTo('when all nodes are idle, that is detected', {
          name: 'live',
          source: 'EWD 840, the problem',
          from: terminated,
          holds: (s) => s.detected,
        }),
      ],
      deadlock: 'off',
    },
  )
})
