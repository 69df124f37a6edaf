/**
 * The dining philosophers with clean and dirty forks (Chandy and Misra, "The Drinking Philosophers Problem", 1984): eating
 * makes forks dirty; a dirty fork is washed and handed to the neighbour, a clean one is kept until its holder has eaten.
 */
import {
  alwaysEventually,
  array,
  bool,
  collection,
  type Fairness,
  invariant,
  model,
  process,
  record,
  step,
  withConstants,
} from '../checker/index.ts'
import type { Expected } from './expected.ts'

const tableWith = (fairness: Fairness) =>
  withConstants({ philosophers: 5 }, ({ philosophers }) => {
    // Philosopher p sits between the forks p and p + 1.
    const seat = collection('philosopher', philosophers)
    const right = (p: number) => (p + 1) % philosophers
    const left = (p: number) => (p + philosophers - 1) % philosophers
    const shared = { fork: array(seat, record({ holder: seat, clean: bool })) }
    const philosopher = process(
      shared,
      { locals: { hungry: bool }, start: { hungry: true }, over: seat },
      {
        'share forks': step('one turn of the loop', (s, me) => {
          const [mine, next] = [s.fork[me.id], s.fork[right(me.id)]]
          const mayEat = [mine, next].every((fork) => fork.holder === me.id && fork.clean)
          if (mine.holder === me.id && !mine.clean) s.fork[me.id] = { holder: left(me.id), clean: true }
          else if (next.holder === me.id && !next.clean) s.fork[right(me.id)] = { holder: right(me.id), clean: true }
          if (!me.hungry) return 'think'
          return mayEat ? 'eat' : 'share forks'
        }),
        eat: step('eating', (s, me) => {
          me.hungry = false
          s.fork[me.id].clean = false
          s.fork[right(me.id)].clean = false
          return 'share forks'
        }),
        think: step('thinking', (_s, me) => {
          me.hungry = true
          return 'share forks'
        }),
      },
    )
    return model(
      'DiningPhilosophers',
      { state: shared, processes: { philosopher } },
      {
        init: (s) => {
          // Philosopher 0 starts with both of his forks, so that the forks do not go round in a circle.
          for (const f of seat.values) s.fork[f] = { holder: f === 1 ? 0 : f, clean: false }
        },
        claims: [
          invariant('neighbours do not eat at the same time', {
            name: 'exclusion',
            source: 'Chandy and Misra 1984',
            over: { p: seat },
            given: (s, { p }) => s.philosopher[p].pc === 'eat',
            holds: (s, { p }) => s.philosopher[left(p)].pc !== 'eat' && s.philosopher[right(p)].pc !== 'eat',
          }),
          alwaysEventually('nobody starves', {
            name: 'served',
            source: 'Chandy and Misra 1984',
            over: { p: seat },
            holds: (s, { p }) => !s.philosopher[p].hungry,
          }),
        ],
        fairness,
      },
    )
  })

/** No philosopher stops for ever. */
export const spec = tableWith({ weak: ['philosopher'] })

/** Who eats may go on eating for ever. */
export const unfair = tableWith({ weak: ['philosopher: share forks', 'philosopher: think'] })

export const expected: readonly Expected[] = [
  {
    constants: { philosophers: 5 },
    distinct: 67,
    generated: 336,
    depth: 29,
    claims: { exclusion: 'holds', served: 'holds' },
  },
  { export: 'unfair', distinct: 67, claims: { exclusion: 'holds', served: 7 } },
]
