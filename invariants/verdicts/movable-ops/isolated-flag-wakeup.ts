/** What is expected of the scenario isolated-flag-wakeup on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, isolatedFlagWakeup } from '../../../spec/scenarios/isolated-flag-wakeup.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'

/** The kernels that the matrix shows: nobody needs PG_waiters, a store wipes it out, and the flag is cleared atomically. */
export const rows = ['v4.8', 'v4.10', 'v5.18']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return isolatedFlagWakeup(on, {
    'migration.loaded.PG_locked': 'a flag is loaded under the page lock, and forgotten with the store',
  })
}

/** What is expected on a kernel: the store loses the bit, and the bit decides who is woken. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const loses = settings['isolated-flag-update'] === 'load-store' && settings['unlock-wakes'] === 'if-PG_waiters'
  return { 'lock-waiter-wakes': loses ? 'violated' : 'holds' }
}

export const isolatedFlagWakeupScenario = scenario({
  name: 'isolated-flag-wakeup',
  area: 'movable-ops',
  about: 'a task begins to wait for the lock of a page while migration clears the isolated flag of it',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
