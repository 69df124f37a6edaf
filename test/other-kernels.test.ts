/** Kernels that are no row of a scenario: what is expected of them follows from their switches, and comes out. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import type { Constants, Model } from '../checker/language/index.ts'
import { scenarios } from '../invariants/verdicts/index.ts'
import * as mbindVsPin from '../invariants/verdicts/mbind/mbind-vs-pin.ts'
import * as batchVsMunlock from '../invariants/verdicts/mlock/mlock-batch-vs-munlock.ts'
import * as mlockDrain from '../invariants/verdicts/mlock/mlock-drain.ts'
import * as drainRepeated from '../invariants/verdicts/mlock/mlock-drain-repeated.ts'
import * as twoVmas from '../invariants/verdicts/mlock/mlock-two-vmas.ts'
import * as mlockVsMigration from '../invariants/verdicts/mlock/mlock-vs-migration.ts'
import * as failedMigration from '../invariants/verdicts/mlock/munlock-failed-migration.ts'
import * as munlockPutback from '../invariants/verdicts/mlock/munlock-putback.ts'
import * as vsReclaim from '../invariants/verdicts/mlock/munlock-vs-reclaim.ts'
import * as cmaVsShortPin from '../invariants/verdicts/pinning/cma-vs-short-pin.ts'
import * as pinActivateBatch from '../invariants/verdicts/pinning/pin-activate-batch.ts'
import * as pinMlockBatch from '../invariants/verdicts/pinning/pin-mlock-batch.ts'
import * as pinVsCma from '../invariants/verdicts/pinning/pin-vs-cma.ts'
import * as pinVsFault from '../invariants/verdicts/pinning/pin-vs-fault.ts'
import * as pinVsGet from '../invariants/verdicts/pinning/pin-vs-get.ts'
import * as pinVsIsolation from '../invariants/verdicts/pinning/pin-vs-isolation.ts'
import * as pinVsOffline from '../invariants/verdicts/pinning/pin-vs-offline.ts'
import * as pinVsPin from '../invariants/verdicts/pinning/pin-vs-pin.ts'
import * as oppositeOrder from '../invariants/verdicts/pinning/pins-in-opposite-order.ts'
import * as shortPinVsOffline from '../invariants/verdicts/pinning/short-pin-vs-offline.ts'
import { steps, verdicts } from './support/rows.ts'

interface Entry {
  readonly build: (kernel: string, settings: Constants) => Model
  readonly expected: (kernel: string) => object
}

const others: readonly [string, Entry, readonly string[]][] = [
  ['pin-activate-batch', pinActivateBatch, ['v5.0', 'v6.1', 'v6.12']],
  ['pin-mlock-batch', pinMlockBatch, ['v5.0', 'v5.12', 'v6.1', 'v6.12', 'v6.14', 'patch:wait-for-refcount']],
  ['pin-vs-cma', pinVsCma, ['v6.1', 'v6.12']],
  ['pin-vs-fault', pinVsFault, ['v6.14', 'patch:longterm-movable-v3']],
  ['pin-vs-get', pinVsGet, ['v5.12', 'v6.12', 'patch:longterm-movable-v3', 'patch:pin-disables-lru-cache']],
  ['pin-vs-isolation', pinVsIsolation, ['v5.0', 'patch:pin-disables-lru-cache']],
  ['pin-vs-offline', pinVsOffline, ['patch:unpin-on-nomem', 'patch:pin-disables-lru-cache']],
  ['pin-vs-pin', pinVsPin, ['v5.12', 'v6.1', 'v6.12']],
  ['pins-in-opposite-order', oppositeOrder, ['v5.12', 'v6.14', 'patch:longterm-movable-v3']],
  ['cma-vs-short-pin', cmaVsShortPin, ['patch:gup-fast-no-recheck']],
  ['short-pin-vs-offline', shortPinVsOffline, ['patch:gup-fast-no-recheck']],
  ['mbind-vs-pin', mbindVsPin, ['v5.13', 'v5.19', 'patch:gup-fast-no-recheck', 'patch:walk-lock-killable']],
  ['mlock-drain', mlockDrain, ['patch:exact-pin-refs', 'patch:pin-disables-lru-cache']],
  ['mlock-drain-repeated', drainRepeated, ['v5.17', 'patch:exact-pin-refs', 'patch:pin-disables-lru-cache']],
  ['mlock-batch-vs-munlock', batchVsMunlock, ['patch:munlock-drains-every-cpu', 'patch:mlock-synchronous']],
  [
    'mlock-two-vmas',
    twoVmas,
    ['patch:munlock-clears-first', 'patch:munlock-tests-twice', 'patch:munlock-and-every-adder-reordered'],
  ],
  ['mlock-vs-migration', mlockVsMigration, ['patch:restore-munlocks', 'patch:munlock-looks-twice']],
  ['munlock-failed-migration', failedMigration, ['v3.12', 'patch:munlock-clears-first']],
  ['munlock-putback', munlockPutback, ['v3.12', 'patch:munlock-drains-every-cpu']],
  ['munlock-vs-reclaim', vsReclaim, ['patch:mlock-without-vm-io']],
]

for (const [name, { build, expected }, kernels] of others)
  for (const kernel of kernels)
    test(`${name} on ${kernel}`, async () => {
      const verdict = await check(build(kernel, {}), { withoutTraces: true })
      assert.equal(verdict.fault, null)
      assert.equal(verdicts(verdict), expected(kernel))
      assert.equal(
        verdict.trust.filter(({ waived }) => waived === null).map(({ text }) => text),
        [],
      )
    })

test('a munlock that drains every CPU waits for the drain that another CPU is in', async () => {
  const verdict = await check(twoVmas.build('patch:munlock-drains-every-cpu', {}), { withoutTraces: true })
  assert.equal(verdict.fault, null)
})

test('exact pin references are exact for a page of the page cache too: without need, nothing is drained', async () => {
  const verdict = await check(pinMlockBatch.build('patch:exact-pin-refs', {}))
  assert.not.ok(steps(verdict, 'batches-do-not-matter').some((step) => step.startsWith('pinner: lru_add_drain')))
})

test('scenarios about batches of mlock, mlock without them, and movable pages refuse other kernels, and none of their rows', () => {
  const silent = (kernel: string) =>
    scenarios.filter(({ silentOn }) => silentOn?.(kernel, {}) != null).map(({ name }) => name)
  for (const { name, variants } of scenarios)
    for (const row of variants) assert.not.ok(silent(row).includes(name), `${name} on ${row}`)
  assert.ok(silent('v5.17').includes('mlock-late-entry'))
  assert.not.ok(silent('v5.17').includes('munlock-failed-migration'))
  assert.ok(silent('v4.7').includes('driver-mapped-page'))
  assert.not.ok(silent('v4.7').includes('balloon-deflate'))
  assert.not.ok(silent('v5.17').includes('mlock-by-page'))
  assert.equal(silent('v5.18'), ['mlock-by-page'])
})

test.run()
