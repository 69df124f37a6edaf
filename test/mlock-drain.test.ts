/** The scenario mlock-drain: every row, and how capacity, passes, moves between CPUs and the place of the drain play together. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import type { Constants } from '../checker/language/index.ts'
import { build, expected, rows } from '../invariants/verdicts/mlock/mlock-drain.ts'
import { steps, testRows, verdicts } from './support/rows.ts'

testRows({ build, expected, rows })

const migrates = async (kernel: string, settings: Constants, claim = 'migrates-mlocked') => {
  const verdict = await check(build(kernel, settings), { claims: [claim] })
  assert.equal(verdict.fault, null)
  return verdicts(verdict)[claim] === 'holds'
}

/** The capacities for which the folio is migrated whatever happens. */
const goodCapacities = async (kernel: string, capacities: number[], settings: Constants): Promise<number[]> => {
  const good: number[] = []
  for (const capacity of capacities) if (await migrates(kernel, { ...settings, capacity })) good.push(capacity)
  return good
}

test('without the drain every pass adds two entries, so that the parity of the capacity decides', async () => {
  const noDrain = (passes: number) => ({ passes, hop: false })
  const kernel = 'patch:mlock-batch-no-drain'
  assert.equal(await goodCapacities(kernel, [1, 2, 3, 4, 5, 6, 15], noDrain(3)), [1, 3, 5])
  assert.equal(await goodCapacities(kernel, [14, 15, 31], noDrain(10)), [15])
})

test('the fifteenth entry of ten passes is that of the eighth unmapping, which fills and processes the batch', async () => {
  const settings = { capacity: 15, passes: 10, hop: false }
  const found = await check(build('patch:mlock-batch-no-drain', settings), { claims: ['migration-can-succeed'] })
  const attempts = steps(found, 'migration-can-succeed').filter((step) => step === 'migration: try_to_migrate')
  assert.is(attempts.length, 8)
})

test('one drain after the rmap walk is enough as long as the task stays on its CPU', async () => {
  const kernel = 'patch:mlock-drain-after-walk'
  assert.equal(await goodCapacities(kernel, [1, 2, 3, 15], { passes: 3, hop: false }), [1, 2, 3, 15])
  assert.equal(await goodCapacities(kernel, [1, 2, 3, 15], { passes: 3, hop: true }), [1])
})

test('the rejected drain fails because the task is moved between the walk and the drain', async () => {
  const found = await check(build('patch:mlock-drain-after-walk', {}), { claims: ['migrates-mlocked'] })
  const race = steps(found, 'migrates-mlocked')
  const moved = race.findIndex((step) => step.includes('moved to another CPU'))
  assert.is(race[moved - 1], 'migration: try_to_migrate')
  assert.is(race[moved + 1], 'migration: mlock_page_drain')
})

test('a drain inside the page-table lock is enough for every capacity, moved or not', async () => {
  for (const hop of [false, true])
    assert.equal(await goodCapacities('v5.18', [1, 2, 3, 15], { passes: 3, hop }), [1, 2, 3, 15])
})

test('an entry on another CPU is beyond that drain, and draining every CPU first reaches it', async () => {
  const claim = 'migrates-despite-remote-entry'
  assert.not(await migrates('v5.18', {}, claim))
  assert.ok(await migrates('v5.18', { 'drain-all': true }, claim))
  assert.not(await migrates('v6.16', {}, claim))
  assert.ok(await migrates('v6.17', {}, claim))
})

test('batches of one are synchronous operation, as the author says: nothing is left to trip over', async () => {
  for (const kernel of ['patch:mlock-batch-no-drain', 'patch:mlock-drain-after-walk', 'v5.18']) {
    assert.ok(await migrates(kernel, { capacity: 1 }))
    assert.ok(await migrates(kernel, { capacity: 1 }, 'migrates-despite-remote-entry'))
  }
})

test.run()
