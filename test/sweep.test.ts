/**
 * Scenarios on every kernel, not only on those that the matrix shows. Left to `npm run sweep` are the three in which single
 * calls of mbind in some two hundred situations are judged: their rows have every way in which mbind went about its work.
 * The outcome table, whose claims ask for the name of the kernel, is compared on every release in mbind-outcomes.test.ts.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import { scenarios } from '../invariants/verdicts/index.ts'
import * as offlineFails from '../invariants/verdicts/pinning/offline-fails.ts'
import { kernels } from '../spec/kernels.ts'
import { type Group, sweep } from './support/sweep.ts'
import { verdictsOf } from './support/verdicts.ts'

const ELSEWHERE = ['mbind-one-call', 'mbind-contract', 'mbind-twice', 'mbind-outcomes']

for (const scenario of scenarios.filter(({ name }) => !ELSEWHERE.includes(name)))
  test(`${scenario.name} on every kernel`, async () => {
    const differences: string[] = []
    let covered = 0
    for await (const group of sweep(scenario)) {
      differences.push(...group.differences)
      covered += group.kernels.length
    }
    assert.equal(differences, [])
    assert.ok(covered >= scenario.variants.length)
  })

const named = (wanted: string) => scenarios.find(({ name }) => name === wanted)!

const groupsOf = async (scenario: Parameters<typeof sweep>[0]): Promise<Group[]> => {
  const groups: Group[] = []
  for await (const group of sweep(scenario)) groups.push(group)
  return groups
}

test('an expectation that is wrong on a kernel between the rows is noticed', async () => {
  const scenario = named('offline-fails')
  const [claim] = Object.keys(scenario.expected('v6.9')!)
  const wrong = (kernel: string) => ({
    ...scenario.expected(kernel),
    ...(kernel === 'v6.9' && { [claim]: 'violated' as const }),
  })
  assert.not.ok(scenario.variants.includes('v6.9'))
  assert.not.equal(wrong('v6.9'), scenario.expected('v6.9'))
  const differences = (await groupsOf({ ...scenario, expected: wrong })).flatMap((group) => group.differences)
  assert.equal(differences, [`v6.9: '${claim}' is ${scenario.expected('v6.9')![claim]}, expected: violated`])
})

test('a claim that nobody makes, and one of which nothing is expected, are noticed', async () => {
  const scenario = named('memfd-pin-vs-memfd-pin')
  const renamed = (kernel: string) => {
    const [[first, verdict], ...others] = Object.entries(scenario.expected(kernel)!)
    return Object.fromEntries([[`${first}-else`, verdict], ...others])
  }
  const differences = (await groupsOf({ ...scenario, expected: renamed })).flatMap((group) => group.differences)
  assert.is(differences.length, 2 * kernels().length)
})

test('kernels of a group have the same graph and the same verdicts', async () => {
  for (const { checked, kernels: alike, states } of await groupsOf(named('offline-fails'))) {
    const first = verdictsOf(await check(offlineFails.build(checked, {}), { withoutTraces: true }))
    // Its ends, and one in between: the others lie between them.
    for (const kernel of new Set([alike[0], alike[alike.length >> 1], alike[alike.length - 1]])) {
      const verdict = await check(offlineFails.build(kernel, {}), { withoutTraces: true })
      assert.is(verdict.outcome.distinct, states, kernel)
      assert.equal(verdictsOf(verdict), first, kernel)
    }
  }
})

test('every kernel of which a scenario says something is in one group', async () => {
  const names = (await groupsOf(named('mlock-by-page'))).flatMap((group) => group.kernels)
  assert.is(new Set(names).size, names.length)
  const silent = kernels().filter(({ name }) => named('mlock-by-page').silentOn!(name, {}) !== null)
  assert.is(names.length + silent.length, kernels().length)
})

test.run()
