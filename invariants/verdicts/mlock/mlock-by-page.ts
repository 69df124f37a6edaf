/** Which claims are made of the scenario mlock-by-page, and what is expected of each on every kernel. */
import { type Model, reachable } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, ended, mlockByPageScene, type Scene } from '../../../spec/scenarios/mlock-by-page.ts'
import { lockedIsMlocked, mlockedForSomebody, nrMlockExact, unevictableForAReason } from '../../mlock.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { countersHaveRoom, oneWay } from './waivers.ts'

/** The eras of mlock a page at a time, the first and the last release of each. */
export const rows = ['v3.12', 'v4.11', 'v4.12', 'v4.16', 'v4.17', 'v5.10', 'v5.11', 'v5.17']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return mlockByPageScene(
    on,
    values,
    (mm) => [
      mlockedForSomebody(mm, ended),
      unevictableForAReason(mm, ended),
      lockedIsMlocked(mm, ended, 'nobody: follow_page_pte leaves a page that is locked to reclaim'),
      nrMlockExact(ended),
      refcountConserved(mm),
      reachable('mlock(2) can bring a page to the unevictable list', {
        name: 'mlock-culls',
        source: 'Documentation/mm/unevictable-lru.rst, mlocking: mlocked pages are culled at once where possible',
        holds: (s: Scene) => s.caller.pc === 'user space' && s.folio[0].PG_lru && s.folio[0].PG_unevictable,
      }),
    ],
    {
      ...countersHaveRoom,
      ...oneWay('migration'),
      'vma[*].VM_IO never changes': 'there is no such guard before v5.18',
      'lruLock is never': 'the other sections of the LRU lock are one step each',
      'lruLock never changes': 'every section of the LRU lock is one step on this kernel',
      'pte[*].kind is never special': 'what is missing is faulted in, and nothing else is mapped',
    },
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const exact = kernel(kernelName).settings['munlock-lowers-NR_MLOCK-by'] === 'cleared'
  return {
    'mlocked-for-somebody': 'holds',
    'unevictable-for-a-reason': 'holds',
    // A page that was locked is passed over, on every kernel.
    'locked-is-mlocked': 'violated',
    'nr-mlock-exact': exact ? 'holds' : 'violated',
    'refcount-conserved': 'holds',
    'mlock-culls': 'reached',
  }
}

export const mlockByPageScenario = scenario({
  name: 'mlock-by-page',
  area: 'mlock',
  about: 'mlock(2) and munlock(2) up to v5.17 of a page that is put back and migrated meanwhile',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  silentOn: ({ 'munlock-decides-by': by }) =>
    by === 'mlock-count' ? 'mlock(2) has batches since v5.18: see mlock-all-ways' : null,
  build,
})
