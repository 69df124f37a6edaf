/** Which claims are made of the scenario mlock-drain-repeated, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants as drainConstants, mlockDrain } from '../../../spec/scenarios/mlock-drain.ts'
import { repeatedMigrationEnds } from '../../mlock-migration.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { neverFailsOn } from './mlock-drain.ts'
import { countersHaveRoom, nobodyLocks, oneWay, sectionsOfTheLruLockAreSteps } from './waivers.ts'

export const rows = ['patch:mlock-drain-after-walk', 'v5.18', 'v6.16', 'v6.17']

export const constants = { ...drainConstants, passes: 1 }

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return mlockDrain(
    on,
    values,
    true,
    (mm) => [
      repeatedMigrationEnds('batches empty', 'repeated-migration-ends'),
      repeatedMigrationEnds('an entry on the other CPU', 'ends-despite-remote-entry'),
      refcountConserved(mm),
    ],
    waivers(on),
  )
}

/** What is expected of each claim on a kernel. Nobody drains an idle CPU, unless the caller does it. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const batches = settings['munlock-decides-by'] === 'mlock-count'
  const own = settings['migration-drains-mlock'] === 'in-page-table-lock'
  return {
    'repeated-migration-ends': own || !batches ? 'holds' : 'violated',
    'ends-despite-remote-entry': neverFailsOn(settings) ? 'holds' : 'violated',
    'refcount-conserved': 'holds',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers({ settings }: Kernel): Record<string, string> {
  const never = 'this kernel drains every batch that could make the migration fail'
  return {
    ...countersHaveRoom,
    ...nobodyLocks,
    ...sectionsOfTheLruLockAreSteps,
    ...oneWay('migration'),
    ...(settings['munlock-decides-by'] === 'rmap-walk' && {
      "no fair behaviour keeps to the premise of 'ends-despite-remote-entry'": 'this kernel has no mlock batches',
      'start never changes': 'this kernel has no mlock batches',
    }),
    ...(neverFailsOn(settings) && {
      "action 'migration: restore ptes' is never": never,
      "action 'migration: unlock, -EAGAIN' is never": never,
      "action 'migration: putback' is never": never,
      'migration.': never,
    }),
  }
}

export const mlockDrainRepeatedScenario = scenario({
  name: 'mlock-drain-repeated',
  area: 'mlock',
  about: 'the same, by a caller who repeats the migration for ever, as long as it fails',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
