/** The small scenarios of the area pinning, a handful of steps each: every expected verdict, and the shape of the races. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import { raceTable } from '../checker/report/race-table.ts'
import type { Verdict } from '../checker/verdict.ts'
import * as cmaVsBatch from '../invariants/verdicts/pinning/cma-vs-batch.ts'
import * as cmaVsShortPin from '../invariants/verdicts/pinning/cma-vs-short-pin.ts'
import * as drainVsDeviceFault from '../invariants/verdicts/pinning/drain-vs-device-fault.ts'
import * as gupFastVsCollapse from '../invariants/verdicts/pinning/gup-fast-vs-collapse.ts'
import * as gupFastVsFork from '../invariants/verdicts/pinning/gup-fast-vs-fork.ts'
import * as gupFastVsMigration from '../invariants/verdicts/pinning/gup-fast-vs-migration.ts'
import * as gupFastVsSecretmem from '../invariants/verdicts/pinning/gup-fast-vs-secretmem.ts'
import * as memfdPinVsMemfdPin from '../invariants/verdicts/pinning/memfd-pin-vs-memfd-pin.ts'
import * as offlineFails from '../invariants/verdicts/pinning/offline-fails.ts'
import * as offlineVsFreeList from '../invariants/verdicts/pinning/offline-vs-free-list.ts'
import * as pinVsCma from '../invariants/verdicts/pinning/pin-vs-cma.ts'
import * as pinVsFault from '../invariants/verdicts/pinning/pin-vs-fault.ts'
import * as pinVsGet from '../invariants/verdicts/pinning/pin-vs-get.ts'
import * as pinVsPin from '../invariants/verdicts/pinning/pin-vs-pin.ts'
import * as pinZeroPage from '../invariants/verdicts/pinning/pin-zero-page.ts'
import * as pinsInOppositeOrder from '../invariants/verdicts/pinning/pins-in-opposite-order.ts'
import * as reclaimVsBatch from '../invariants/verdicts/pinning/reclaim-vs-batch.ts'
import * as shortPinVsOffline from '../invariants/verdicts/pinning/short-pin-vs-offline.ts'

const verdicts = (verdict: Verdict) => Object.fromEntries(verdict.claims.map(({ name, verdict }) => [name, verdict]))
const steps = (verdict: Verdict, claim: string) =>
  verdict.claims.find(({ name }) => name === claim)!.trace!.steps.map(({ process, label }) => `${process}: ${label}`)

const scenarios = {
  'cma-vs-batch': cmaVsBatch,
  'cma-vs-short-pin': cmaVsShortPin,
  'drain-vs-device-fault': drainVsDeviceFault,
  'gup-fast-vs-collapse': gupFastVsCollapse,
  'gup-fast-vs-fork': gupFastVsFork,
  'gup-fast-vs-migration': gupFastVsMigration,
  'gup-fast-vs-secretmem': gupFastVsSecretmem,
  'memfd-pin-vs-memfd-pin': memfdPinVsMemfdPin,
  'offline-fails': offlineFails,
  'offline-vs-free-list': offlineVsFreeList,
  'pin-vs-cma': pinVsCma,
  'pin-vs-fault': pinVsFault,
  'pin-vs-get': pinVsGet,
  'pin-vs-pin': pinVsPin,
  'pin-zero-page': pinZeroPage,
  'pins-in-opposite-order': pinsInOppositeOrder,
  'reclaim-vs-batch': reclaimVsBatch,
  'short-pin-vs-offline': shortPinVsOffline,
}

for (const [name, { rows, build, expected }] of Object.entries(scenarios)) {
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

test('on v5.10 gup-fast wins between the question whether the page is pinned and the write protection', async () => {
  const race = steps(await check(gupFastVsFork.build('v5.10', {})), 'parent-keeps-pinned-page')
  const at = (step: string) => race.indexOf(step)
  assert.ok(at('fork: pinned?') < at('pinner: try_grab_folio'))
  assert.ok(at('pinner: read pte again') < at('fork: share page'))
  assert.is(race.at(-1), 'writer: store')
})

test('the counter alone repairs v5.10, and fork that asks alone does not repair v5.8', async () => {
  const counted = await check(gupFastVsFork.build('v5.10', { 'fork-write-protect-seq': 'yes' }))
  assert.is(verdicts(counted)['parent-keeps-pinned-page'], 'holds')
  const asked = await check(gupFastVsFork.build('v5.8', { 'fork-copies-pinned': 'yes' }))
  assert.is(verdicts(asked)['parent-keeps-pinned-page'], 'violated')
})

test('on v6.0 the entry in a detached page table is unchanged when gup-fast looks again', async () => {
  const race = steps(await check(gupFastVsCollapse.build('v6.0', {})), 'pinned-page-mapped')
  const at = (step: string) => race.indexOf(step)
  assert.ok(at('khugepaged: refcount as expected?') < at('pinner: try_grab_folio'))
  assert.ok(at('pinner: read pte again') < at('khugepaged: clear pte'))
})

test('a secretmem folio passes while it waits in a batch, and is refused once the batch is flushed', async () => {
  const race = steps(await check(gupFastVsSecretmem.build('v6.8', {})), 'secretmem-not-pinned')
  assert.ok(race.includes('fault: folio_add_lru'))
  assert.not.ok(race.some((step) => step.includes('flushes the batch')))
})

test('the wait repairs references by way of the page table, and not those of PFN walkers', async () => {
  const walker = await check(pinVsGet.build('patch:wait-for-refcount', { pfn: true }), { withoutTraces: true })
  assert.is(verdicts(walker)['moments-do-not-matter'], 'violated')
})

test('with the pages mapped in the same order nobody waits for one who waits for him', async () => {
  const verdict = await check(pinVsPin.build('patch:wait-for-refcount', { pages: 2 }), { withoutTraces: true })
  assert.equal(verdict.deadlock, null)
  const opposite = await check(pinVsPin.build('patch:wait-for-refcount', { pages: 2, opposite: true }))
  assert.is.not(opposite.deadlock, null)
})

test('a page of CMA is pinned through the hole for v5.18 alone: looking for ISOLATE closes it', async () => {
  const repaired = await check(pinVsCma.build('v5.13', { unpinnable: 'cma+movable+isolate' }), { withoutTraces: true })
  assert.is(verdicts(repaired)['pin-outside-movable'], 'holds')
})

test('large folios: migration sees their pins exactly, and the second look is needed for them as well', async () => {
  const large = await check(gupFastVsMigration.build('v6.17', { large: true }), { withoutTraces: true })
  assert.is(verdicts(large)['pinned-folio-is-mapped'], 'holds')
  assert.is(verdicts(large)['refcount-conserved'], 'holds')
  const blind = await check(gupFastVsMigration.build('patch:gup-fast-no-recheck', { large: true }))
  assert.is(verdicts(blind)['pinned-folio-is-mapped'], 'violated')
})

test('what gup-fast has taken without a second look is an owner that migration leaves behind', async () => {
  const blind = await check(gupFastVsMigration.build('v6.17', { 'gup-fast-rechecks-pte': 'no' }))
  const race = steps(blind, 'source-has-no-owner')
  assert.ok(race.indexOf('pinner: folio_try_get') > race.lastIndexOf('compaction: try_to_migrate'))
  assert.is(race.at(-1), 'compaction: free source')
})

test('a PFN walker may outlive the migration of an anonymous folio, and is no owner of its source', async () => {
  for (const kernel of pinVsGet.rows) {
    const walker = await check(pinVsGet.build(kernel, { pfn: true }))
    assert.is(verdicts(walker)['source-has-no-owner'], 'holds')
    assert.is(verdicts(walker)['source-freed-at-once'], 'violated')
    assert.ok(steps(walker, 'source-freed-at-once').lastIndexOf('worker: FOLL_GET') > 0)
  }
})

test('the task that spins never leaves the CPU to the work item', async () => {
  const verdict = await check(drainVsDeviceFault.build('v6.15', {}))
  const { trace } = verdict.claims.find(({ name }) => name === 'drain-ends')!
  const loop = trace!.steps.slice(trace!.loop!).map(({ process, label }) => `${process}: ${label}`)
  assert.equal([...new Set(loop)].sort(), ['fault: folio_trylock', 'fault: hmm_range_fault goes round'])
})

test.run()
