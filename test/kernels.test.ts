/** Kernels computed from the histories of the switches. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { differences, kernel, kernels, withSettings } from '../spec/kernels.ts'
import { compareReleases, RELEASES } from '../spec/releases.ts'
import { switches } from '../spec/switches/index.ts'
import { pinning } from '../spec/switches/pinning.ts'

/** The differences among these switches alone: other switches have tests of their own. */
const pinningDifferences = (a: string, b: string) =>
  differences(kernel(a), kernel(b)).filter(({ name }) => name in pinning)

test('a release has what its history says', () => {
  const { settings } = kernel('v5.12')
  assert.is(settings.unpinnable, 'cma')
  assert.is(settings['decide-by'], 'list')
  assert.is(settings['on-isolation-failure'], 'accept')
  assert.is(settings['on-migration-failure'], 'keep-pins')
  assert.is(settings['pin-destination'], 'anywhere')
  assert.is(kernel('v6.0').settings['on-isolation-failure'], 'retry')
  assert.is(kernel('v6.15').settings['decide-by'], 'list')
  assert.is(kernel('v6.16').settings['decide-by'], 'count')
})

test('releases are ordered by number, not by text', () => {
  assert.ok(compareReleases('v5.9', 'v5.10') < 0)
  assert.ok(compareReleases('v6.1', 'v5.19') > 0)
  assert.is(kernel('v5.9').settings.unpinnable, 'cma')
})

test('the list patch of December 2020 keeps the failure policy of the kernel it was written for', () => {
  assert.equal(differences(kernel('v5.10'), kernel('patch:longterm-movable-v3')), [
    { name: 'unpinnable', from: 'cma', to: 'cma+movable' },
    { name: 'pin-destination', from: 'anywhere', to: 'not-movable' },
    { name: 'pin-faults-avoid', from: 'cma', to: 'cma+movable' },
    { name: 'zero-page-pinnable', from: 'yes', to: 'no' },
  ])
})

test('what changed between two releases', () => {
  assert.equal(pinningDifferences('v6.13', 'v6.14'), [
    { name: 'decide-by', from: 'count', to: 'list' },
    { name: 'on-isolation-failure', from: 'retry', to: 'accept' },
  ])
  assert.equal(pinningDifferences('v6.2', 'v6.4'), [])
})

test('every history is in order, begins with the first release, and uses declared values', () => {
  for (const { history, values, patches } of Object.values(switches)) {
    assert.is(history[0].since, RELEASES[0])
    history.slice(1).forEach(({ since }, at) => assert.ok(compareReleases(history[at].since, since) < 0))
    for (const value of [...history.map((turn) => turn.value), ...Object.values(patches)]) {
      assert.ok((values as readonly string[]).includes(value))
    }
  }
})

test('unknown kernels, switches and values are refused', () => {
  assert.throws(() => kernel('v2.4'), /no kernel 'v2.4'/)
  assert.throws(() => kernel('patch:nonsense'), /no kernel/)
  assert.throws(() => withSettings(kernel('v6.1'), { unpinable: 'cma' }), /no switch 'unpinable'/)
  assert.throws(() => withSettings(kernel('v6.1'), { unpinnable: 'all' }), /cannot be 'all'/)
})

test('every kernel has a name of its own', () => {
  const names = kernels().map(({ name }) => name)
  assert.is(new Set(names).size, names.length)
})

test.run()
