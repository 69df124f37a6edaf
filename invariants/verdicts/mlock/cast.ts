/** What the scenarios have in common whose tasks are a cast of mlock-actors: the model, and what none of them can do. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import type { Kernel } from '../../../spec/kernels.ts'
import type { Memory } from '../../../spec/memory.ts'
import { type Cast, endedIn, mlockActors, type Scene } from '../../../spec/scenarios/mlock-actors.ts'
import {
  countNotTooHigh,
  type Ended,
  lockedIsMlocked,
  mlockedForSomebody,
  nrMlockExact,
  unevictableForAReason,
} from '../../mlock.ts'
import { refcountConserved } from '../../pinning.ts'
import { countersHaveRoom, oneWay } from './waivers.ts'

/** The claims about one folio, by name. */
export const CLAIMS = {
  'mlocked-for-somebody': mlockedForSomebody,
  'unevictable-for-a-reason': unevictableForAReason,
  'count-not-too-high': countNotTooHigh,
  'locked-is-mlocked': lockedIsMlocked,
  'nr-mlock-exact': (_: Memory, ended: Ended<Scene>) => nrMlockExact(ended),
  'refcount-conserved': (mm: Memory) => refcountConserved(mm) as Claim<Scene>,
} as const

export type ClaimName = keyof typeof CLAIMS

/** The model of a cast on a kernel, with some of the claims above and those of its own. */
export function castModel(
  kernel: Kernel,
  cast: Cast,
  claims: readonly ClaimName[],
  waive: Readonly<Record<string, string>>,
  own: readonly Claim<Scene>[] = [],
): Model {
  const ended = endedIn(cast)
  return mlockActors(kernel, cast, (mm) => [...claims.map((name) => CLAIMS[name](mm, ended)), ...own], {
    ...countersHaveRoom,
    ...absent(kernel, cast),
    ...waive,
  })
}

/** What does not happen because nobody in the cast does it, or because the kernel does it at once. */
function absent({ settings }: Kernel, cast: Cast): Record<string, string> {
  const oneStep = 'the other sections of the LRU lock are one step each'
  const fewer = 'fewer entries wait there than would fit'
  const synchronous = 'mlocks and munlocks are done at once on this kernel'
  const tasks = ['task', 'other', 'work', 'putback']
  const ofEach = (what: string, why: string) => Object.fromEntries(tasks.map((task) => [`${task}.${what}`, why]))
  const batched = settings['mlock-batching'] === 'batched'
  return {
    'pte[*].kind is never': 'nobody unmaps for good, or migrates, or maps the zero page',
    'vma[*].VM_IO never changes': 'nobody calls mlock(2)',
    'lruLock is never': oneStep,
    'lruLock never changes': oneStep,
    'cache[*] is never': 'nobody migrates, or takes the folio out of the page cache',
    ...ofEach('entry never changes', fewer),
    ...ofEach('entry is never', fewer),
    ...ofEach('resume', 'nothing waits there before the walk, or what waits does not fill the batch'),
    ...ofEach('page', 'a walk over one page'),
    ...(!cast.migration && ofEach('looked', 'nobody migrates, so that there is no migration entry to look at')),
    ...(!cast.migration && {
      'cache[*] never changes': 'nobody migrates, or takes the folio out of the page cache',
      'folio[*].frozen never changes': 'nobody migrates',
      'i_pages_locked never changes': 'nobody migrates',
    }),
    ...(cast.migration && oneWay('migration')),
    ...(!cast.putback && !cast.migration && cast.reclaim === false && { 'folio[*].isolated never': 'nobody isolates' }),
    ...(!batched && {
      "action 'work: mlock": synchronous,
      "action 'work: munlock": synchronous,
      'work.': synchronous,
      "action 'putback: mlock": synchronous,
      "action 'putback: munlock": synchronous,
      'putback.': synchronous,
    }),
  }
}

/** A cast in which nobody does anything: scenarios say who does. */
export const NOBODY: Cast = {
  name: '',
  backing: 'file',
  task: { inOrder: [] },
  moves: false,
  other: null,
  begins: 'mapped',
  drainWork: false,
  putback: false,
  migration: false,
  reader: false,
  reclaim: false,
  capacity: 2,
}
