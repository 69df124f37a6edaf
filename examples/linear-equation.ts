/**
 * Solving ax + by = c, modulo 256, by counting x and y up in every order. One equation has a solution near the start; the
 * other has none, so that every pair of numbers is visited.
 */
import { model, range, reachable, withConstants } from '../checker/index.ts'
import type { Expected } from './expected.ts'

const SIZE = 256

export const spec = withConstants({ a: 2, b: 10, c: 14 }, ({ a, b, c }) =>
  model(
    'LinearEquation',
    { state: { x: range(0, SIZE - 1), y: range(0, SIZE - 1) } },
    {
      init: (s) => {
        s.x = 0
        s.y = 0
      },
      actions: {
        IncrementX: (s) => {
          s.x = (s.x + 1) % SIZE
        },
        IncrementY: (s) => {
          s.y = (s.y + 1) % SIZE
        },
      },
      claims: [
        reachable('the equation has a solution', {
          name: 'solvable',
          holds: (s) => (a * s.x + b * s.y) % SIZE === c,
        }),
      ],
      deadlock: 'off',
    },
  ),
)

export const expected: readonly Expected[] = [
  { constants: { a: 2, b: 10, c: 14 }, claims: { solvable: 'reached' } },
  { constants: { a: 2, b: 4, c: 7 }, distinct: 65536, claims: { solvable: 'unreached' } },
]
