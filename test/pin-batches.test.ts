/** Pins against batches: every expected verdict, the failure of 2025 and what is left of it, and repairs one by one. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import type { Model } from '../checker/language/index.ts'
import { raceTable } from '../checker/report/race-table.ts'
import type { Verdict } from '../checker/verdict.ts'
import * as activate from '../invariants/verdicts/pinning/pin-activate-batch.ts'
import * as mlock from '../invariants/verdicts/pinning/pin-mlock-batch.ts'
import type { Mm } from '../spec/memory.ts'

const verdicts = (verdict: Verdict) => Object.fromEntries(verdict.claims.map(({ name, verdict }) => [name, verdict]))
const traceOf = (verdict: Verdict, claim: string) => verdict.claims.find(({ name }) => name === claim)!.trace!
const steps = (verdict: Verdict, claim: string) =>
  traceOf(verdict, claim).steps.map(({ process, label }) => `${process}: ${label}`)

for (const [name, { rows, build, expected }] of Object.entries({ activate, mlock })) {
  for (const kernel of rows) {
    test(`${name}, ${kernel}`, async () => {
      const verdict = await check(build(kernel, {}), { variant: kernel })
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

test('the failure of 2025: one fault on CPU 1, one call on CPU 0, no drain, and the entry of CPU 1 to blame', async () => {
  const verdict = await check(mlock.build('v6.16', {}))
  const race = steps(verdict, 'idle-batches-do-not-matter')
  assert.equal(
    race.filter((step) => !step.startsWith('pinner: ')),
    ['thread: page fault'],
  )
  assert.not.ok(race.some((step) => step.includes('drain')))
  assert.match(
    raceTable(traceOf(verdict, 'idle-batches-do-not-matter')),
    /mlockBatch\[cpu1\] = \[LRU\(F0\)\] +written by thread 'page fault'/,
  )
})

test('what is left in v6.17: CPU 1 batches the folio again when it has been drained', async () => {
  const race = steps(await check(mlock.build('v6.17', {})), 'batches-do-not-matter')
  assert.ok(race.lastIndexOf('pinner: lru_add_drain_all') < race.findLastIndex((step) => step.startsWith('thread: ')))
})

test('in v6.2 the pin itself sends the folio to the batch that makes it fail', async () => {
  const race = steps(await check(activate.build('v6.2', {})), 'own-batch-does-not-matter')
  assert.ok(race.every((step) => step.startsWith('pinner: ')))
})

test('clearing PG_lru in batches repairs every LRU batch, and not the mlock batch', async () => {
  const flag = await check(activate.build('v6.2', { 'lru-flag-in-batches': 'cleared' }))
  assert.is(verdicts(flag)['batches-do-not-matter'], 'holds')
  const mlocked = await check(mlock.build('v5.18', { 'lru-flag-in-batches': 'cleared' }))
  assert.is(verdicts(mlocked)['idle-batches-do-not-matter'], 'violated')
})

test('with two pages, one drain of all CPUs serves both, and what is batched after it makes the second fail', async () => {
  const verdict = await check(activate.build('v6.17', { pages: 2 }))
  assert.is(verdicts(verdict)['pin-succeeds-alone'], 'holds')
  const race = steps(verdict, 'batches-do-not-matter')
  assert.ok(race.lastIndexOf('pinner: lru_add_drain_all') < race.lastIndexOf('thread: read'))
})

test('the same with two locked pages, and disabled batches help against it', async () => {
  const verdict = await check(mlock.build('v6.17', { pages: 2 }))
  assert.is(verdicts(verdict)['pin-succeeds-alone'], 'holds')
  const race = steps(verdict, 'batches-do-not-matter')
  assert.ok(race.lastIndexOf('pinner: lru_add_drain_all') < race.findLastIndex((step) => step.startsWith('thread: ')))
  const disabled = await check(mlock.build('patch:pin-disables-lru-cache', { pages: 2 }), { withoutTraces: true })
  assert.is(verdicts(disabled)['batches-do-not-matter'], 'holds')
})

test('a folio that waits to be activated is on the LRU, or on v6.11 to v6.16 is not: never both, never neither', async () => {
  for (const kernel of ['v6.2', 'v6.11', 'v6.13', 'v6.14', 'v6.16', 'v6.17']) {
    const cleared = kernel !== 'v6.2' && kernel !== 'v6.17'
    for (const PG_lru of [true, false]) {
      const verdict = await check(waitingFrom(kernel, PG_lru), { withoutTraces: true })
      assert.is(verdicts(verdict)['in-one-place'], PG_lru === cleared ? 'violated' : 'holds', `${kernel}, ${PG_lru}`)
      assert.is(verdicts(verdict)['refcount-conserved'], 'holds')
    }
  }
})

/** The model of a kernel, begun with the folio in the activate batch of CPU 1 and PG_lru as told. */
function waitingFrom(kernel: string, PG_lru: boolean): Model {
  const model = activate.build(kernel, {})
  const init = model.init.map(({ name, run }) => ({
    name,
    run: (state: object) => {
      run(state)
      const s = state as Mm
      s.activateBatch[1] = [0]
      s.folio[0].refs++
      s.folio[0].PG_lru = PG_lru
    },
  }))
  return { ...model, init }
}

test('the idea holds for two pages: with disabled batches nothing that waits makes a call fail', async () => {
  const verdict = await check(activate.build('patch:pin-disables-lru-cache', { pages: 2 }), { withoutTraces: true })
  assert.is(verdicts(verdict)['pin-succeeds-alone'], 'holds')
  assert.is(verdicts(verdict)['batches-do-not-matter'], 'holds')
})

test('large folios never wait in a batch, and nothing fails', async () => {
  for (const { build } of [activate, mlock]) {
    const verdict = await check(build('v6.16', { large: true }), { withoutTraces: true })
    assert.is(verdicts(verdict)['batches-do-not-matter'], 'holds')
    assert.is(verdicts(verdict)['refcount-conserved'], 'holds')
    assert.is(verdicts(verdict)['pin-can-succeed'], 'reached')
  }
})

test.run()
