/** Which claims are made of the scenario mlock-vs-migration, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import {
  boundsFor,
  constants,
  ended,
  mlockVsMigration,
  type Scene,
  type Story,
} from '../../../spec/scenarios/mlock-vs-migration.ts'
import {
  countNotTooHigh,
  lockedIsMlocked,
  mlockedForSomebody,
  nrMlockExact,
  sampledMlockedIsStable,
} from '../../mlock.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { leaks } from './munlock-failed-migration.ts'
import { beforeBatches, countersHaveRoom, oneWay } from './waivers.ts'

const story: Story = { name: 'mlock-vs-migration', calls: ['mlock', 'munlock'], mlocked: false, reader: true }

/** With and without the guard, in the forms that migration had; and with the repairs of munlock against migration. */
export const rows = ['patch:mlock-without-vm-io', 'v5.18', 'v6.3', 'v7.3', 'patch:munlock-repaired']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return mlockVsMigration(
    on,
    values,
    story,
    (mm) => [
      countNotTooHigh(mm, ended),
      mlockedForSomebody(mm, ended),
      lockedIsMlocked(mm, ended),
      nrMlockExact(ended),
      refcountConserved(mm),
      ...(on.settings['destination-drain'] === 'mlocked' ? [sampledMlockedIsStable<Scene>()] : []),
    ],
    waivers(on),
  )
}

/**
 * What is expected of each claim on a kernel. The guard trades a count that is too high, which locks the folio in for good,
 * for a page of a locked VMA that may miss PG_mlocked, which is by design: reclaim repairs it.
 */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const counts = settings['munlock-decides-by'] === 'mlock-count'
  const guarded = settings['mlock-walk-guard'] === 'VM_IO'
  const countedTwice = counts && !guarded
  return {
    'count-not-too-high': countedTwice ? 'violated' : 'holds',
    'mlocked-for-somebody': countedTwice || leaks(kernel(kernelName)) ? 'violated' : 'holds',
    'locked-is-mlocked': guarded ? 'violated' : 'holds',
    'nr-mlock-exact': 'holds',
    'refcount-conserved': 'holds',
    ...(settings['destination-drain'] === 'mlocked' && { 'sampled-mlocked-is-stable': 'violated' as const }),
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers({ settings }: Kernel): Record<string, string> {
  return {
    ...countersHaveRoom,
    ...oneWay('migration'),
    'lruLock is never cpu1': 'the other sections of the LRU lock are one step each',
    ...(settings['mlock-walk-guard'] === 'none' && { 'vma[*].VM_IO never changes': 'this kernel has no guard' }),
  }
}

export const mlockVsMigrationScenario = scenario({
  name: 'mlock-vs-migration',
  area: 'mlock',
  about: 'mlock(2), and munlock(2) after it, of a folio that is migrated meanwhile',
  rows,
  constants,
  bounds: (values) => boundsFor(values, story),
  expected,
  silentOn: beforeBatches,
  module: import.meta.url,
  build,
})
