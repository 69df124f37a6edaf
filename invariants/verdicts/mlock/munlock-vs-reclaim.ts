/** Which claims are made of the scenario munlock-vs-reclaim, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Cast } from '../../../spec/scenarios/mlock-actors.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { castModel, NOBODY } from './cast.ts'
import { beforeBatches } from './waivers.ts'

export const rows = [
  'v5.18',
  'v7.3',
  'patch:munlock-waits-for-entry',
  'patch:mlock-synchronous',
  'patch:last-unmap-clears-mlocked',
  'patch:mlock-repaired',
]

export const constants = { capacity: 2 }

const castOf = ({ capacity }: typeof constants): Cast => ({
  ...NOBODY,
  name: 'munlock-vs-reclaim',
  task: { inOrder: ['mlock', 'munlock', 'touch'] },
  reclaim: true,
  capacity,
})

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return castModel(
    on,
    castOf(values),
    ['mlocked-for-somebody', 'unevictable-for-a-reason', 'count-not-too-high', 'nr-mlock-exact', 'refcount-conserved'],
    {},
    [],
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'mlocked-for-somebody': settings['last-unmap-clears-PG_mlocked'] === 'yes' ? 'holds' : 'violated',
    'unevictable-for-a-reason': settings['munlock-order'] === 'test-then-clear' ? 'violated' : 'holds',
    // Without the guard, mlock(2) and the reclaim that finds VM_LOCKED count the same mapping.
    'count-not-too-high': settings['mlock-walk-guard'] === 'none' ? 'violated' : 'holds',
    'nr-mlock-exact': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const munlockVsReclaimScenario = scenario({
  name: 'munlock-vs-reclaim',
  area: 'mlock',
  about: 'mlock(2) and munlock(2) of a folio that reclaim has isolated',
  rows,
  constants,
  bounds: ({ capacity }) =>
    `one page of a file in one VMA: mlock(2), munlock(2), a fault; reclaim of its folio; a CPU each with mlock batches of ${capacity}`,
  expected,
  silentOn: beforeBatches,
  module: import.meta.url,
  build,
})
