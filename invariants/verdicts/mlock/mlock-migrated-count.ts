/** Which claims are made of the scenario mlock-migrated-count, and what is expected of each on every kernel. */
import { invariant, type Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Cast, Scene } from '../../../spec/scenarios/mlock-actors.ts'
import { lockedMappings } from '../../mlock.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { castModel, NOBODY } from './cast.ts'
import { beforeBatches } from './waivers.ts'

export const rows = ['patch:mlock-late-destination', 'v5.18', 'v6.7', 'v7.3']

export const constants = { capacity: 2 }

/** A migration of a folio that two VMAs have locked, and nobody else. */
const castOf = ({ capacity }: typeof constants): Cast => ({
  ...NOBODY,
  name: 'mlock-migrated-count',
  other: { inOrder: [] },
  begins: 'mlocked by all',
  migration: true,
  capacity,
})

/** What the destination must be worth, so that the munlock of one VMA does not unlock it for the other. */
const countSurvives = () =>
  invariant('a migration leaves the destination with the count of the VMAs that lock it', {
    name: 'count-survives-migration',
    source:
      'c3096e6782b7 (v5.18): the new page is pushed to the LRU before its mappings are restored, to be counted there',
    given: (s: Scene) => s.migration.pc === 'done',
    holds: (s: Scene) => s.folio.every(({ mlock_count }, f) => mlock_count === lockedMappings(s, f)),
  })

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  const alone = 'nobody is in the way of the migration, which succeeds'
  return castModel(
    on,
    castOf(values),
    ['mlocked-for-somebody', 'unevictable-for-a-reason', 'locked-is-mlocked', 'nr-mlock-exact', 'refcount-conserved'],
    {
      "action 'migration: refcount as expected?' is never": 'pages of a file are frozen instead',
      "action 'migration: copied, refcount as expected?' is never": 'pages of a file are frozen instead',
      "action 'task: ": 'nobody makes a call',
      "action 'migration: restore ptes' is never": alone,
      "action 'migration: unlock, -EAGAIN' is never": alone,
      "action 'migration: putback' is never": alone,
      'migration.': alone,
      'task.': 'nobody makes a call',
      'localLock[*] never changes': 'nobody makes a call',
      'vma[*].VM_LOCKED never changes': 'nobody calls mlock(2) or munlock(2)',
    },
    [countSurvives()],
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'mlocked-for-somebody': 'holds',
    'unevictable-for-a-reason': 'holds',
    'locked-is-mlocked': 'holds',
    'nr-mlock-exact': 'holds',
    'refcount-conserved': 'holds',
    'count-survives-migration': settings['add-destination'] === 'after-restore' ? 'violated' : 'holds',
  }
}

export const mlockMigratedCountScenario = scenario({
  name: 'mlock-migrated-count',
  area: 'mlock',
  about: 'a migration of a folio that two VMAs have locked: what mlock_count is afterwards',
  rows,
  constants,
  bounds: ({ capacity }) => `one folio in two VM_LOCKED VMAs, one migration, mlock batches of ${capacity}`,
  expected,
  silentOn: beforeBatches,
  module: import.meta.url,
  build,
})
