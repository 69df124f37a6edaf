/** Scenarios in which mbind is not alone: every expected verdict, the shape of the races, and single switches that mend them. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import * as forkVsFault from '../invariants/verdicts/mbind/fork-vs-fault.ts'
import * as interleave from '../invariants/verdicts/mbind/interleave-vs-rebind.ts'
import * as twoVmas from '../invariants/verdicts/mbind/mbind-two-vmas.ts'
import * as vsFault from '../invariants/verdicts/mbind/mbind-vs-fault.ts'
import * as vsFork from '../invariants/verdicts/mbind/mbind-vs-fork.ts'
import * as vsFutex from '../invariants/verdicts/mbind/mbind-vs-futex.ts'
import * as vsIsolation from '../invariants/verdicts/mbind/mbind-vs-isolation.ts'
import * as vsMbind from '../invariants/verdicts/mbind/mbind-vs-mbind.ts'
import * as vsMunmap from '../invariants/verdicts/mbind/mbind-vs-munmap.ts'
import * as vsPin from '../invariants/verdicts/mbind/mbind-vs-pin.ts'
import { pinReferences } from '../spec/pin.ts'
import type { MbindScene } from '../spec/scenarios/scenes.ts'
import { comesOutAs, mutated, stepsOf, verdictsOf } from './support/verdicts.ts'

const all = { twoVmas, vsFault, vsMbind, vsIsolation, vsPin, vsFork, vsMunmap, vsFutex, interleave, forkVsFault }

for (const [name, { rows, build, expected }] of Object.entries(all)) {
  for (const kernel of rows) {
    test(`${name}, ${kernel}`, async () => {
      await comesOutAs(build(kernel, {}), kernel, expected(kernel))
    })
  }
}

for (const [name, { build, expected }] of Object.entries({ vsFault, vsMbind, vsIsolation, vsPin, vsFork, vsMunmap })) {
  test(`${name} with one page more comes out the same`, async () => {
    for (const kernel of ['v6.4', 'v7.3']) await comesOutAs(build(kernel, { deep: true }), kernel, expected(kernel))
  })
}

test('the syzbot report: the walk stops in the first VMA, and the second one is replaced without its lock', async () => {
  const steps = stepsOf(await check(twoVmas.build('v6.5', {})), 'replaced-vma-is-locked')
  assert.is(steps.filter((step) => step === 'mbind: vma_start_write').length, 1)
  assert.is(steps.filter((step) => step === 'mbind: mbind_range').length, 2)
})

test('the repair of v6.6 leaves two ways to the same assertion: a hole, and a PMD migration entry', async () => {
  for (const layout of ['two VMAs, a gap and a third', 'a page that is being migrated between them']) {
    const repaired = { layout, 'mbind-walk-error': 'returned' }
    assert.is(verdictsOf(await check(twoVmas.build('v6.6', { layout })))['replaced-vma-is-locked'], 'violated')
    assert.is(verdictsOf(await check(twoVmas.build('v6.6', repaired)))['replaced-vma-is-locked'], 'holds')
  }
  assert.is(verdictsOf(await check(twoVmas.build('v6.6', { layout: 'two VMAs' })))['replaced-vma-is-locked'], 'holds')
})

test('on v6.4 the page comes behind the walk, and is placed by the old policy', async () => {
  const steps = stepsOf(await check(vsFault.build('v6.4', {})), 'move-leaves-none-behind')
  const walked = steps.lastIndexOf('mbind: queue_pages')
  assert.ok(walked < steps.indexOf('fault: set_pte_at'))
})

test('fork that locks the VMAs of the parent, and nothing else, mends v6.4', async () => {
  const verdict = await check(forkVsFault.build('v6.4', { 'fork-locks-vmas': 'yes' }))
  assert.is(verdictsOf(verdict)['no-store-is-lost'], 'holds')
})

test('freeing policies after a grace period, and nothing else, mends v6.19', async () => {
  const verdict = await check(vsFutex.build('v6.19', { 'policy-free': 'after-grace-period' }))
  assert.is(verdictsOf(verdict)['futex-reads-live-policy'], 'holds')
})

test('migrating under mmap_lock, and nothing else, keeps two calls of v7.3 apart', async () => {
  const verdict = await check(vsMbind.build('v7.3', { 'mbind-migrates-under': 'mmap-lock' }))
  assert.is(verdictsOf(verdict)['later-call-places-pages'], 'holds')
})

test('up to v5.2 a page that somebody else has off the LRU is left where it is, and nobody is told', async () => {
  const steps = stepsOf(await check(vsIsolation.build('v5.2', {})), 'move-leaves-none-behind')
  assert.ok(steps.indexOf('reclaim: isolate') < steps.indexOf('mbind: queue_pages'))
})

/** The model with a migration that overlooks the references of pins when it compares. */
function overlooksPins(kernel: string) {
  const model = vsPin.build(kernel, {})
  const look = model.instances.find(({ actor, label }) => actor === 'mbind' && label === 'refcount as expected?')!
  const blind = {
    ...look,
    run(state: object) {
      const { folio } = state as MbindScene
      const pins = folio.map((_, f) => pinReferences(state as MbindScene, f))
      for (const [f, references] of pins.entries()) folio[f].refs -= references
      look.run(state)
      for (const [f, references] of pins.entries()) folio[f].refs += references
    },
  }
  return { ...model, instances: model.instances.map((each) => (each === look ? blind : each)) }
}

test('a migration that overlooks the references of pins takes a page away from under its pin', async () => {
  const verdict = await check(overlooksPins('v5.4'))
  assert.is(verdictsOf(verdict)['pinned-folio-is-mapped'], 'violated')
  assert.ok(stepsOf(verdict, 'pinned-folio-is-mapped').includes('mbind: copy contents'))
})

test('since v5.19 unmapping sees the pin as well, so that the comparison is not all that keeps the page', async () => {
  assert.is(verdictsOf(await check(overlooksPins('v6.7')))['pinned-folio-is-mapped'], 'holds')
})

test('gup-fast that does not look at the entry again pins a page that mbind has just moved', async () => {
  const verdict = await check(vsPin.build('v7.3', { 'gup-fast-rechecks-pte': 'no' }))
  assert.is(verdictsOf(verdict)['pinned-folio-is-mapped'], 'violated')
})

test('a call that forgets what could not be migrated, or tells of it without STRICT, is noticed', async () => {
  const returning = (change: (call: MbindScene['mbind']) => void) =>
    check(mutated(vsPin.build('v7.3', {}), 'mbind', 'result', ({ mbind }: MbindScene) => change(mbind)))
  const silent = await returning((call) => {
    call.ret = '0'
  })
  assert.is(verdictsOf(silent)['left-behind-is-eio'], 'violated')
  const loud = await returning((call) => {
    call.ret = 'EIO'
  })
  assert.is(verdictsOf(loud)['move-alone-returns-0'], 'violated')
})

test.run()
