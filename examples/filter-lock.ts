/**
 * The filter lock (Peterson, "Myths About the Mutual Exclusion Problem", 1981) with at most one shared load or store per
 * step: a process climbs the levels, and waits at each while another one is as high and it is the last that came there.
 */
import { array, collection, invariant, model, process, range, step, withConstants } from '../checker/index.ts'
import type { Expected } from './expected.ts'

export const spec = withConstants({ processes: 3 }, ({ processes: N }) => {
  const procs = collection('p', N)
  const shared = {
    /** how high each process is; 0 outside */
    level: array(procs, range(0, N - 1)),
    /** who came last to each level */
    victim: array(range(1, N - 1), procs),
  }
  const p = process(
    shared,
    { locals: { goal: range(0, N - 1), other: range(0, N) }, start: { goal: 0, other: 0 }, over: procs },
    {
      outside: step('goal = 1', (_s, me) => {
        me.goal = 1
        return 'rise'
      }),
      rise: step('level[me] = goal', (s, me) => {
        s.level[me.id] = me.goal
        return 'arrive'
      }),
      arrive: step('victim[goal] = me', (s, me) => {
        s.victim[me.goal] = me.id
        return 'scan'
      }),
      scan: step('for each other', (_s, me) => {
        if (me.other === N) {
          me.other = 0
          return 'next level'
        }
        if (me.other !== me.id) return 'read level'
        me.other++
        return 'scan'
      }),
      'read level': step('while level[other] >= goal', (s, me) => {
        if (s.level[me.other] >= me.goal) return 'read victim'
        me.other++
        return 'scan'
      }),
      'read victim': step('and victim[goal] == me', (s, me) => {
        if (s.victim[me.goal] !== me.id) me.other++
        return 'scan'
      }),
      'next level': step('goal++', (_s, me) => {
        if (me.goal === N - 1) {
          me.goal = 0
          return 'critical'
        }
        me.goal++
        return 'rise'
      }),
      critical: step('the critical section', () => 'leave'),
      leave: step('level[me] = 0', (s, me) => {
        s.level[me.id] = 0
        return 'outside'
      }),
    },
  )
  return model(
    'FilterLock',
    { state: shared, processes: { p } },
    {
      init: (s) => {
        s.level.fill(0)
        s.victim.fill(0)
      },
      claims: [
        invariant('at most one process is in the critical section', {
          name: 'exclusion',
          source: 'Peterson 1981',
          over: { a: procs, b: procs },
          given: (s, { a, b }) => a < b && s.p[a].pc === 'critical',
          holds: (s, { b }) => s.p[b].pc !== 'critical',
        }),
      ],
    },
  )
})

export const expected: readonly Expected[] = [
  { constants: { processes: 2 }, claims: { exclusion: 'holds' } },
  { constants: { processes: 3 }, distinct: 11681, generated: 35044, depth: 62, claims: { exclusion: 'holds' } },
  {
    constants: { processes: 4 },
    distinct: 1770742,
    generated: 7082969,
    depth: 149,
    claims: { exclusion: 'holds' },
    large: true,
  },
]
