/**
 * Readers and writers (Courtois, Heymans and Parnas, 1971) with one queue for both: who comes first is served first, so
 * that a stream of readers cannot keep a writer waiting for ever.
 */
import {
  collection,
  forAll,
  invariant,
  model,
  oneOf,
  record,
  sequence,
  setOf,
  when,
  withConstants,
} from '../checker/index.ts'
import type { Expected } from './expected.ts'

export const spec = withConstants({ actors: 3 }, ({ actors }) => {
  const actor = collection('actor', actors)
  const request = record({ to: oneOf('read', 'write'), who: actor })
  return model(
    'ReadersWriters',
    {
      // Everybody waits at most once for each kind of access.
      state: { readers: setOf(actor), writers: setOf(actor), waiting: sequence(request, 2 * actors) },
    },
    {
      init: (s) => {
        s.readers = new Set()
        s.writers = new Set()
        s.waiting = []
      },
      actions: {
        Try: forAll({ who: actor, to: oneOf('read', 'write') }, (s, { who, to }) => {
          when(!s.waiting.some((request) => request.who === who && request.to === to))
          s.waiting.push({ to, who })
        }),
        Start: (s) => {
          when(s.writers.size === 0)
          const request = s.waiting.shift()
          when(request !== undefined)
          if (request.to === 'read') {
            s.readers.add(request.who)
          } else {
            when(s.readers.size === 0)
            s.writers.add(request.who)
          }
        },
        Stop: forAll({ who: actor }, (s, { who }) => {
          when(s.readers.has(who) || s.writers.has(who))
          if (s.readers.has(who)) s.readers.delete(who)
          else s.writers.delete(who)
        }),
      },
      claims: [
        invariant('a writer is alone', {
          name: 'exclusion',
          source: 'Courtois, Heymans and Parnas 1971',
          given: (s) => s.writers.size > 0,
          holds: { 'nobody reads': (s) => s.readers.size === 0, 'nobody else writes': (s) => s.writers.size === 1 },
        }),
      ],
    },
  )
})

export const expected: readonly Expected[] = [
  {
    constants: { actors: 3 },
    distinct: 21527,
    generated: 59674,
    depth: 13,
    claims: { exclusion: 'holds' },
  },
]
