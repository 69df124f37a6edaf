/**
 * Termination detection on a ring (Dijkstra, Feijen and van Gasteren, EWD 840, 1983): node 0 sends a white token round
 * the ring, from the highest node down. When it comes back white to a white and idle node 0, every node is idle.
 */
import {
  array,
  bool,
  choose,
  collection,
  type Fairness,
  forAll,
  invariant,
  leadsTo,
  model,
  oneOf,
  refines,
  stepClaim,
  when,
  withConstants,
} from '../checker/index.ts'
import type { Expected } from './expected.ts'
import { spec as terminationDetection } from './termination-detection.ts'

const ringWith = (fairness: Fairness) =>
  withConstants({ N: 3 }, ({ N }) => {
    const node = collection('node', N)
    const color = oneOf('white', 'black')
    return model(
      'EWD840',
      { state: { active: array(node, bool), color: array(node, color), token: node, tokenColor: color } },
      {
        init: (s) => {
          for (const n of node.values) {
            s.active[n] = choose(s, bool)
            s.color[n] = choose(s, color)
          }
          s.token = choose(s, node)
          s.tokenColor = 'black'
        },
        actions: {
          // Two reasons for passing the token on are two steps, although they do the same: so the published counts have it.
          InitiateProbe: forAll({ because: oneOf('token is black', 'node is black') }, (s, { because }) => {
            when(s.token === 0)
            when(because === 'token is black' ? s.tokenColor === 'black' : s.color[0] === 'black')
            s.token = N - 1
            s.tokenColor = 'white'
            s.color[0] = 'white'
          }),
          PassToken: forAll(
            { n: node, because: oneOf('node is idle', 'node is black', 'token is black') },
            (s, { n, because }) => {
              when(n !== 0 && s.token === n)
              if (because === 'node is idle') when(!s.active[n])
              if (because === 'node is black') when(s.color[n] === 'black')
              if (because === 'token is black') when(s.tokenColor === 'black')
              s.token = n - 1
              if (s.color[n] === 'black') s.tokenColor = 'black'
              s.color[n] = 'white'
            },
          ),
          SendMsg: forAll({ from: node }, (s, { from }) => {
            when(s.active[from])
            const to = choose(
              s,
              node.values.filter((n) => n !== from),
            )
            s.active[to] = true
            if (to > from) s.color[from] = 'black'
          }),
          Deactivate: forAll({ n: node }, (s, { n }) => {
            when(s.active[n])
            s.active[n] = false
          }),
        },
        claims: [
          invariant('when node 0 detects termination, every node is idle', {
            name: 'detection',
            source: 'EWD 840',
            given: (s) => s.token === 0 && s.tokenColor === 'white' && s.color[0] === 'white' && !s.active[0],
            holds: (s) => s.active.every((active) => !active),
          }),
          invariant('every node that the token has passed is idle, or the round is inconclusive', {
            name: 'inductive',
            source: 'EWD 840, the invariant from which the algorithm is derived',
            holds: (s) =>
              s.tokenColor === 'black' ||
              s.active.every((active, n) => n <= s.token || !active) ||
              s.color.some((color, n) => n <= s.token && color === 'black'),
          }),
          stepClaim('once every node is idle, none becomes active again', {
            name: 'quiescence',
            source: 'EWD 840, the problem',
            given: (before) => before.active.every((active) => !active),
            holds: (_before, after) => after.active.every((active) => !active),
          }),
          leadsTo('termination is detected', {
            name: 'liveness',
            source: 'EWD 840, the problem',
            from: (s) => s.active.every((active) => !active),
            holds: (s) => s.token === 0 && s.tokenColor === 'white' && s.color[0] === 'white' && !s.active[0],
          }),
          refines('the ring detects termination', {
            name: 'refinement',
            source: 'EWD 840, the problem',
            abstract: terminationDetection.build({ N }),
            map: (s, a) => {
              a.active = s.active
              a.detected = s.token === 0 && s.tokenColor === 'white' && s.color[0] === 'white' && !s.active[0]
            },
          }),
        ],
        fairness,
        deadlock: 'off',
      },
    )
  })

/** The token moves on when it can; nodes may work as long as they like. */
export const spec = ringWith({ weak: [{ anyOf: ['InitiateProbe', 'PassToken'] }] })

/** Node 0 does its duty, but another one may keep the token. */
export const unfair = ringWith({ weak: [{ anyOf: ['InitiateProbe'] }] })

export const expected: readonly Expected[] = [
  {
    constants: { N: 3 },
    distinct: 302,
    generated: 2001,
    depth: 9,
    claims: { detection: 'holds', inductive: 'holds', quiescence: 'holds', liveness: 'holds', refinement: 'holds' },
  },
  {
    export: 'unfair',
    distinct: 302,
    claims: { detection: 'holds', inductive: 'holds', quiescence: 'holds', liveness: 1, refinement: 1 },
  },
]
