/** Which claims are made of the scenario mbind-vs-fault, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { boundsFor, callFor, constants, mbindVsFault } from '../../../spec/scenarios/mbind-vs-fault.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import {
  faultMeansHole,
  faultReadsLivePolicy,
  laterFaultFollowsPolicy,
  moveLeavesNoneBehind,
  replacedVmaIsLocked,
} from '../../mbind-races.ts'
import { refcountConserved } from '../../pinning.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { commonWaivers, migrationSucceeds } from './waivers.ts'

/** The kernels around per-VMA locks, the first one that migrates without mmap_lock, and the proposal for killable waits. */
export const rows = [
  'v6.3',
  'v6.4',
  'patch:mbind-locks-first',
  'v6.5',
  'v6.6',
  'v6.7',
  'v7.3',
  'patch:walk-lock-killable',
]

/** The model on a kernel. Before v6.4 a VMA has no lock of its own. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  const vmaLocks = on.settings['faults-under-vma-lock'] === 'yes'
  return mbindVsFault(
    on,
    values,
    (space) => [
      ...(vmaLocks ? [replacedVmaIsLocked()] : []),
      faultReadsLivePolicy(),
      moveLeavesNoneBehind(space, callFor(values)),
      laterFaultFollowsPolicy(space, () => callFor(values)),
      faultMeansHole(),
      refcountConserved(space),
    ],
    waivers(on.settings),
  )
}

export const expected = truthTable('mbind-vs-fault.tsv')

function waivers(settings: Settings): Record<string, string> {
  return {
    ...commonWaivers(settings, ['mbind']),
    ...migrationSucceeds(['mbind']),
    'fault.page ': 'the last page is touched',
    'fault.locked never changes': 'VMAs have no locks on this kernel',
    "action 'fault: mmap_read_lock'": 'this kernel write-locks no VMA, so that no fault has to do without its lock',
    'vma[*].writeLocked never changes': 'this kernel write-locks no VMA that is replaced whole',
    'fault.vm_policy is never': 'there are more policy objects than any run needs',
    'fault.folio is never': 'folios in use are not free',
  }
}

export const mbindVsFaultScenario = scenario({
  name: 'mbind-vs-fault',
  area: 'mbind',
  about: 'one call of mbind while an absent page of its range is touched',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
