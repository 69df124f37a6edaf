/**
 * Two-phase commit (Gray and Lamport, "Consensus on Transaction Commit", 2006): a transaction manager commits when every
 * resource manager has told it that it is prepared. Messages, once sent, stay sent.
 */

import { array, collection, forAll, invariant, model, oneOf, setOf, when, withConstants } from '../checker/index.ts'
import type { Expected } from './expected.ts'

export const spec = withConstants({ RMs: 3, symmetric: false }, ({ RMs, symmetric }) => {
  const rms = collection('rm', RMs, { symmetric })
  return model(
    'TwoPhase',
    {
      state: {
        rm: array(rms, oneOf('working', 'prepared', 'committed', 'aborted')),
        tm: oneOf('init', 'committed', 'aborted'),
        tmPrepared: setOf(rms),
        prepared: setOf(rms),
        decision: setOf(oneOf('commit', 'abort')),
      },
    },
    {
      init: (s) => {
        s.rm.fill('working')
        s.tm = 'init'
        s.tmPrepared = new Set()
        s.prepared = new Set()
        s.decision = new Set()
      },
      actions: {
        RMPrepare: forAll({ r: rms }, (s, { r }) => {
          when(s.rm[r] === 'working')
          s.rm[r] = 'prepared'
          s.prepared.add(r)
        }),
        RMChooseToAbort: forAll({ r: rms }, (s, { r }) => {
          when(s.rm[r] === 'working')
          s.rm[r] = 'aborted'
        }),
        RMReceiveCommit: forAll({ r: rms }, (s, { r }) => {
          when(s.decision.has('commit'))
          s.rm[r] = 'committed'
        }),
        RMReceiveAbort: forAll({ r: rms }, (s, { r }) => {
          when(s.decision.has('abort'))
          s.rm[r] = 'aborted'
        }),
        TMReceivePrepared: forAll({ r: rms }, (s, { r }) => {
          when(s.tm === 'init' && s.prepared.has(r))
          s.tmPrepared.add(r)
        }),
        TMCommit: (s) => {
          when(s.tm === 'init' && rms.values.every((r) => s.tmPrepared.has(r)))
          s.tm = 'committed'
          s.decision.add('commit')
        },
        TMAbort: (s) => {
          when(s.tm === 'init')
          s.tm = 'aborted'
          s.decision.add('abort')
        },
      },
      claims: [
        invariant('no two resource managers decide differently', {
          name: 'consistent',
          source: 'Gray and Lamport 2006, the definition of transaction commit',
          over: { a: rms, b: rms },
          holds: (s, { a, b }) => !(s.rm[a] === 'committed' && s.rm[b] === 'aborted'),
        }),
      ],
      deadlock: 'off',
    },
  )
})

export const expected: readonly Expected[] = [
  { constants: { RMs: 3 }, distinct: 288, generated: 1146, depth: 11, claims: { consistent: 'holds' } },
  { constants: { RMs: 5 }, distinct: 8832, claims: { consistent: 'holds' } },
  { constants: { RMs: 6 }, distinct: 50816, claims: { consistent: 'holds' }, large: true },
  { constants: { RMs: 7 }, distinct: 296448, generated: 2744706, claims: { consistent: 'holds' }, large: true },
  { constants: { RMs: 8 }, distinct: 1745408, generated: 18507778, claims: { consistent: 'holds' }, large: true },
]
