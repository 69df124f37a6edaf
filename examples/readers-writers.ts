/**
 * Readers and writers (Courtois, Heymans and Parnas, 1971) with one queue for both: who comes first is served first, so
 * that a stream of readers cannot keep a writer waiting for ever.
 */
import {
  alwaysEventually,
  collection,
  type Fairness,
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

const queueWith = (fairness: Fairness) =>
  withConstants({ actors: 3 }, ({ actors }) => {
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
          alwaysEventually('everybody reads again and again', {
            name: 'reads',
            source: 'the queue is there for it',
            over: { who: actor },
            holds: (s, { who }) => s.readers.has(who),
          }),
          alwaysEventually('everybody writes again and again', {
            name: 'writes',
            source: 'the queue is there for it',
            over: { who: actor },
            holds: (s, { who }) => s.writers.has(who),
          }),
          alwaysEventually('nobody reads for ever', {
            name: 'stops reading',
            over: { who: actor },
            holds: (s, { who }) => !s.readers.has(who),
          }),
          alwaysEventually('nobody writes for ever', {
            name: 'stops writing',
            over: { who: actor },
            holds: (s, { who }) => !s.writers.has(who),
          }),
        ],
        fairness,
      },
    )
  })

/** Everybody tries again and again, and who is inside comes out: that somebody stops is one requirement for all. */
export const spec = queueWith({ weak: ['Try', 'Start', { anyOf: ['Stop'] }] })

/** Who is inside may stay there. */
export const unfair = queueWith({ weak: ['Try', 'Start'] })

export const expected: readonly Expected[] = [
  {
    constants: { actors: 3 },
    distinct: 21527,
    generated: 59674,
    depth: 13,
    claims: {
      exclusion: 'holds',
      reads: 'holds',
      writes: 'holds',
      'stops reading': 'holds',
      'stops writing': 'holds',
    },
  },
  {
    export: 'unfair',
    distinct: 21527,
    claims: { exclusion: 'holds', reads: 9, writes: 9, 'stops reading': 9, 'stops writing': 9 },
  },
]
