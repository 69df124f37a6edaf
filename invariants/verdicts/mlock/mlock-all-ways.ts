/** Which claims are made of the scenario mlock-all-ways, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Cast } from '../../../spec/scenarios/mlock-actors.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { castModel } from './cast.ts'
import { beforeBatches } from './waivers.ts'

export const constants = {
  capacity: 2,
  anon: false,
  calls: 3,
  others: 0,
  putback: false,
  migration: false,
  reclaim: true,
  deep: false,
}

/** Everybody whom the constants ask for, with all calls in any order. */
export function castOf({ capacity, anon, calls, others, putback, migration, reclaim, deep }: typeof constants): Cast {
  const anyOf = ['mlock', 'munlock', 'munmap', 'touch'] as const
  return {
    name: 'mlock-all-ways',
    backing: anon ? 'anon' : 'file',
    task: { anyOf, budget: deep ? Math.max(4, calls) : calls },
    moves: true,
    other: others > 0 ? { anyOf, budget: others } : null,
    begins: 'mapped',
    drainWork: true,
    putback: putback || deep,
    migration,
    reader: migration,
    reclaim,
    capacity,
  }
}

/** The bounds in words. */
function boundsFor(values: typeof constants): string {
  const others = (['putback', 'migration', 'reclaim'] as const).filter(
    (each) => values[each] || (each === 'putback' && values.deep),
  )
  const { anon, calls, others: more, capacity, deep } = values
  return `one ${anon ? 'anonymous folio' : 'folio of the page cache'}, ${more > 0 ? 'two VMAs' : 'one VMA'}, ${deep ? Math.max(4, calls) : calls} calls${more > 0 ? ` and ${more}` : ''}, 2 CPUs with mlock batches of ${capacity} between which the task is moved; ${['drain work', ...others].join(', ')}`
}

export const rows = ['v7.3', 'patch:munlock-repaired', 'patch:mlock-synchronous', 'patch:mlock-repaired']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return castModel(
    on,
    castOf(values),
    ['mlocked-for-somebody', 'unevictable-for-a-reason', 'count-not-too-high', 'nr-mlock-exact', 'refcount-conserved'],
    {},
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  // A late entry of the batch marks a folio that nobody maps any more, whoever cleared PG_mlocked before.
  const cleared = settings['last-unmap-clears-PG_mlocked'] === 'yes' && settings['mlock-batching'] === 'synchronous'
  // Clearing first is half of it: the mlock batch must set PG_lru before it reads PG_mlocked.
  const inOrder = settings['munlock-order'] !== 'test-then-clear' && settings['mlock-batch-order'] !== 'read-then-set'
  return {
    'mlocked-for-somebody': cleared ? 'holds' : 'violated',
    'unevictable-for-a-reason': settings['munlock-order'] === 'lru-locked' || inOrder ? 'holds' : 'violated',
    'count-not-too-high': settings['mlock-batching'] === 'batched' ? 'violated' : 'holds',
    'nr-mlock-exact': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const mlockAllWaysScenario = scenario({
  name: 'mlock-all-ways',
  area: 'mlock',
  about: 'everybody who may mlock, munlock or move a folio between the lists, together',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  silentOn: beforeBatches,
  module: import.meta.url,
  build,
})
