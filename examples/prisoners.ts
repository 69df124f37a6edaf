/**
 * The prisoners and the switches (a riddle of the radio show "Car Talk", solved there): prisoners are led one by one into
 * a room with two switches and must flip one. One of them counts, and says when everybody has been in the room.
 */
import {
  array,
  bool,
  choose,
  collection,
  eventually,
  type Fairness,
  forAll,
  invariant,
  model,
  range,
  withConstants,
} from '../checker/index.ts'
import type { Expected } from './expected.ts'

const prisonWith = (fairness: Fairness) =>
  withConstants({ prisoners: 4 }, ({ prisoners }) => {
    // All but the one who counts.
    const prisoner = collection('prisoner', prisoners - 1)
    const enough = 2 * prisoner.size
    return model(
      'Prisoners',
      {
        state: {
          signalUp: bool,
          otherUp: bool,
          /** how often each has put the signal up */
          signalled: array(prisoner, range(0, 2)),
          /** one more than twice each, when the signal was up at first */
          count: range(0, enough + 1),
        },
      },
      {
        init: (s) => {
          s.signalUp = choose(s, bool)
          s.otherUp = choose(s, bool)
          s.signalled.fill(0)
          s.count = 0
        },
        actions: {
          Count: (s) => {
            if (s.signalUp) {
              s.signalUp = false
              s.count++
            } else {
              s.otherUp = !s.otherUp
            }
          },
          Signal: forAll({ p: prisoner }, (s, { p }) => {
            if (!s.signalUp && s.signalled[p] < 2) {
              s.signalUp = true
              s.signalled[p]++
            } else {
              s.otherUp = !s.otherUp
            }
          }),
        },
        claims: [
          invariant('when the count is full, everybody has been in the room', {
            name: 'safe',
            source: 'the riddle',
            given: (s) => s.count >= enough,
            holds: (s) => s.signalled.every((times) => times > 0),
          }),
          invariant('the count is right but for the position of the switch at first', {
            name: 'count',
            source: 'the solution',
            holds: (s) => {
              const seen = s.signalled.reduce((sum, times) => sum + times, 0) - (s.signalUp ? 1 : 0)
              return s.count === seen || s.count === seen + 1
            },
          }),
          eventually('some day the count is full', {
            name: 'freed',
            source: 'the riddle',
            holds: (s) => s.count === enough,
          }),
        ],
        fairness,
      },
    )
  })

/** Nobody is left in his cell for ever. */
export const spec = prisonWith({ weak: ['Count', 'Signal'] })

/** Somebody is always led into the room, but it may be the same few every time. */
export const unfair = prisonWith({ weak: [{ anyOf: ['Count', 'Signal'] }] })

export const expected: readonly Expected[] = [
  {
    constants: { prisoners: 4 },
    distinct: 214,
    generated: 860,
    depth: 14,
    claims: { safe: 'holds', count: 'holds', freed: 'holds' },
  },
  { export: 'unfair', distinct: 214, claims: { safe: 'holds', count: 'holds', freed: 3 } },
]
