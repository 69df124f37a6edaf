/** Which claims are made of the scenario fork-vs-fault, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { boundsFor, forkVsFault } from '../../../spec/scenarios/fork-vs-fault.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { noStoreIsLost } from '../../mbind-races.ts'
import { refcountConserved } from '../../pinning.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { commonWaivers } from './waivers.ts'

export const rows = ['v6.3', 'v6.4', 'v6.5', 'v7.3']

const constants = {}

/** The model on a kernel. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return forkVsFault(on, (space) => [noStoreIsLost(), refcountConserved(space)], waivers(on.settings))
}

export const expected = truthTable('fork-vs-fault.tsv')

function waivers(settings: Settings): Record<string, string> {
  return {
    ...commonWaivers(settings, []),
    'folio[*].isolated never changes': 'nobody migrates',
    'folio[*].PG_locked never changes': 'nobody migrates',
    'lru_disable_count never changes': 'nobody migrates',
    'vma[*].vm_policy never changes': 'policies play no part',
    'policy[*].refcnt never changes': 'policies play no part',
    'returned never changes': 'nobody calls mbind',
    'fault.copy is never': 'the page itself is not free',
    'vma[*].writeLocked never changes': 'fork locks no VMA on this kernel',
  }
}

export const forkVsFaultScenario = scenario({
  name: 'fork-vs-fault',
  area: 'mbind',
  about: 'fork while one thread of the parent faults and another one stores',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
