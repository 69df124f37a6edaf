/** Which claims are made of the scenario migrate-pages-arguments, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import {
  boundsFor,
  constants,
  migratePagesArguments,
  situationsFor,
} from '../../../spec/scenarios/migrate-pages-arguments.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { argumentClaims } from '../../migrate-pages-arguments.ts'
import { refcountConserved } from '../../pinning.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { migratePagesWaivers, migrationSucceeds, onlyOne } from './waivers.ts'

/** Both turns of the checks; the lock is let go, and the batches are kept off, as in the scenario migrate-pages. */
export const rows = ['v4.14', 'v4.15', 'v4.16', 'v6.6', 'v7.3']

/** The model on a kernel: each call is an initial state. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  const situations = situationsFor(values)
  return migratePagesArguments(
    on,
    situations,
    (space) => [...(argumentClaims(situations) as Claim<object>[]), refcountConserved(space)],
    { waive: values.situation === 'all' ? waivers(on.settings) : onlyOne(values.situation) },
  )
}

export const expected = truthTable('migrate-pages-arguments.tsv')

function waivers(settings: Settings): Record<string, string> {
  return {
    ...migratePagesWaivers(settings),
    ...migrationSucceeds(['call']),
    'call.count never changes': 'there is one page, and nothing stands in its way',
  }
}

export const migratePagesArgumentsScenario = scenario({
  name: 'migrate-pages-arguments',
  area: 'mbind',
  about: 'calls of migrate_pages about memory of its own and of others, and what is checked first',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
