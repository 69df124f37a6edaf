/** The scenario mlock-by-page: every row, the shape of the race, pages that are faulted in, and two rules taken away. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import type { Constants } from '../checker/language/index.ts'
import { build, expected, rows } from '../invariants/verdicts/mlock/mlock-by-page.ts'
import { steps, testRows, verdicts } from './support/rows.ts'

testRows({ build, expected, rows })
testRows({ build, expected, rows: ['v3.12', 'v4.16', 'v5.10', 'v5.17'] }, { deep: true })

// A fault in a VM_LOCKED VMA sets PG_mlocked before anybody else can have the page locked.
const whenFaulted = (kernel: string) => ({ ...expected(kernel), 'locked-is-mlocked': 'holds' })
testRows({ build, expected: whenFaulted, rows }, { faults: true })

const broken = async (kernel: string, settings: Constants): Promise<string[]> =>
  Object.entries(verdicts(await check(build(kernel, settings))))
    .filter(([, verdict]) => verdict === 'violated')
    .map(([name]) => name)

test('the miss: migration has looked at VM_LOCKED, and has the destination locked', async () => {
  const race = steps(await check(build('v5.17', {}), { claims: ['locked-is-mlocked'] }), 'locked-is-mlocked')
  const order = [
    'migration: remove_migration_ptes',
    'caller: mlock(2): set VM_LOCKED',
    'caller: follow_page_pte',
    'migration: unlock destination',
  ]
  assert.equal(
    race.filter((step) => order.includes(step)),
    order,
  )
})

test('two rules of these kernels are needed: taken away, each leaves a page behind', async () => {
  assert.equal(await broken('v5.17', { 'lru-add-order': 'read-then-set' }), [
    'unevictable-for-a-reason',
    'locked-is-mlocked',
  ])
  const kept = await broken('v5.17', { 'last-unmap-clears-PG_mlocked': 'no' })
  assert.ok(kept.includes('mlocked-for-somebody'))
})

test.run()
