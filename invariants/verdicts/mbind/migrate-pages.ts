/** Which claims are made of the scenario migrate-pages, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { boundsFor, constants, migratePagesScenarioModel } from '../../../spec/scenarios/migrate-pages.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { countsWhatStayed, nothingIsLeftBehind, zeroMeansAllMoved } from '../../migrate-pages.ts'
import { refcountConserved } from '../../pinning.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { migratePagesWaivers, onlyOne } from './waivers.ts'

export const rows = ['v3.19', 'v5.0', 'v5.2', 'v6.6', 'patch:mbind-counts-failures', 'v6.7', 'v6.16', 'v7.3']

/** The model on a kernel. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migratePagesScenarioModel(
    on,
    values,
    (space) => [zeroMeansAllMoved(), countsWhatStayed(), nothingIsLeftBehind(), refcountConserved(space)],
    values.layout === 'all' ? waivers(on.settings) : onlyOne(values.layout),
  )
}

export const expected = truthTable('migrate-pages.tsv')

function waivers(settings: Settings): Record<string, string> {
  return {
    ...migratePagesWaivers(settings),
    'call.next is never': 'two folios, at most, are isolated',
    'call.count is never': 'more could be counted than there is',
    'call.nomem never changes': 'memory is there for both folios or for none',
  }
}

export const migratePagesScenario = scenario({
  name: 'migrate-pages',
  area: 'mbind',
  about: 'one call of migrate_pages in address spaces where something stands in its way',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
