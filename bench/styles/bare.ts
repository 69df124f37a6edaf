/** The model of `readable.ts` with nothing but integers: 0 working, 1 prepared, 2 committed, 3 aborted; sets as 0 and 1. */
import { array, collection, forAll, invariant, model, range, when, withConstants } from '../../checker/index.ts'

export const spec = withConstants({ RMs: 3 }, ({ RMs }) => {
  const rms = collection('rm', RMs)
  return model(
    'TwoPhase',
    {
      state: {
        rm: array(rms, range(0, 3)),
        tm: range(0, 2),
        tmPrepared: array(rms, range(0, 1)),
        prepared: array(rms, range(0, 1)),
        commit: range(0, 1),
        abort: range(0, 1),
      },
    },
    {
      init: (s) => {
        s.rm.fill(0)
        s.tm = 0
        s.tmPrepared.fill(0)
        s.prepared.fill(0)
        s.commit = 0
        s.abort = 0
      },
      actions: {
        Prepare: forAll({ r: rms }, (s, { r }) => {
          when(s.rm[r] === 0)
          s.rm[r] = 1
          s.prepared[r] = 1
        }),
        Abort: forAll({ r: rms }, (s, { r }) => {
          when(s.rm[r] === 0)
          s.rm[r] = 3
        }),
        HearCommit: forAll({ r: rms }, (s, { r }) => {
          when(s.commit === 1)
          s.rm[r] = 2
        }),
        HearAbort: forAll({ r: rms }, (s, { r }) => {
          when(s.abort === 1)
          s.rm[r] = 3
        }),
        HearPrepared: forAll({ r: rms }, (s, { r }) => {
          when(s.tm === 0 && s.prepared[r] === 1)
          s.tmPrepared[r] = 1
        }),
        DecideCommit: (s) => {
          when(s.tm === 0 && rms.values.every((r) => s.tmPrepared[r] === 1))
          s.tm = 1
          s.commit = 1
        },
        DecideAbort: (s) => {
          when(s.tm === 0)
          s.tm = 2
          s.abort = 1
        },
      },
      claims: [
        invariant('no two resource managers decide differently', {
          over: { a: rms, b: rms },
          holds: (s, { a, b }) => !(s.rm[a] === 2 && s.rm[b] === 3),
        }),
      ],
      deadlock: 'off',
    },
  )
})
