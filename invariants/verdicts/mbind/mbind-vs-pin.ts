/** Which claims are made of the scenario mbind-vs-pin, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, callsFor, constants, mbindVsPin } from '../../../spec/scenarios/mbind-vs-pin.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { errorMeansNotMoved, moveAloneSucceeds, pinCanKeepPage, strictTellsWhatStayed } from '../../mbind-races.ts'
import { pinIsMapped, refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { commonWaivers, onlyOne } from './waivers.ts'

/** A kernel of each era of mbind, from the one that looks at pages first (V0) to the one that takes entries in batches (V10). */
export const rows = [
  'v3.19',
  'v5.0',
  'v5.2',
  'v5.3',
  'v5.4',
  'v6.3',
  'v6.4',
  'patch:mbind-locks-first',
  'v6.5',
  'patch:mbind-locks-skipped-vmas',
  'v6.6',
  'patch:mbind-counts-failures',
  'v6.7',
  'v7.3',
]

/** The model on a kernel. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  const calls = Object.values(callsFor(values))
  return mbindVsPin(
    on,
    values,
    (space) => [
      pinIsMapped(space),
      strictTellsWhatStayed(calls),
      moveAloneSucceeds(calls),
      ...calls.slice(0, 1).map(errorMeansNotMoved),
      refcountConserved(space),
      pinCanKeepPage(),
    ],
    values.flags === 'all' ? waivers(on.settings, values) : onlyOne(values.flags),
  )
}

const table = truthTable('mbind-vs-pin.tsv')

/** As the table says; without its second look gup-fast pins what was moved, whatever mbind does. */
export const expected = (kernelName: string): Readonly<Record<string, Expectation>> => ({
  ...table(kernelName),
  ...(kernel(kernelName).settings['gup-fast-rechecks-pte'] === 'no' && { 'pinned-folio-is-mapped': 'violated' }),
})

function waivers(settings: Settings, { deep }: typeof constants): Record<string, string> {
  const onePage = 'the pinner knows the first page only'
  return {
    ...commonWaivers(settings, ['mbind']),
    ...(deep ? { 'pinner.seen is never F1': onePage, 'pinner.pinned[*] is never F1': onePage } : {}),
  }
}

export const mbindVsPinScenario = scenario({
  name: 'mbind-vs-pin',
  area: 'mbind',
  about: 'one call of mbind on a page that direct I/O pins for short',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
