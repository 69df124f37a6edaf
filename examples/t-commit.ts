/**
 * Transaction commit (Gray and Lamport, "Consensus on Transaction Commit", 2006): what a commit protocol must achieve,
 * without saying how. A resource manager looks at all the others when it decides.
 */
import { array, collection, forAll, invariant, model, oneOf, when, withConstants } from '../checker/index.ts'
import type { Expected } from './expected.ts'

export const spec = withConstants({ RMs: 3 }, ({ RMs }) => {
  const rms = collection('rm', RMs)
  return model(
    'TCommit',
    { state: { rm: array(rms, oneOf('working', 'prepared', 'committed', 'aborted')) } },
    {
      init: (s) => {
        s.rm.fill('working')
      },
      actions: {
        Prepare: forAll({ r: rms }, (s, { r }) => {
          when(s.rm[r] === 'working')
          s.rm[r] = 'prepared'
        }),
        DecideCommit: forAll({ r: rms }, (s, { r }) => {
          when(s.rm[r] === 'prepared')
          when(s.rm.every((each) => each === 'prepared' || each === 'committed'))
          s.rm[r] = 'committed'
        }),
        DecideAbort: forAll({ r: rms }, (s, { r }) => {
          when(s.rm[r] === 'working' || s.rm[r] === 'prepared')
          when(!s.rm.includes('committed'))
          s.rm[r] = 'aborted'
        }),
      },
      claims: [
        invariant('no two resource managers decide differently', {
          name: 'consistent',
          source: 'Gray and Lamport 2006, the definition of transaction commit',
          holds: (s) => !(s.rm.includes('committed') && s.rm.includes('aborted')),
        }),
      ],
      deadlock: 'off',
    },
  )
})

export const expected: readonly Expected[] = [
  { distinct: 34, generated: 94, depth: 7, claims: { consistent: 'holds' } },
]
