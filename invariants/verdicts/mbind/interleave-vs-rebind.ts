/** Which claims are made of the scenario interleave-vs-rebind, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { boundsFor, interleaveVsRebind } from '../../../spec/scenarios/interleave-vs-rebind.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { interleavesOverNodes } from '../../mbind-races.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'

export const rows = ['v5.14', 'v5.15', 'v7.3']

const constants = {}

/** The model on a kernel. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return interleaveVsRebind(on, [interleavesOverNodes()], waivers(on.settings))
}

export const expected = truthTable('interleave-vs-rebind.tsv')

function waivers(settings: Settings): Record<string, string> {
  return {
    'allocation.left is never': 'the second node of two is asked for',
    ...(settings['interleave-reads-mask'] === 'once'
      ? { 'allocation.nid is never 4': 'a copy of the mask has the bits that were counted' }
      : { 'allocation.copy{': 'this kernel makes no copy of the mask' }),
  }
}

export const interleaveVsRebindScenario = scenario({
  name: 'interleave-vs-rebind',
  area: 'mbind',
  about: 'an allocation by an interleaving policy while the nodes of the cpuset change',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
