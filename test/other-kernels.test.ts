/** What is special about some kernels that are no row of a scenario. That verdicts come out there too is in sweep.test.ts. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import { scenarios } from '../invariants/verdicts/index.ts'
import * as twoVmas from '../invariants/verdicts/mlock/mlock-two-vmas.ts'
import * as pinMlockBatch from '../invariants/verdicts/pinning/pin-mlock-batch.ts'
import { steps } from './support/rows.ts'

test('a munlock that drains every CPU waits for the drain that another CPU is in', async () => {
  const verdict = await check(twoVmas.build('patch:munlock-drains-every-cpu', {}), { withoutTraces: true })
  assert.equal(verdict.fault, null)
})

test('exact pin references are exact for a page of the page cache too: without need, nothing is drained', async () => {
  const verdict = await check(pinMlockBatch.build('patch:exact-pin-refs', {}))
  assert.not.ok(steps(verdict, 'batches-do-not-matter').some((step) => step.startsWith('pinner: lru_add_drain')))
})

test('scenarios about batches of mlock, mlock without them, and movable pages, THPs and unmovable mappings refuse other kernels, and none of their rows', () => {
  const silent = (kernel: string) =>
    scenarios.filter(({ silentOn }) => silentOn?.(kernel, {}) != null).map(({ name }) => name)
  for (const { name, variants } of scenarios)
    for (const row of variants) assert.not.ok(silent(row).includes(name), `${name} on ${row}`)
  assert.ok(silent('v5.17').includes('mlock-late-entry'))
  assert.not.ok(silent('v5.17').includes('munlock-failed-migration'))
  assert.ok(silent('v4.7').includes('driver-mapped-page'))
  assert.not.ok(silent('v4.7').includes('balloon-deflate'))
  assert.not.ok(silent('v5.17').includes('mlock-by-page'))
  assert.equal(silent('v5.18'), ['migration-unmovable', 'mlock-by-page'])
  assert.ok(silent('v4.16').includes('migration-thp'))
  assert.not.ok(silent('v4.17').includes('migration-thp'))
  assert.equal(silent('v6.8'), ['mlock-by-page'])
})

test.run()
