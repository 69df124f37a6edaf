/** The scenarios about balloons, zsmalloc and the flags of movable pages: every expected verdict, and the shape of the races. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { catalogue } from '../catalogue.ts'
import { loadModel } from '../checker/engine/source.ts'
import { check, type Model } from '../checker/index.ts'
import type { Verdict } from '../checker/verdict.ts'

const verdicts = (verdict: Verdict) => Object.fromEntries(verdict.claims.map(({ name, verdict }) => [name, verdict]))
const violated = (verdict: Verdict) =>
  verdict.claims.filter((claim) => claim.verdict === 'violated').map(({ name }) => name)
const doubts = (verdict: Verdict) => verdict.trust.filter(({ waived }) => waived === null).map(({ text }) => text)
const steps = (verdict: Verdict, claim: string) =>
  verdict.claims.find(({ name }) => name === claim)!.trace!.steps.map(({ process, label }) => `${process}: ${label}`)

const scenarios = catalogue.scenarios.filter(
  ({ area, name }) => area === 'movable-ops' && name !== 'driver-mapped-page',
)
const modelOf = (scenario: string, kernel: string, settings: Readonly<Record<string, string | boolean>> = {}) =>
  loadModel(scenarios.find(({ name }) => name === scenario)!.source(kernel, settings)) as Promise<Model>

for (const { name, variants, expected } of scenarios) {
  for (const kernel of variants) {
    test(`${name} on ${kernel}`, async () => {
      const verdict = await check(await modelOf(name, kernel), { withoutTraces: true })
      assert.equal(verdict.fault, null)
      assert.equal(verdict.deadlock, null)
      assert.equal(verdicts(verdict), expected(kernel))
      assert.equal(doubts(verdict), [])
    })
  }
}

test('v3.12: isolation takes the page between the pick and the second half of dequeueing', async () => {
  assert.equal(steps(await check(await modelOf('balloon-deflate', 'v3.12')), 'isolated-once').slice(-3), [
    'compaction: isolate_page',
    'balloon: trylock_page',
    'balloon: balloon_page_delete',
  ])
})

test('v3.18: the destination is deflated between its unlocking and the question what it is', async () => {
  const race = steps(await check(await modelOf('balloon-deflate', 'v3.18')), 'driver-page-off-lru')
  const deflated = race.indexOf('balloon: balloon_page_delete')
  assert.ok(race.indexOf('compaction: moved') < deflated && deflated < race.indexOf('compaction: put destination'))
})

test('v4.8 asks the same question and is safe only because a released page keeps its tag', async () => {
  const model = await modelOf('balloon-deflate', 'v4.8', { 'released-page-keeps-tag': 'no' })
  assert.ok(violated(await check(model, { withoutTraces: true })).includes('driver-page-off-lru'))
})

test('v4.8: an empty zspage is refused by migration, and so the putback finds it', async () => {
  for (const kernel of ['v4.8', 'v4.14']) {
    const model = await modelOf('zspage-emptied', kernel, { 'zs-migrate-empty': 'refused' })
    assert.equal(violated(await check(model, { withoutTraces: true })), [])
  }
})

test('the free worker meets migration only where a zspage stays on its list while isolated', async () => {
  for (const [stays, expected] of [
    ['off-its-list', false],
    ['stays', true],
  ] as const) {
    const model = await modelOf('zspage-emptied', 'v4.14', { 'zspage-while-isolated': stays })
    assert.is(violated(await check(model, { withoutTraces: true })).includes('worker-holds-every-page'), expected)
  }
})

test('a pool whose end waits in the wrong sense never ends when nothing is isolated', async () => {
  const verdict = await check(await modelOf('zs-pool-destroy', 'patch:z3fold-wait-negated'))
  assert.equal(steps(verdict, 'pool-destroy-returns'), ['user: zs_free'])
})

test('the waiter announces itself between the load and the store of the flags word', async () => {
  const race = steps(await check(await modelOf('isolated-flag-wakeup', 'v4.10')), 'lock-waiter-wakes')
  const announced = race.indexOf('waiter: set PG_waiters')
  assert.ok(race.indexOf('migration: load flags') < announced && announced < race.indexOf('migration: store flags'))
})

test('of the two tests for slab, the one behind the tag is the one that matters', async () => {
  for (const [tests, expected] of [
    ['before-tag', true],
    ['after-tag', false],
  ] as const) {
    const model = await modelOf('slab-looks-movable', 'v6.2', { 'isolate-tests-slab': tests })
    assert.is(violated(await check(model, { withoutTraces: true })).includes('only-drivers-are-called'), expected)
  }
})

test('the driver unmaps between munlock(2) clearing VM_LOCKED and walking', async () => {
  const race = steps(await check(await modelOf('mlocked-driver-page', 'v5.18')), 'free-page-not-mlocked')
  const zapped = race.indexOf('driver: unmap_mapping_range')
  assert.ok(race.indexOf('user: munlock(2): clear VM_LOCKED') < zapped)
  assert.not.ok(race.slice(0, zapped).includes('user: munlock(2): walk'))
})

/** The model with something done after each step of a label. */
function withSlip(model: Model, actor: string, label: string, slip: (state: object) => void): Model {
  const slips = (instance: Model['instances'][number]) =>
    instance.actor === actor && instance.label === label
      ? {
          ...instance,
          run(state: object) {
            instance.run(state)
            slip(state)
          },
        }
      : instance
  return { ...model, instances: model.instances.map(slips) }
}

test('a core that forgets its reference, or its list, is noticed', async () => {
  const model = await modelOf('driver-releases-page', 'v4.8')
  const leaks = withSlip(model, 'compaction', 'put source', (state) => {
    const { page } = state as { page: { refs: number }[] }
    for (const each of page) if (each.refs === 0) each.refs = 1
  })
  assert.ok(violated(await check(leaks, { withoutTraces: true })).includes('page-refs-conserved'))
  const keeps = withSlip(model, 'compaction', 'putback_page', (state) => {
    const { page } = state as { page: { refs: number; isolated: boolean }[] }
    for (const each of page) each.isolated = each.refs > 0
  })
  assert.ok(violated(await check(keeps, { withoutTraces: true })).includes('isolated-once'))
})

test('since v6.17 a page that was released a moment ago is still offered for isolation', async () => {
  const model = await modelOf('driver-releases-page', 'v6.17', { 'driver-callbacks-look': 'no' })
  const race = steps(await check(model), 'callback-finds-its-data')
  assert.ok(race.indexOf('driver: release') < race.indexOf('compaction: isolate_page'))
  assert.is(race.at(-1), 'compaction: isolate_page')
})

test.run()
