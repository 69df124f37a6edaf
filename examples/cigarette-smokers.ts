/**
 * The cigarette smokers problem (Patil, 1971): a dealer offers all ingredients of a cigarette but one, and the smoker
 * who has an endless supply of the missing one takes them and smokes. When he has finished, the dealer offers again.
 */
import { choose, invariant, model, oneOf, setOf, when, withConstants } from '../checker/index.ts'
import type { Expected } from './expected.ts'

export const spec = withConstants({}, () => {
  // A smoker is named after the ingredient that he has.
  const ingredient = oneOf('matches', 'paper', 'tobacco')
  const offers = ingredient.values.map((missing) => ingredient.values.filter((each) => each !== missing))
  return model(
    'CigaretteSmokers',
    { state: { smoking: setOf(ingredient), offer: setOf(ingredient) } },
    {
      init: (s) => {
        s.smoking = new Set()
        s.offer = new Set(choose(s, offers))
      },
      actions: {
        StartSmoking: (s) => {
          when(s.offer.size > 0)
          s.smoking = new Set(ingredient.values.filter((each) => !s.offer.has(each)))
          s.offer.clear()
        },
        StopSmoking: (s) => {
          when(s.offer.size === 0)
          s.smoking.clear()
          s.offer = new Set(choose(s, offers))
        },
      },
      claims: [
        invariant('at most one smoker smokes', {
          name: 'one smoker',
          source: 'Patil 1971',
          holds: (s) => s.smoking.size <= 1,
        }),
      ],
    },
  )
})

export const expected: readonly Expected[] = [
  { distinct: 6, generated: 15, depth: 2, claims: { 'one smoker': 'holds' } },
]
