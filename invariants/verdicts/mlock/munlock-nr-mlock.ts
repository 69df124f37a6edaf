/** Which claims are made of the scenario munlock-nr-mlock, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { ended, munlockNrMlock } from '../../../spec/scenarios/munlock-nr-mlock.ts'
import { nrMlockExact, unevictableForAReason } from '../../mlock.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { countersHaveRoom } from './waivers.ts'

/** From the first munlock in batches to the last without mlock_count. */
export const rows = ['v3.12', 'v4.11', 'v4.12', 'v5.17']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, {})
  return munlockNrMlock(on, (mm) => [nrMlockExact(ended), unevictableForAReason(mm, ended), refcountConserved(mm)], {
    ...countersHaveRoom,
    "the premise of 'unevictable-for-a-reason' is never true": 'the folio is never left on the unevictable list',
    'vma[*].VM_IO never changes': 'nobody calls mlock(2)',
    'lruLock never changes': 'every section of the LRU lock is one step in this scenario',
    'folio[*].isolated never changes': 'munlock before v5.18 holds the reference of its batch instead',
  })
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const exact = kernel(kernelName).settings['munlock-lowers-NR_MLOCK-by'] === 'cleared'
  return {
    'nr-mlock-exact': exact ? 'holds' : 'violated',
    'unevictable-for-a-reason': 'holds',
    'refcount-conserved': 'holds',
  }
}

export const munlockNrMlockScenario = scenario({
  name: 'munlock-nr-mlock',
  area: 'mlock',
  about: 'munlock(2) up to v5.17 of a page that waits in the lru_add batch of another CPU',
  rows,
  constants: {},
  bounds: () => 'one page in one VM_LOCKED VMA, in the batch of the other CPU; one munlock(2)',
  expected,
  module: import.meta.url,
  build,
})
