/** Which claims are made of the scenario reclaim-mlocks-late, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Cast } from '../../../spec/scenarios/mlock-actors.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { castModel, NOBODY } from './cast.ts'
import { beforeBatches } from './waivers.ts'

export const rows = ['v6.6', 'v6.7', 'v6.17', 'v6.18']

export const constants = { capacity: 2 }

const castOf = ({ capacity }: typeof constants): Cast => ({
  ...NOBODY,
  name: 'reclaim-mlocks-late',
  task: { inOrder: ['munlock'] },
  begins: 'missed',
  reclaim: 'of a large folio',
  capacity,
})

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  const never = 'once nothing is under way the folio is not mlocked, as it should be'
  return castModel(
    on,
    castOf(values),
    ['mlocked-for-somebody', 'count-not-too-high', 'nr-mlock-exact', 'refcount-conserved'],
    {
      "the premise of 'mlocked-for-somebody' is never": never,
      "the premise of 'count-not-too-high' is never": never,
      ...(on.settings['mlock-batching'] === 'synchronous' && {
        'folio[*].mlock_count never changes': 'each mlock of an isolated folio is processed at once, and not counted',
      }),
    },
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'mlocked-for-somebody': settings['reclaim-mlocks'] === 'after-page-table-lock' ? 'violated' : 'holds',
    'count-not-too-high': settings['reclaim-mlocks'] === 'after-page-table-lock' ? 'violated' : 'holds',
    'nr-mlock-exact': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const reclaimMlocksLateScenario = scenario({
  name: 'reclaim-mlocks-late',
  area: 'mlock',
  about: 'reclaim that mlocks a large folio after it has dropped the page-table lock',
  rows,
  constants,
  bounds: ({ capacity }) =>
    `one large folio in one VM_LOCKED VMA, not mlocked; munlock(2); reclaim; a CPU each with mlock batches of ${capacity}`,
  expected,
  silentOn: beforeBatches,
  module: import.meta.url,
  build,
})
