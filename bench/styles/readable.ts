/**
 * Two-phase commit as one likes to write it: messages are matched by kind, guards leave by an exception, words are words. In
 * `bare.ts` the same model has nothing but integers. The benchmark compares the two: style must cost nothing.
 */
import { match } from 'ts-pattern'
import { array, collection, forAll, invariant, model, oneOf, setOf, when, withConstants } from '../../checker/index.ts'

type Manager = 'working' | 'prepared' | 'committed' | 'aborted'

/** What a resource manager becomes when it hears a decision. */
const obey = (decision: 'commit' | 'abort'): Manager =>
  match(decision)
    .with('commit', () => 'committed' as const)
    .with('abort', () => 'aborted' as const)
    .exhaustive()

/** Whether a manager may still choose. */
const isUndecided = (manager: Manager): boolean =>
  match(manager)
    .with('working', () => true)
    .with('prepared', 'committed', 'aborted', () => false)
    .exhaustive()

export const spec = withConstants({ RMs: 3 }, ({ RMs }) => {
  const rms = collection('rm', RMs)
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
        Prepare: forAll({ r: rms }, (s, { r }) => {
          when(isUndecided(s.rm[r]))
          s.rm[r] = 'prepared'
          s.prepared.add(r)
        }),
        Abort: forAll({ r: rms }, (s, { r }) => {
          when(isUndecided(s.rm[r]))
          s.rm[r] = obey('abort')
        }),
        HearCommit: forAll({ r: rms }, (s, { r }) => {
          when(s.decision.has('commit'))
          s.rm[r] = obey('commit')
        }),
        HearAbort: forAll({ r: rms }, (s, { r }) => {
          when(s.decision.has('abort'))
          s.rm[r] = obey('abort')
        }),
        HearPrepared: forAll({ r: rms }, (s, { r }) => {
          match(s.tm)
            .with('init', () => when(s.prepared.has(r)))
            .with('committed', 'aborted', () => when(false))
            .exhaustive()
          s.tmPrepared.add(r)
        }),
        DecideCommit: (s) => {
          when(s.tm === 'init' && rms.values.every((r) => s.tmPrepared.has(r)))
          s.tm = 'committed'
          s.decision.add('commit')
        },
        DecideAbort: (s) => {
          when(s.tm === 'init')
          s.tm = 'aborted'
          s.decision.add('abort')
        },
      },
      claims: [
        invariant('no two resource managers decide differently', {
          over: { a: rms, b: rms },
          holds: (s, { a, b }) => !(s.rm[a] === 'committed' && s.rm[b] === 'aborted'),
        }),
      ],
      deadlock: 'off',
    },
  )
})
