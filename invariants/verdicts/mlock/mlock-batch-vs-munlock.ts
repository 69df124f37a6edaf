/** Which claims are made of the scenario mlock-batch-vs-munlock, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Cast } from '../../../spec/scenarios/mlock-actors.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { castModel, NOBODY } from './cast.ts'
import { beforeBatches } from './waivers.ts'

export const rows = [
  'v5.18',
  'v7.3',
  'patch:munlock-and-lru-add-reordered',
  'patch:munlock-and-every-adder-reordered',
  'patch:munlock-under-lru-lock',
]

export const constants = { capacity: 2 }

/** mlock2(MLOCK_ONFAULT) is over. A fault on one CPU, and the other calls wherever the task is then. */
const castOf = ({ capacity }: typeof constants): Cast => ({
  ...NOBODY,
  name: 'mlock-batch-vs-munlock',
  task: { inOrder: ['touch', 'munlock'] },
  moves: true,
  begins: 'unmapped, VMA0 locked',
  drainWork: true,
  capacity,
})

/** Whether the mlock of the fault may still wait on the CPU that the task has left. */
const waits = (settings: Settings): boolean =>
  settings['mlock-batching'] === 'batched' && settings['munlock-drains'] === 'own-cpu'

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return castModel(
    on,
    castOf(values),
    ['mlocked-for-somebody', 'unevictable-for-a-reason', 'count-not-too-high', 'nr-mlock-exact', 'refcount-conserved'],
    waits(on.settings) ? {} : { "action 'task: mlock: ": 'the mlock is processed when munlock(2) walks' },
    [],
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const safe =
    !waits(settings) || settings['munlock-order'] === 'lru-locked' || settings['mlock-batch-order'] === 'set-then-read'
  return {
    'mlocked-for-somebody': 'holds',
    'unevictable-for-a-reason': safe ? 'holds' : 'violated',
    'count-not-too-high': 'holds',
    'nr-mlock-exact': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const mlockBatchVsMunlockScenario = scenario({
  name: 'mlock-batch-vs-munlock',
  area: 'mlock',
  about: 'munlock(2) of a folio whose mlock is just being processed on another CPU',
  rows,
  constants,
  bounds: ({ capacity }) =>
    `one page of a file in one VM_LOCKED VMA: a fault, munlock(2); 2 CPUs with mlock batches of ${capacity} between which the task is moved; drain work`,
  expected,
  silentOn: beforeBatches,
  module: import.meta.url,
  build,
})
