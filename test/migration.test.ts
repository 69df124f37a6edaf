/** The scenarios about page migration: every expected verdict in every mode, and the shape of the races. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import type { Verdict } from '../checker/verdict.ts'
import type { Moved } from '../invariants/migration.ts'
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

test('a task in direct reclaim waits for no folio lock in any mode, and so not for itself', async () => {
  const returns = async (kernel: string, settings: object) => {
    const found = await check(buildIo(kernel, { memalloc: true, ...settings }), { withoutTraces: true })
    assert.equal(doubts(found), [], kernel)
    assert.is(verdicts(found)['refcount-conserved'], 'holds', kernel)
    return verdicts(found)['migration-returns']
  }
  for (const kernel of ['v3.12', 'v6.2', 'v6.4', 'v7.3'])
    for (const mode of ['async', 'sync_light', 'sync']) assert.is(await returns(kernel, { mode }), 'holds', kernel)
  // Without the rule. Since v6.5 MIGRATE_SYNC_LIGHT keeps away from what is being read in any case.
  for (const [kernel, modes] of [
    ['v6.2', ['holds', 'violated', 'violated']],
    ['v6.4', ['holds', 'violated', 'violated']],
    ['v7.3', ['holds', 'holds', 'violated']],
  ] as const)
    for (const [at, mode] of ['async', 'sync_light', 'sync'].entries())
      assert.is(await returns(kernel, { mode, 'lock-in-reclaim': 'waits' }), modes[at], `${kernel} ${mode}`)
})

test('MIGRATE_SYNC_LIGHT waits for a buffer that is being read up to v6.4, and MIGRATE_ASYNC never', async () => {
  for (const [kernel, modes] of [
    // Buffers in use are not released, and so not waited for. MIGRATE_SYNC waits for the writeback.
    ['v4.20', ['holds', 'holds', 'violated']],
    ['v6.2', ['holds', 'violated', 'violated']],
    ['v6.4', ['holds', 'violated', 'violated']],
    ['v6.5', ['holds', 'holds', 'violated']],
    ['v7.3', ['holds', 'holds', 'violated']],
  ] as const) {
    for (const [at, mode] of ['async', 'sync_light', 'sync'].entries()) {
      const found = await check(buildIo(kernel, { mode, buffers: true }), { withoutTraces: true })
      assert.is(verdicts(found)['returns-without-io'], modes[at], `${kernel} ${mode}`)
      assert.equal(doubts(found), [], `${kernel} ${mode}`)
    }
    const served = await check(buildIo(kernel, { mode: 'sync', buffers: true, memalloc: true }), {
      withoutTraces: true,
    })
    assert.is(verdicts(served)['migration-returns'], 'holds', kernel)
    assert.equal(doubts(served), [], kernel)
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

test('folio by folio, entries are restored between two passes; a batch keeps them', async () => {
  const between = async (list: string) => {
    const model = buildWaiters('v6.2', { 'entry-waiter': 'momentary', 'migrate-list': list })
    const race = steps(await check(model), 'migration-succeeds').filter((step) => step.startsWith('migration: '))
    const first = race.indexOf('migration: refcount as expected?')
    return race.slice(first + 1, race.indexOf('migration: refcount as expected?', first + 1))
  }
  assert.ok((await between('per-folio')).includes('migration: restore ptes'))
  assert.equal(await between('batched'), [])
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

/** What is violated when the step `label` of migration is followed by a mistake, in the same atomic step. */
async function violatedAfter(label: string, mistake: (s: Moved) => void): Promise<string[]> {
  const model = buildUser('v7.3', {})
  const broken = model.instances.map((instance) => {
    if (instance.actor !== 'migration' || instance.label !== label) return instance
    const run = (state: object) => {
      instance.run(state)
      mistake(state as Moved)
    }
    return { ...instance, run }
  })
  const verdict = await check({ ...model, instances: broken }, { withoutTraces: true })
  return verdict.claims.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name)
}

test('every claim notices the mistake that it is about', async () => {
  const forgetsCopy = await violatedAfter('copy contents', (s) => {
    s.folio[s.migration.dst!].content = 0
  })
  assert.ok(forgetsCopy.includes('migration-invisible'), `${forgetsCopy}`)
  assert.ok(forgetsCopy.includes('no-lost-update'), `${forgetsCopy}`)
  assert.ok(forgetsCopy.includes('cache-is-valid'), `${forgetsCopy}`)
  const locksNothing = await violatedAfter('folio_lock', (s) => {
    s.folio[s.migration.src ?? 0].PG_locked = false
  })
  assert.ok(locksNothing.includes('migration-entry-is-locked'), `${locksNothing}`)
  const restoresNothing = await violatedAfter('restore ptes', (s) => {
    const pte = s.pte[0]
    if (pte.kind !== 'present') return
    s.folio[pte.folio].refs--
    s.pte[0] = { kind: 'migration', folio: pte.folio }
  })
  assert.ok(restoresNothing.includes('no-entry-is-left'), `${restoresNothing}`)
  const uncountsNothing = await violatedAfter('putback', (s) => {
    s.NR_ISOLATED = 1
  })
  assert.equal(uncountsNothing, ['isolated-is-counted'])
  const addsTwice = await violatedAfter('remove_migration_ptes', (s) => {
    s.folio[s.migration.dst!].isolated = true
  })
  assert.ok(addsTwice.includes('on-one-list') && addsTwice.includes('refcount-conserved'), `${addsTwice}`)
})

test.run()
