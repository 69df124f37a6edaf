/** Which claims are made of the scenario mlock-undercount, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Cast } from '../../../spec/scenarios/mlock-actors.ts'
import { lockedIsNeverReclaimed } from '../../mlock.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { castModel, NOBODY } from './cast.ts'
import { beforeBatches } from './waivers.ts'

export const rows = ['v5.18', 'v7.3', 'patch:mlock-repaired']

export const constants = { capacity: 2 }

const castOf = ({ capacity }: typeof constants): Cast => ({
  ...NOBODY,
  name: 'mlock-undercount',
  task: { inOrder: ['munlock'] },
  other: { inOrder: [] },
  begins: 'mlocked by all',
  putback: true,
  reclaim: true,
  capacity,
})

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return castModel(
    on,
    castOf(values),
    ['locked-is-mlocked', 'count-not-too-high', 'nr-mlock-exact', 'refcount-conserved'],
    {
      'pte[*].kind never changes': 'VMA1 is VM_LOCKED throughout: reclaim never gets as far as unmapping',
      'putback.cleared never changes': 'reclaim drains the mlock batch of the CPU that they share',
      'putback.isolated': 'reclaim drains the mlock batch of the CPU that they share',
      "action 'putback: m": 'reclaim drains the mlock batch of the CPU that they share',
      "action 'reclaim: try_to_unmap' is never": 'VMA1 is VM_LOCKED throughout: reclaim never gets that far',
      "action 'reclaim: __remove_mapping' is never": 'VMA1 is VM_LOCKED throughout: reclaim never gets that far',
    },
    [lockedIsNeverReclaimed()],
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'locked-is-mlocked': settings['munlock-decides-by'] === 'mlock-count' ? 'violated' : 'holds',
    'locked-is-never-reclaimed': 'holds',
    'count-not-too-high': 'holds',
    'nr-mlock-exact': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const mlockUndercountScenario = scenario({
  name: 'mlock-undercount',
  area: 'mlock',
  about: 'two VMAs lock a folio that is isolated and put back, and one of them is munlocked',
  rows,
  constants,
  bounds: ({ capacity }) =>
    `one folio in two VM_LOCKED VMAs, munlock(2) of one of them, one isolation with putback, reclaim, CPUs with mlock batches of ${capacity}`,
  expected,
  silentOn: beforeBatches,
  module: import.meta.url,
  build,
})
