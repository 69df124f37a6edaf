/** Which claims are made of the scenario mbind-twice, and what is expected of each on every kernel: claims I20 and I21. */
import type { Model } from '../../../checker/language/index.ts'
import { mbindCalls } from '../../../spec/scenarios/mbind-calls.ts'
import { MACHINE } from '../../../spec/scenarios/mbind-one-call.ts'
import { pairs } from '../../../spec/scenarios/mbind-twice.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { callIsIdempotent, moveBringsNoFault, strictMovesTheSame } from '../../mbind-pairs.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { commonWaivers } from './waivers.ts'

export const rows = ['v3.19', 'v5.0', 'v5.2', 'v5.3', 'v5.4', 'v6.3', 'v6.6', 'patch:mbind-counts-failures', 'v7.3']

const constants = {}

/** The model on a kernel: each pair of calls is an initial state. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  const all = pairs()
  return mbindCalls(
    on,
    { name: 'mbind-twice', machine: MACHINE, situations: all },
    (space) => [callIsIdempotent(space, all), moveBringsNoFault(all), strictMovesTheSame(space, all)],
    waivers(on.settings),
  )
}

export const expected = truthTable('mbind-twice.tsv')

function waivers(settings: Settings): Record<string, string> {
  return {
    ...commonWaivers(settings, ['mbind']),
    'mbind.next is never': 'two folios, at most, are isolated',
    'mbind.retBefore is never': 'calls of this scenario cannot end like this',
    'mbind.nomem never changes': 'there is memory for every folio',
    'mbind.vma is never': 'VMAs begin and end where the scenario has them',
  }
}

export const mbindTwiceScenario = scenario({
  name: 'mbind-twice',
  area: 'mbind',
  about: 'two calls of mbind one after the other, compared',
  rows,
  constants,
  bounds: () => `${Object.keys(pairs()).length} pairs of calls on up to 6 pages in up to 3 VMAs, 2 nodes, 1 CPU`,
  expected,
  module: import.meta.url,
  build,
})
