/** Which claims are made of the scenario munlock-putback, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, ended, munlockPutback } from '../../../spec/scenarios/munlock-putback.ts'
import {
  clearedUnderLruLock,
  countNotTooHigh,
  mlockEventsAddUp,
  mlockedForSomebody,
  nrMlockExact,
  unevictableForAReason,
} from '../../mlock.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'

/** The designs that there were, and what was or could be proposed. */
export const rows = [
  'v4.16',
  'v4.17',
  'v5.17',
  'v5.18',
  'v6.0',
  'v7.3',
  'patch:munlock-clears-first',
  'patch:lru-add-sets-first',
  'patch:munlock-tests-twice',
  'patch:munlock-and-lru-add-reordered',
  'patch:munlock-under-lru-lock',
]

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return munlockPutback(
    on,
    values,
    (mm) => [
      unevictableForAReason(mm, ended),
      mlockedForSomebody(mm, ended),
      countNotTooHigh(mm, ended),
      nrMlockExact(ended),
      refcountConserved(mm),
      ...(on.settings['munlock-decides-by'] === 'mlock-count'
        ? [clearedUnderLruLock(0), mlockEventsAddUp(ended, 1)]
        : []),
    ],
    waivers(on),
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  return {
    'unevictable-for-a-reason': strands(kernel(kernelName)) ? 'violated' : 'holds',
    'mlocked-for-somebody': 'holds',
    'count-not-too-high': 'holds',
    'nr-mlock-exact': kernel(kernelName).settings['munlock-lowers-NR_MLOCK-by'] === 'cleared' ? 'holds' : 'violated',
    'refcount-conserved': 'holds',
    ...sinceBatches(kernel(kernelName)),
  }
}

/** The comment in lru_add() came with v5.18, and before that the events of one munlock may be counted twice. */
function sinceBatches({ settings }: Kernel): Readonly<Record<string, Expectation>> {
  if (settings['munlock-decides-by'] === 'rmap-walk') return {}
  return {
    'cleared-under-lru-lock': settings['munlock-order'] === 'lru-locked' ? 'holds' : 'violated',
    'mlock-events-add-up': 'holds',
  }
}

/** Whether putback and munlock can miss each other: the table of the two orders. */
export function strands({ settings }: Kernel): boolean {
  if (settings['munlock-order'] === 'lru-locked') return false
  return settings['lru-add-order'] !== 'set-then-read' || settings['munlock-order'] === 'test-then-clear'
}

function waivers(on: Kernel): Record<string, string> {
  const munlocked = 'once nothing is under way the folio is neither mlocked nor unevictable, as it should be'
  return {
    'folio[*].refs is never': 'the counter has room to spare, so that a reference too many is counted and not lost',
    ...(on.settings['munlock-decides-by'] === 'rmap-walk' && {
      'lruLock is never cpu0': 'a phase of munlock under the LRU lock is one step on this kernel',
    }),
    'vma[*].VM_IO never changes': 'nobody calls mlock(2)',
    'munlock.looked never changes': 'nobody migrates, so that there is no migration entry to look at',
    "the premise of 'mlocked-for-somebody' is never true": munlocked,
    "the premise of 'count-not-too-high' is never true": munlocked,
    ...(!strands(on) && { "the premise of 'unevictable-for-a-reason' is never true": munlocked }),
  }
}

export const munlockPutbackScenario = scenario({
  name: 'munlock-putback',
  area: 'mlock',
  about: 'munlock(2) of a folio that somebody has isolated and is putting back',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
