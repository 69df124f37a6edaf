/** Which claims are made of the scenario mbind-vs-munmap, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { constants } from '../../../spec/scenarios/mbind-race.ts'
import { boundsFor, mbindVsMunmap } from '../../../spec/scenarios/mbind-vs-munmap.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { goneIsNoFailure, unmappedIsFree } from '../../mbind-races.ts'
import { refcountConserved } from '../../pinning.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { commonWaivers, migrationSucceeds } from './waivers.ts'

export const rows = ['v3.19', 'v6.3', 'v6.6', 'v6.7', 'v7.3']

/** The model on a kernel. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return mbindVsMunmap(
    on,
    values,
    (space) => [goneIsNoFailure(), unmappedIsFree(), refcountConserved(space)],
    waivers(on.settings),
  )
}

export const expected = truthTable('mbind-vs-munmap.tsv')

function waivers(settings: Settings): Record<string, string> {
  return {
    ...commonWaivers(settings, ['mbind']),
    ...migrationSucceeds(['mbind']),
  }
}

export const mbindVsMunmapScenario = scenario({
  name: 'mbind-vs-munmap',
  area: 'mbind',
  about: 'one call of mbind on a page that is unmapped meanwhile',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
