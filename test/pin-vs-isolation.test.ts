/** The scenario pin-vs-isolation: every expected verdict, at the default and the larger bounds, and the shape of each race. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import { raceTable } from '../checker/report/race-table.ts'
import type { Verdict } from '../checker/verdict.ts'
import { build, expected, rows } from '../invariants/verdicts/pinning/pin-vs-isolation.ts'

const verdicts = (verdict: Verdict) => Object.fromEntries(verdict.claims.map(({ name, verdict }) => [name, verdict]))
const steps = (verdict: Verdict, claim: string) =>
  verdict.claims.find(({ name }) => name === claim)!.trace!.steps.map(({ process, label }) => `${process}: ${label}`)

for (const kernel of rows) {
  for (const deep of [false, true]) {
    test(`${kernel}${deep ? ', two pages' : ''}`, async () => {
      const verdict = await check(build(kernel, { deep }), { variant: kernel })
      const shown = verdict.claims.map(({ trace }) => (trace?.kind === 'violation' ? raceTable(trace) : '')).join('\n')
      assert.equal(verdict.fault, null)
      assert.equal(verdict.deadlock, null)
      assert.equal(verdicts(verdict), expected(kernel), shown)
      assert.equal(
        verdict.trust.filter(({ waived }) => waived === null).map(({ text }) => text),
        [],
      )
    })
  }
}

test('what is expected, spelled out: the leak is in v5.12, the list patch and v6.14, and nowhere else', () => {
  const leaking = rows.filter((kernel) => expected(kernel)['pin-outside-movable'] === 'violated')
  assert.equal(leaking, ['v5.12', 'patch:longterm-movable-v3', 'v6.14'])
})

test('on v5.12 nothing races: the pin itself is the violation', async () => {
  assert.equal(steps(await check(build('v5.12', {})), 'pin-outside-movable'), [
    'pinner: pin',
    'pinner: collect',
    'pinner: return success',
  ])
})

for (const kernel of ['patch:longterm-movable-v3', 'v6.14']) {
  test(`on ${kernel} compaction takes the folio between the look and the isolation`, async () => {
    assert.equal(steps(await check(build(kernel, {})), 'pin-outside-movable'), [
      'pinner: pin',
      'pinner: collect',
      'compaction: folio_try_get',
      'compaction: test and clear PG_lru',
      'pinner: folio_isolate_lru',
      'pinner: return success',
    ])
  })
}

test('setting back the one switch that v6.16 repaired brings the leak back', async () => {
  const verdict = await check(build('v6.16', { 'decide-by': 'list', 'on-isolation-failure': 'accept' }))
  assert.is(verdicts(verdict)['pin-outside-movable'], 'violated')
})

test('an error instead of another round ends the call, and pins nothing', async () => {
  const verdict = await check(build('v6.16', { 'on-isolation-failure': 'error' }))
  assert.is(verdicts(verdict)['failure-holds-no-pin'], 'holds')
  const results = verdict.trust.map(({ text }) => text).filter((text) => text.includes('pinner.result'))
  assert.equal(results, [])
})

test('with nobody else at work the two mistakes of v6.1 cancel out: the lost folio is queued in the next round', async () => {
  const model = build('v6.1', {})
  const alone = { ...model, instances: model.instances.filter(({ actor }) => actor !== 'compaction') }
  const verdict = await check(alone)
  assert.is(verdicts(verdict)['no-oops'], 'holds')
  assert.is(verdicts(verdict)['isolated-on-one-list'], 'violated')
  assert.is(verdicts(verdict)['pin-can-succeed'], 'reached')
})

test('the refcount claim notices a reference that nobody counts', async () => {
  const model = build('v6.16', {})
  const unpin = model.instances.find(({ label, actor }) => actor === 'pinner' && label === 'unpin')!
  const forgetful = {
    ...unpin,
    run(state: object) {
      unpin.run(state)
      const { folio } = state as { folio: { pins: number; refs: number }[] }
      folio[0].refs++
    },
  }
  const broken = { ...model, instances: model.instances.map((instance) => (instance === unpin ? forgetful : instance)) }
  assert.is(verdicts(await check(broken))['refcount-conserved'], 'violated')
})

test.run()
