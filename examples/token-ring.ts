/**
 * The self-stabilising token ring (Dijkstra, EWD 426, 1974): every node compares its counter with that of the node before
 * it and so sees whether it holds a token. From any state whatever, one token remains in the end.
 */
import {
  array,
  choose,
  collection,
  forAll,
  invariant,
  model,
  range,
  type StateOf,
  stepClaim,
  when,
  withConstants,
} from '../checker/index.ts'
import type { Expected } from './expected.ts'

export const spec = withConstants({ N: 6, M: 6 }, ({ N, M }) => {
  const node = collection('node', N)
  const state = { counter: array(node, range(0, M - 1)) }
  const tokens = (s: StateOf<typeof state>) =>
    node.values.filter((n) => (n === 0 ? s.counter[0] === s.counter[N - 1] : s.counter[n] !== s.counter[n - 1])).length
  return model(
    'TokenRing',
    { state },
    {
      init: (s) => {
        for (const n of node.values) s.counter[n] = choose(s, range(0, M - 1))
      },
      actions: {
        CreateToken: (s) => {
          when(s.counter[0] === s.counter[N - 1])
          s.counter[0] = (s.counter[N - 1] + 1) % M
        },
        PassToken: forAll({ n: node }, (s, { n }) => {
          when(n !== 0 && s.counter[n] !== s.counter[n - 1])
          s.counter[n] = s.counter[n - 1]
        }),
      },
      claims: [
        invariant('some node holds a token', {
          name: 'token',
          source: 'EWD 426',
          holds: (s) => tokens(s) > 0,
        }),
        stepClaim('once there is one token, there is one for ever', {
          name: 'stable',
          source: 'EWD 426, the legitimate states',
          given: (before) => tokens(before) === 1,
          holds: (_before, after) => tokens(after) === 1,
        }),
      ],
      deadlock: 'off',
    },
  )
})

export const expected: readonly Expected[] = [
  {
    constants: { N: 6, M: 6 },
    distinct: 46656,
    generated: 248832,
    depth: 1,
    claims: { token: 'holds', stable: 'holds' },
  },
]
