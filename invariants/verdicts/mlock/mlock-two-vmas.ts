/** Which claims are made of the scenario mlock-two-vmas, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Cast } from '../../../spec/scenarios/mlock-actors.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { castModel, NOBODY } from './cast.ts'
import { beforeBatches } from './waivers.ts'

export const rows = ['v5.18', 'v7.3', 'patch:munlock-under-lru-lock', 'patch:mlock-synchronous', 'patch:mlock-repaired']

export const constants = { capacity: 2 }

const castOf = ({ capacity }: typeof constants): Cast => ({
  ...NOBODY,
  name: 'mlock-two-vmas',
  task: { inOrder: ['munlock', 'mlock', 'munlock'] },
  other: { inOrder: ['mlock', 'munlock'] },
  begins: 'mlocked',
  capacity,
})

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return castModel(
    on,
    castOf(values),
    [
      'mlocked-for-somebody',
      'unevictable-for-a-reason',
      'count-not-too-high',
      'locked-is-mlocked',
      'nr-mlock-exact',
      'refcount-conserved',
    ],
    {},
    [],
  )
}

/** Whether a munlock can miss the mlock batch that sets PG_lru: one of the two orders alone does not help. */
const strands = (settings: Settings): boolean =>
  settings['munlock-order'] === 'test-then-clear' ||
  (settings['munlock-order'] !== 'lru-locked' && settings['mlock-batch-order'] !== 'set-then-read')

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'mlocked-for-somebody': settings['mlock-batch-order'] === 'lru-locked' ? 'holds' : 'violated',
    'unevictable-for-a-reason': strands(settings) ? 'violated' : 'holds',
    'count-not-too-high': settings['mlock-batch-order'] === 'lru-locked' ? 'holds' : 'violated',
    'locked-is-mlocked': 'violated',
    'nr-mlock-exact': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const mlockTwoVmasScenario = scenario({
  name: 'mlock-two-vmas',
  area: 'mlock',
  about: 'a munlock for one VMA while another one mlocks the same folio',
  rows,
  constants,
  bounds: ({ capacity }) =>
    `one folio in two VMAs, the first VM_LOCKED: munlock(2), mlock(2), munlock(2) there, mlock(2), munlock(2) in the other; a CPU each with mlock batches of ${capacity}`,
  expected,
  silentOn: beforeBatches,
  module: import.meta.url,
  build,
})
