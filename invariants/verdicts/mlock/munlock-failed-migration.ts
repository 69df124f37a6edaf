/** Which claims are made of the scenario munlock-failed-migration, and what is expected of each on every kernel. */
import { type Model, reachable } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import {
  boundsFor,
  constants,
  ended,
  mlockVsMigration,
  type Scene,
  type Story,
} from '../../../spec/scenarios/mlock-vs-migration.ts'
import { countNotTooHigh, mlockedForSomebody, nrMlockExact, unevictableForAReason } from '../../mlock.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { countersHaveRoom, oneWay } from './waivers.ts'

const story: Story = { name: 'munlock-failed-migration', calls: ['munlock'], mlocked: true, reader: true }

/** The designs that there were, and what could be done about it. */
export const rows = [
  'v5.10',
  'v5.17',
  'v5.18',
  'v6.3',
  'v7.3',
  'patch:munlock-looks-twice',
  'patch:munlock-munlocks-source',
  'patch:munlock-waits-for-entry',
  'patch:restore-munlocks',
  'patch:last-unmap-clears-mlocked',
  'patch:munlock-repaired',
]

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return mlockVsMigration(
    on,
    values,
    story,
    (mm) => [
      mlockedForSomebody(mm, ended),
      unevictableForAReason(mm, ended),
      countNotTooHigh(mm, ended),
      nrMlockExact(ended),
      refcountConserved(mm),
      reachable('a migration can fail', {
        name: 'migration-can-fail',
        source: 'the reader is there for that',
        holds: (s: Scene) => s.migration.pc === 'done' && s.migration.failed,
      }),
    ],
    waivers(on),
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  return {
    'mlocked-for-somebody': leaks(kernel(kernelName)) ? 'violated' : 'holds',
    'unevictable-for-a-reason': strands(kernel(kernelName)) ? 'violated' : 'holds',
    'count-not-too-high': 'holds',
    'nr-mlock-exact': kernel(kernelName).settings['munlock-lowers-NR_MLOCK-by'] === 'cleared' ? 'holds' : 'violated',
    'refcount-conserved': 'holds',
    'migration-can-fail': 'reached',
  }
}

/** Whether a folio whose migration fails may keep PG_mlocked for nobody. */
export function leaks({ settings }: Kernel): boolean {
  const skips = settings['munlock-at-entry'] === 'skips' || settings['munlock-at-entry'] === 'looks-twice'
  return skips && settings['restore-munlocks'] === 'no' && settings['last-unmap-clears-PG_mlocked'] === 'no'
}

/** Whether putback and munlock can miss each other. Putback is one step here, so that only the order of munlock counts. */
function strands({ settings }: Kernel): boolean {
  return settings['munlock-order'] === 'test-then-clear'
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(on: Kernel): Record<string, string> {
  const munlocked = 'once nothing is under way the folio is neither mlocked nor unevictable, as it should be'
  const oneStep = 'the other sections of the LRU lock are one step each'
  return {
    ...countersHaveRoom,
    ...oneWay('migration'),
    'vma[*].VM_IO never changes': 'nobody calls mlock(2)',
    'lruLock never changes': oneStep,
    'lruLock is never cpu1': oneStep,
    ...(!leaks(on) && {
      "the premise of 'mlocked-for-somebody' is never true": munlocked,
      "the premise of 'count-not-too-high' is never true": munlocked,
      ...(!strands(on) && { "the premise of 'unevictable-for-a-reason' is never true": munlocked }),
    }),
  }
}

export const munlockFailedMigrationScenario = scenario({
  name: 'munlock-failed-migration',
  area: 'mlock',
  about: 'munlock(2) of a folio whose migration fails',
  rows,
  constants,
  bounds: (values) => boundsFor(values, story),
  expected,
  module: import.meta.url,
  build,
})
