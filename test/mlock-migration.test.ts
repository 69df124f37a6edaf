/** mlock(2) and munlock(2) against migration: every row, the shapes of the races, and which repairs are enough. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import * as during from '../invariants/verdicts/mlock/mlock-vs-migration.ts'
import * as failed from '../invariants/verdicts/mlock/munlock-failed-migration.ts'
import { steps, testRows, verdicts } from './support/rows.ts'

testRows(failed)
testRows(during)

const leak = async (kernel: string, settings = {}) =>
  steps(await check(failed.build(kernel, settings), { claims: ['mlocked-for-somebody'] }), 'mlocked-for-somebody')

test('the leak: the walk meets the migration entry, and the migration maps the source again', async () => {
  const race = await leak('v7.3')
  const at = (label: string) => race.findIndex((step) => step.endsWith(`: ${label}`))
  const order = ['munlock(2): clear VM_LOCKED', 'try_to_migrate', 'mlock_pte_range', 'restore ptes', 'putback']
  assert.ok(order.every((label) => at(label) >= 0))
  assert.equal(
    [...order].sort((a, b) => at(a) - at(b)),
    order,
  )
})

test('a migration that succeeds leaves no PG_mlocked behind: without the reader nothing leaks', async () => {
  const model = failed.build('v7.3', {})
  const alone = { ...model, instances: model.instances.filter(({ actor }) => actor !== 'reader') }
  assert.is(verdicts(await check(alone, { claims: ['mlocked-for-somebody'] }))['mlocked-for-somebody'], 'holds')
})

test('each of the four repairs is enough by itself, and looking twice is not', async () => {
  const repaired: Record<string, string> = {}
  for (const setting of [
    { 'munlock-at-entry': 'looks-twice' },
    { 'munlock-at-entry': 'waits' },
    { 'munlock-at-entry': 'munlocks-source' },
    { 'restore-munlocks': 'yes' },
    { 'last-unmap-clears-PG_mlocked': 'yes' },
  ]) {
    const verdict = await check(failed.build('v5.18', setting), { claims: ['mlocked-for-somebody'] })
    repaired[Object.entries(setting).flat().join('=')] = verdicts(verdict)['mlocked-for-somebody']
  }
  assert.equal(repaired, {
    'munlock-at-entry=looks-twice': 'violated',
    'munlock-at-entry=waits': 'holds',
    'munlock-at-entry=munlocks-source': 'holds',
    'restore-munlocks=yes': 'holds',
    'last-unmap-clears-PG_mlocked=yes': 'holds',
  })
})

test.run()
