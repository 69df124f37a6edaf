/** Which claims are made of the scenario mbind-vs-isolation, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { constants } from '../../../spec/scenarios/mbind-race.ts'
import { boundsFor, callFor, mbindVsIsolation } from '../../../spec/scenarios/mbind-vs-isolation.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { errorMeansNotMoved, moveLeavesNoneBehind } from '../../mbind-races.ts'
import { refcountConserved } from '../../pinning.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { commonWaivers } from './waivers.ts'

export const rows = ['v3.19', 'v5.0', 'v5.2', 'v5.3', 'v5.4', 'v5.13', 'v6.3', 'v6.6', 'v6.7', 'v7.3']

/** The model on a kernel. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return mbindVsIsolation(
    on,
    values,
    (space) => [
      moveLeavesNoneBehind(space, callFor(values)),
      errorMeansNotMoved(callFor(values)),
      refcountConserved(space),
    ],
    waivers(on.settings),
  )
}

export const expected = truthTable('mbind-vs-isolation.tsv')

function waivers(settings: Settings): Record<string, string> {
  return {
    ...commonWaivers(settings, ['mbind']),
  }
}

export const mbindVsIsolationScenario = scenario({
  name: 'mbind-vs-isolation',
  area: 'mbind',
  about: 'one call of mbind on a page that others isolate and hold for a while',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
