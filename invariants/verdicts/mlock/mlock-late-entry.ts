/** Which claims are made of the scenario mlock-late-entry, and what is expected of each on every kernel. */
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
  'patch:munlock-repaired',
  'patch:munlock-drains-every-cpu',
  'patch:mlock-synchronous',
  'patch:mlock-repaired',
]

export const constants = { capacity: 2 }

/** Whether an entry may still wait on one CPU when the task munlocks on another. */
const late = (settings: Settings): boolean =>
  settings['mlock-batching'] === 'batched' && settings['munlock-drains'] === 'own-cpu'

/** mlock2(MLOCK_ONFAULT) is over. A fault on CPU 0, and the other calls wherever the task is then. Nobody else is there. */
const castOf = ({ capacity }: typeof constants): Cast => ({
  ...NOBODY,
  name: 'mlock-late-entry',
  task: { inOrder: ['touch', 'munlock', 'mlock', 'munlock'] },
  moves: true,
  begins: 'unmapped, VMA0 locked',
  capacity,
})

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return castModel(
    on,
    castOf(values),
    ['mlocked-for-somebody', 'unevictable-for-a-reason', 'count-not-too-high', 'nr-mlock-exact', 'refcount-conserved'],
    {
      "action 'task: munlock: test PG_lru again'": 'nobody isolates',
      "action 'task: munlock: count'": 'nobody isolates',
    },
    [],
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'mlocked-for-somebody': late(settings) ? 'violated' : 'holds',
    'unevictable-for-a-reason': 'holds',
    'count-not-too-high': late(settings) ? 'violated' : 'holds',
    'nr-mlock-exact': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const mlockLateEntryScenario = scenario({
  name: 'mlock-late-entry',
  area: 'mlock',
  about: 'an mlock that is still in the batch of the CPU that its task has left',
  rows,
  constants,
  bounds: ({ capacity }) =>
    `one page of a file in one VM_LOCKED VMA: a fault, munlock(2), mlock(2), munlock(2); 2 CPUs with mlock batches of ${capacity} between which the task is moved, and nobody else`,
  expected,
  silentOn: beforeBatches,
  module: import.meta.url,
  build,
})
