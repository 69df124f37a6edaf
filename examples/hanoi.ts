/**
 * The Tower of Hanoi (Lucas, 1883): move all disks from the first tower to the last, one at a time, never a larger one
 * onto a smaller one. The invariant says that it cannot be done, so the counterexample is a shortest solution.
 */
import { array, collection, forAll, invariant, model, when, withConstants } from '../checker/index.ts'
import type { Expected } from './expected.ts'

export const spec = withConstants({ disks: 5, towers: 3 }, ({ disks, towers }) => {
  // Disks are numbered by size, the smallest first.
  const disk = collection('disk', disks)
  const tower = collection('tower', towers)
  return model(
    'Hanoi',
    { state: { on: array(disk, tower) } },
    {
      init: (s) => {
        s.on.fill(0)
      },
      actions: {
        Move: forAll({ d: disk, to: tower }, (s, { d, to }) => {
          const from = s.on[d]
          when(from !== to)
          when(s.on.every((where, other) => other >= d || (where !== from && where !== to)))
          s.on[d] = to
        }),
      },
      claims: [
        invariant('some disk is not on the last tower', {
          name: 'unsolved',
          source: 'the puzzle; false on purpose',
          holds: (s) => s.on.some((where) => where !== towers - 1),
        }),
      ],
    },
  )
})

export const expected: readonly Expected[] = [{ distinct: 243, claims: { unsolved: 32 } }]
