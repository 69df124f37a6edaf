/** Which claims are made of the scenario mlock-returns, and what is expected of each on every kernel. */
import { invariant, type Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Cast, Scene } from '../../../spec/scenarios/mlock-actors.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { castModel, NOBODY } from './cast.ts'
import { beforeBatches } from './waivers.ts'

export const rows = ['patch:mlock-returns-early', 'v5.18', 'v7.3']

export const constants = { capacity: 2 }

/** What is claimed of folios that are counted. */
const COUNTS = ['locked-is-mlocked', 'count-not-too-high', 'nr-mlock-exact'] as const

/** mlock(2) of a page that is not mapped yet. */
const castOf = ({ capacity }: typeof constants): Cast => ({
  ...NOBODY,
  name: 'mlock-returns',
  task: { inOrder: ['mlock'] },
  begins: 'unmapped',
  capacity,
})

/** What a user who looks at /proc/meminfo after the call must find. */
const counted = () =>
  invariant('when mlock(2) has returned on the CPU where it began, its pages are on the unevictable list and counted', {
    name: 'counted-when-mlock-returns',
    source: 'ece369c7e104 (v5.18); LTP memcg_stat_test reads Unevictable after mlock(2)',
    given: (s: Scene) => s.task.pc === 'done',
    holds: (s: Scene) => s.folio[0].PG_unevictable && s.folio[0].mlock_count === 1,
  })

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  const early = 'this kernel does not drain before it returns, and found nothing to drain before'
  // Where mlock(2) returns first, nothing is counted within the run: what is said of counted folios would hold of nothing.
  const counts = on.settings['drain-after-populate'] !== 'no'
  return castModel(
    on,
    castOf(values),
    [...(counts ? COUNTS : []), 'refcount-conserved'],
    {
      'pte[*].kind is never': 'nobody migrates',
      ...(on.settings['mlock-batching'] === 'synchronous' && {
        "action 'task: mlock: ": 'the fault has processed its mlock itself',
        "action 'task: mlock batch: ": 'the fault has processed its mlock itself',
      }),
      ...(on.settings['drain-after-populate'] === 'no' && {
        "action 'task: mlock: ": early,
        "action 'task: mlock batch: ": early,
        'folio[*].PG_unevictable never': early,
        'folio[*].mlock_count never': early,
      }),
    },
    [counted()],
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  if (kernel(kernelName).settings['drain-after-populate'] === 'no') {
    return { 'refcount-conserved': 'holds', 'counted-when-mlock-returns': 'violated' }
  }
  return {
    ...Object.fromEntries(COUNTS.map((name) => [name, 'holds'])),
    'refcount-conserved': 'holds',
    'counted-when-mlock-returns': 'holds',
  }
}

export const mlockReturnsScenario = scenario({
  name: 'mlock-returns',
  area: 'mlock',
  about: 'mlock(2) of a page that has to be faulted in: what is counted when the call returns',
  rows,
  constants,
  bounds: ({ capacity }) => `one page of a file in one VMA, one mlock(2), mlock batches of ${capacity}`,
  expected,
  silentOn: beforeBatches,
  module: import.meta.url,
  build,
})
