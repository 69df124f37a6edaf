/** Which claims are made of the scenario mbind-vs-fork, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { constants } from '../../../spec/scenarios/mbind-race.ts'
import { boundsFor, mbindVsFork } from '../../../spec/scenarios/mbind-vs-fork.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { childHasThePage, moveSparesShared } from '../../mbind-races.ts'
import { refcountConserved } from '../../pinning.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { commonWaivers, migrationSucceeds } from './waivers.ts'

export const rows = ['v3.19', 'v6.6', 'patch:mbind-counts-failures', 'v6.7', 'v7.3']

/** The model on a kernel. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return mbindVsFork(
    on,
    values,
    (space) => [moveSparesShared(space), childHasThePage(space), refcountConserved(space)],
    waivers(on.settings),
  )
}

export const expected = truthTable('mbind-vs-fork.tsv')

function waivers(settings: Settings): Record<string, string> {
  return {
    ...commonWaivers(settings, ['mbind']),
    ...migrationSucceeds(['mbind']),
  }
}

export const mbindVsForkScenario = scenario({
  name: 'mbind-vs-fork',
  area: 'mbind',
  about: 'one call of mbind with MOVE while the task forks',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
