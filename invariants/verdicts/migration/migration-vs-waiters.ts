/** Which claims are made of the scenario migration-vs-waiters, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationVsWaiters } from '../../../spec/scenarios/migration-vs-waiters.ts'
import { entryIsLocked, sleeperIsWoken } from '../../migration.ts'
import { migrationSucceeds, sleeperHoldsNoReference, waiterWakes } from '../../migration-progress.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { MEMORY_WAIVERS, MOVED_ONCE, neverFails } from './waivers.ts'

/** The three ways in which a fault waits for a migration entry, and the batched migration. */
export const rows = ['v4.20', 'v5.0', 'v5.16', 'v5.17', 'v6.3', 'v7.3']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migrationVsWaiters(
    on,
    values,
    (mm) =>
      [
        migrationSucceeds(),
        waiterWakes(),
        sleeperHoldsNoReference(),
        sleeperIsWoken(mm),
        entryIsLocked(mm),
        refcountConserved(mm),
      ] as readonly Claim<Mm>[],
    {
      ...MEMORY_WAIVERS,
      ...MOVED_ONCE,
      ...(on.settings['entry-waiter'] === 'none' && neverFails(on.settings)),
    },
  )
}

/**
 * What is expected of each claim on a kernel. A reference for a moment is enough to make a pass fail, and fairness does not
 * keep the waiter from taking it at every wrong moment: before v5.17 success is likely and not certain. Before v5.0 a woken
 * waiter looks at the lock again, and may find it taken by the next pass each time.
 */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const waiter = kernel(kernelName).settings['entry-waiter']
  return {
    'migration-succeeds': waiter === 'none' ? 'holds' : 'violated',
    'fault-returns': waiter === 'holds' ? 'violated' : 'holds',
    'sleeper-holds-no-reference': waiter === 'holds' ? 'violated' : 'holds',
    'sleeper-is-woken': 'holds',
    'migration-entry-is-locked': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const migrationVsWaitersScenario = scenario({
  name: 'migration-vs-waiters',
  area: 'migration',
  about: 'a migration that is tried until it succeeds, of a page that is in use all the time',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
