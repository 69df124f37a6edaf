/** Which claims are made of the scenario mbind-two-vmas, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { boundsFor, constants, mbindTwoVmas } from '../../../spec/scenarios/mbind-two-vmas.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { faultReadsLivePolicy, interruptionChangesNothing, replacedVmaIsLocked } from '../../mbind-races.ts'
import { refcountConserved } from '../../pinning.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { commonWaivers, migrationSucceeds, onlyOne } from './waivers.ts'

/** The kernels around per-VMA locks, and the ways in which mbind took them. */
export const rows = [
  'v6.3',
  'v6.4',
  'patch:mbind-locks-first',
  'v6.5',
  'patch:mbind-locks-skipped-vmas',
  'v6.6',
  'patch:mbind-counts-failures',
  'v6.7',
  'v7.3',
  'patch:walk-lock-killable',
]

/** The model on a kernel. Before v6.4 a VMA has no lock of its own. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  const vmaLocks = on.settings['faults-under-vma-lock'] === 'yes'
  return mbindTwoVmas(
    on,
    values,
    (space) => [
      ...(vmaLocks ? [replacedVmaIsLocked()] : []),
      faultReadsLivePolicy(),
      ...(on.settings['walk-lock-killable'] === 'yes' ? [interruptionChangesNothing(space, 'BIND {1}')] : []),
      refcountConserved(space),
    ],
    values.layout === 'all' ? waivers(on.settings) : onlyOne(values.layout),
  )
}

export const expected = truthTable('mbind-two-vmas.tsv')

/** What is done with a page that was isolated. */
const MIGRATION = [
  'alloc destination',
  'folio_lock',
  'try_to_migrate',
  'mlock_page_drain',
  'refcount as expected?',
  'copy contents',
  'add destination to the LRU',
  'remove_migration_ptes',
  'unlock destination',
  'free source',
]

/** What only a walk that goes on behind the unmovable page of the first VMA leads to. */
function neverMigrates(): Record<string, string> {
  const stops = 'the walk of this kernel stops at the unmovable page, and the one that is touched lies behind it'
  return {
    ...Object.fromEntries(MIGRATION.map((label) => [`action 'mbind: ${label}'`, stops])),
    'mbind.phase never changes': stops,
  }
}

function waivers(settings: Settings): Record<string, string> {
  const vmaLocks = settings['faults-under-vma-lock'] === 'yes'
  return {
    ...commonWaivers(settings, ['mbind']),
    ...migrationSucceeds(['mbind']),
    ...(settings['mbind-isolation-failure'] === 'stops-walk' && neverMigrates()),
    'fault.page is never': 'the page of the last VMA is touched',
    'fault.vm_policy is never': 'there are more policy objects than any run needs',
    'fault.folio is never': 'folios in use are not free',
    ...(vmaLocks
      ? { 'fault.locked is never': 'the page of the last VMA is touched' }
      : { 'fault.locked never changes': 'a VMA has no lock of its own on this kernel' }),
    "action 'fault: mmap_read_lock'": 'on this kernel the VMA is never write-locked when the page is touched',
    'vma[*].writeLocked never changes': 'this kernel write-locks no VMA that is replaced whole',
  }
}

export const mbindTwoVmasScenario = scenario({
  name: 'mbind-two-vmas',
  area: 'mbind',
  about: 'the syzbot call of mbind over several VMAs whose walk ends early, while a page is touched',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
