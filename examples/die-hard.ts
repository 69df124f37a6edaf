/**
 * The water jug riddle of the film "Die Hard with a Vengeance" (1995): measure four gallons with a jug of three and a
 * jug of five. The invariant says that it cannot be done, so the counterexample is the solution.
 */
import { invariant, model, range, withConstants } from '../checker/index.ts'
import type { Expected } from './expected.ts'

export const spec = withConstants({ small: 3, big: 5, goal: 4 }, ({ small, big, goal }) =>
  model(
    'DieHard',
    { state: { small: range(0, small), big: range(0, big) } },
    {
      init: (s) => {
        s.small = 0
        s.big = 0
      },
      actions: {
        FillSmall: (s) => {
          s.small = small
        },
        FillBig: (s) => {
          s.big = big
        },
        EmptySmall: (s) => {
          s.small = 0
        },
        EmptyBig: (s) => {
          s.big = 0
        },
        PourSmallIntoBig: (s) => {
          const poured = Math.min(s.small, big - s.big)
          s.small -= poured
          s.big += poured
        },
        PourBigIntoSmall: (s) => {
          const poured = Math.min(s.big, small - s.small)
          s.big -= poured
          s.small += poured
        },
      },
      claims: [
        invariant('the big jug never holds the goal', {
          name: 'unsolved',
          source: 'the riddle; false on purpose',
          holds: (s) => s.big !== goal,
        }),
      ],
    },
  ),
)

export const expected: readonly Expected[] = [{ claims: { unsolved: 7 } }]
