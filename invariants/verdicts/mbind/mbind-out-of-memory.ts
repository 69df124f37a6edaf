/** Which claims are made of the scenario mbind-out-of-memory, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { mbindCalls } from '../../../spec/scenarios/mbind-calls.ts'
import { MACHINE, SITUATIONS } from '../../../spec/scenarios/mbind-out-of-memory.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { Calls, moveInstallsPolicy, nothingStaysIsolated, policyIsAtomic } from '../../mbind.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { commonWaivers, migrationSucceeds } from './waivers.ts'

export const rows = ['v3.19', 'v5.2', 'v5.3', 'v6.3', 'v6.6', 'patch:mbind-counts-failures', 'v6.7', 'v7.3']

const constants = {}

/** The model on a kernel. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  const text = { name: 'mbind-out-of-memory', machine: MACHINE, situations: SITUATIONS, mayRunOut: true }
  return mbindCalls(
    on,
    text,
    (space) => {
      const calls = new Calls(space, SITUATIONS)
      return [policyIsAtomic(calls), moveInstallsPolicy(calls), nothingStaysIsolated(calls)]
    },
    waivers(on.settings),
  )
}

export const expected = truthTable('mbind-out-of-memory.tsv')

function waivers(settings: Settings): Record<string, string> {
  return {
    ...commonWaivers(settings, ['mbind']),
    ...migrationSucceeds(['mbind']),
    'vma[*].writeLocked never changes': 'this kernel locks no VMA in mbind',
  }
}

export const mbindOutOfMemoryScenario = scenario({
  name: 'mbind-out-of-memory',
  area: 'mbind',
  about: 'one call of mbind while a split or the copy of a policy may fail for want of memory',
  rows,
  constants,
  bounds: () => '2 VMAs replaced whole, or 1 VMA of 4 pages split twice; any split or copy may fail',
  expected,
  module: import.meta.url,
  build,
})
