/**
 * Threads that increment a shared counter by reading it and writing it back, without a lock: the classic lost update.
 * The invariant is what their author believed.
 */
import { collection, invariant, model, process, range, step, withConstants } from '../checker/index.ts'
import type { Expected } from './expected.ts'

export const spec = withConstants({ threads: 2, symmetric: false }, ({ threads, symmetric }) => {
  const shared = { counter: range(0, threads) }
  const thread = process(
    shared,
    { locals: { seen: range(0, threads - 1) }, start: { seen: 0 }, over: collection('thread', threads, { symmetric }) },
    {
      read: step('seen = counter', (s, me) => {
        me.seen = s.counter
        return 'write'
      }),
      write: step('counter = seen + 1', (s, me) => {
        s.counter = me.seen + 1
        return 'done'
      }),
    },
  )
  return model(
    'RacyIncrement',
    { state: shared, processes: { thread } },
    {
      init: (s) => {
        s.counter = 0
      },
      claims: [
        invariant('the counter is the number of threads that are done', {
          name: 'every increment counts',
          source: 'folklore; false on purpose',
          holds: (s) => s.counter === s.thread.filter((each) => each.pc === 'done').length,
        }),
      ],
    },
  )
})

export const expected: readonly Expected[] = [
  { constants: { threads: 2 }, distinct: 13, claims: { 'every increment counts': 5 } },
]
