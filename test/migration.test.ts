/** The scenarios about page migration: every expected verdict in every mode, and the shape of the races. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import type { Verdict } from '../checker/verdict.ts'
import { migration } from '../invariants/verdicts/migration/index.ts'
import { build as buildUser } from '../invariants/verdicts/migration/migration-and-user.ts'
import { build as buildBuffers } from '../invariants/verdicts/migration/migration-vs-buffers.ts'
import { build as buildWriter } from '../invariants/verdicts/migration/migration-vs-cache-writer.ts'
import { build as buildIo } from '../invariants/verdicts/migration/migration-vs-io.ts'
import { build as buildProtection } from '../invariants/verdicts/migration/migration-vs-protection.ts'
import { build as buildWaiters } from '../invariants/verdicts/migration/migration-vs-waiters.ts'

const verdicts = (verdict: Verdict) => Object.fromEntries(verdict.claims.map(({ name, verdict }) => [name, verdict]))
const doubts = (verdict: Verdict) => verdict.trust.filter(({ waived }) => waived === null).map(({ text }) => text)
const steps = (verdict: Verdict, claim: string) =>
  verdict.claims.find(({ name }) => name === claim)!.trace!.steps.map(({ process, label }) => `${process}: ${label}`)

for (const { name, variants, constants, expected, source } of migration) {
  test(`${name} on every kernel`, async () => {
    for (const kernel of variants) {
      const { module, args } = source(kernel, {})
      const { build } = await import(module)
      const verdict: Verdict = await check(build(...(args as unknown[])), { withoutTraces: true })
      assert.equal(verdict.fault, null, kernel)
      assert.equal(verdicts(verdict), expected(kernel), kernel)
      assert.equal(doubts(verdict), [], kernel)
    }
  })
  if (!('mode' in constants) || name === 'migration-vs-io') continue
  test(`${name} in every mode, where migration is as it should be`, async () => {
    for (const mode of ['async', 'sync_light', 'sync']) {
      const { module, args } = source('v7.3', { mode })
      const { build } = await import(module)
      const verdict: Verdict = await check(build(...(args as unknown[])), { withoutTraces: true })
      assert.equal(verdicts(verdict), expected('v7.3'), mode)
    }
  })
}

test('only MIGRATE_SYNC waits for the disk', async () => {
  for (const [mode, verdict] of [
    ['async', 'holds'],
    ['sync_light', 'holds'],
    ['sync', 'violated'],
  ]) {
    const found = await check(buildIo('v7.3', { mode }), { withoutTraces: true })
    assert.is(verdicts(found)['returns-without-io'], verdict, mode)
  }
})

test('a store is lost through a translation that nobody flushes', async () => {
  const verdict = await check(buildProtection('v3.12', {}))
  const race = steps(verdict, 'no-lost-update')
  const at = (step: string) => race.indexOf(step)
  assert.ok(at('protection: change_pte_range') < at('migration: try_to_migrate'))
  assert.ok(at('migration: copy contents') < race.lastIndexOf('user: access'))
  assert.not.ok(race.includes('protection: flush_tlb_range'))
})

test('the batch flushes once, between the last entry and the first copy', async () => {
  const model = buildProtection('v6.3', { 'unmap-flush': 'never' })
  assert.is(verdicts(await check(model, { withoutTraces: true }))['no-late-write'], 'violated')
  const labels = model.instances.map(({ label }) => label)
  assert.ok(labels.includes('try_to_unmap_flush'))
})

test('with one reference for a moment, a migration may fail for ever, but nobody sleeps with it', async () => {
  const verdict = await check(buildWaiters('v5.0', { deep: true }), { withoutTraces: true })
  assert.is(verdicts(verdict)['migration-succeeds'], 'violated')
  assert.is(verdicts(verdict)['sleeper-holds-no-reference'], 'holds')
})

test('the lock around the look-up of buffers is what repairs v5.2', async () => {
  const repaired = await check(buildBuffers('v5.2', { 'buffer-check': 'check-held' }), { withoutTraces: true })
  assert.is(verdicts(repaired)['migration-invisible'], 'holds')
})

test('the order of copy and freeze decides about a writer without the folio lock', async () => {
  for (const [order, verdict] of [
    ['after-freeze', 'holds'],
    ['before-freeze', 'violated'],
  ]) {
    const model = buildWriter('v7.3', { 'write-to-cache': 'reference', 'copy-order': order })
    assert.is(verdicts(await check(model, { withoutTraces: true }))['cache-is-valid'], verdict, order)
  }
})

test('the refinement notices a migration that forgets to copy', async () => {
  const model = buildUser('v7.3', {})
  const copy = model.instances.find(({ label }) => label === 'copy contents')!
  const forgetful = {
    ...copy,
    run(state: object) {
      const { folio } = state as { folio: { content: number }[] }
      const before = folio.map(({ content }) => content)
      copy.run(state)
      before.forEach((content, f) => {
        folio[f].content = content
      })
    },
  }
  const broken = { ...model, instances: model.instances.map((each) => (each === copy ? forgetful : each)) }
  const found = verdicts(await check(broken, { withoutTraces: true }))
  assert.is(found['migration-invisible'], 'violated')
  assert.is(found['no-lost-update'], 'violated')
})

test.run()
