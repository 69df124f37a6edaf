/** Ways into the two end states, over all who mlock, munlock, or move a folio between the lists. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import type { Constants } from '../checker/language/index.ts'
import * as all from '../invariants/verdicts/mlock/mlock-all-ways.ts'
import * as batch from '../invariants/verdicts/mlock/mlock-batch-vs-munlock.ts'
import * as late from '../invariants/verdicts/mlock/mlock-late-entry.ts'
import * as migrated from '../invariants/verdicts/mlock/mlock-migrated-count.ts'
import * as returns from '../invariants/verdicts/mlock/mlock-returns.ts'
import * as two from '../invariants/verdicts/mlock/mlock-two-vmas.ts'
import * as undercount from '../invariants/verdicts/mlock/mlock-undercount.ts'
import * as nrMlock from '../invariants/verdicts/mlock/munlock-nr-mlock.ts'
import * as reclaimed from '../invariants/verdicts/mlock/munlock-vs-reclaim.ts'
import * as lateReclaim from '../invariants/verdicts/mlock/reclaim-mlocks-late.ts'
import { steps, testRows, verdicts } from './support/rows.ts'

for (const scenario of [migrated, returns, nrMlock, batch, late, two, reclaimed, lateReclaim, undercount, all])
  testRows(scenario)

const broken = async (kernel: string, settings: Constants): Promise<string[]> => {
  const verdict = await check(all.build(kernel, settings))
  assert.equal(verdict.fault, null)
  return Object.entries(verdicts(verdict))
    .filter(([, decided]) => decided === 'violated')
    .map(([name]) => name)
}

const casts = {
  putback: { calls: 3, putback: true, reclaim: false },
  migration: { calls: 2, migration: true, reclaim: false },
  reclaim: { calls: 3, reclaim: true },
  'another VMA': { calls: 3, others: 2, reclaim: false },
  'new anonymous folio': { calls: 4, anon: true, reclaim: false },
}

for (const [name, cast] of Object.entries(casts)) {
  test(`with the four ideas together nothing is left behind: ${name}`, async () => {
    assert.equal(await broken('patch:mlock-repaired', cast), [])
  })
}

test('each of the four ideas is needed: without it somebody is left behind', async () => {
  const without = async (setting: Constants, cast: Constants) => broken('patch:mlock-repaired', { ...setting, ...cast })
  assert.equal(await without({ 'munlock-order': 'test-then-clear' }, casts.putback), ['unevictable-for-a-reason'])
  assert.equal(await without({ 'mlock-batch-order': 'read-then-set' }, casts['another VMA']), ['count-not-too-high'])
  assert.equal(await without({ 'last-unmap-clears-PG_mlocked': 'no' }, casts.reclaim), ['mlocked-for-somebody'])
  assert.equal(await without({ 'mlock-batching': 'batched' }, casts.putback), ['count-not-too-high'])
})

test('putback mended in both orders still leaves the mlock batch itself', async () => {
  const verdict = await check(batch.build('patch:munlock-and-lru-add-reordered', {}))
  assert.is(verdicts(verdict)['unevictable-for-a-reason'], 'violated')
  assert.ok(steps(verdict, 'unevictable-for-a-reason').includes('work: mlock: read PG_mlocked'))
})

test('a new anonymous folio is stranded by the same race', async () => {
  const verdict = await check(all.build('v7.3', { calls: 3, anon: true, reclaim: false }))
  assert.is(verdicts(verdict)['unevictable-for-a-reason'], 'violated')
})

test('the late entry needs nobody else, and no window: the calls of one task, on two CPUs', async () => {
  const race = steps(await check(late.build('v7.3', {})), 'mlocked-for-somebody')
  assert.ok(race.every((step) => step.startsWith('task: ') || step.includes('the task is moved')))
  assert.is(race.filter((step) => step.includes('the task is moved')).length, 2)
})

test('a task that stays on its CPU leaves nothing behind', async () => {
  const moving = late.build('v7.3', {})
  const still = { ...moving, instances: moving.instances.filter(({ name }) => !name.startsWith('the task is moved')) }
  const verdict = verdicts(await check(still))
  for (const name of ['mlocked-for-somebody', 'unevictable-for-a-reason', 'count-not-too-high'])
    assert.is(verdict[name], 'holds')
})

test.run()
