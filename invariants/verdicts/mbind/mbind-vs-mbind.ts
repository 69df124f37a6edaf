/** Which claims are made of the scenario mbind-vs-mbind, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { constants } from '../../../spec/scenarios/mbind-race.ts'
import { boundsFor, mbindVsMbind } from '../../../spec/scenarios/mbind-vs-mbind.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { batchesComeBack, laterCallPlacesPages } from '../../mbind-races.ts'
import { refcountConserved } from '../../pinning.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { commonWaivers, migrationSucceeds } from './waivers.ts'

export const rows = ['v3.19', 'v5.4', 'v6.6', 'patch:mbind-counts-failures', 'v6.7', 'v7.3']

/** The model on a kernel. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return mbindVsMbind(
    on,
    values,
    (space) => [laterCallPlacesPages(space), batchesComeBack(), refcountConserved(space)],
    waivers(on.settings),
  )
}

export const expected = truthTable('mbind-vs-mbind.tsv')

function waivers(settings: Settings): Record<string, string> {
  return {
    ...commonWaivers(settings, ['toNode0', 'toNode1']),
    ...migrationSucceeds(['toNode0', 'toNode1']),
  }
}

export const mbindVsMbindScenario = scenario({
  name: 'mbind-vs-mbind',
  area: 'mbind',
  about: 'two calls of mbind on one page, each to a node of its own',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
