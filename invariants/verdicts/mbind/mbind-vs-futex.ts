/** Which claims are made of the scenario mbind-vs-futex, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { boundsFor, mbindVsFutex } from '../../../spec/scenarios/mbind-vs-futex.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { futexReadsLivePolicy } from '../../mbind-races.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { commonWaivers } from './waivers.ts'

export const rows = ['v6.16', 'v6.19', 'v7.0', 'v7.3']

const constants = {}

/** The model on a kernel. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return mbindVsFutex(on, () => [futexReadsLivePolicy()], waivers(on.settings))
}

export const expected = truthTable('mbind-vs-futex.tsv')

function waivers(settings: Settings): Record<string, string> {
  return {
    ...commonWaivers(settings, ['mbind']),
    "action 'mbind: ": 'the call has no flags, so that it looks at no page',
    'mbind.': 'the call has no flags, so that it looks at no page',
    'folio[*].': 'there are no pages, only a policy',
    'pte[*].': 'there are no pages, only a policy',
    'lru_disable_count never changes': 'the call has no flags, so that it leaves the batches alone',
    'futex.vm_policy is never': 'there are more policy objects than any run needs',
  }
}

export const mbindVsFutexScenario = scenario({
  name: 'mbind-vs-futex',
  area: 'mbind',
  about: 'one call of mbind while futex looks at the policy of the VMA',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
