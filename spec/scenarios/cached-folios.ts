/**
 * The set-up that scenarios about folios of the page cache share. In one half of them move_pages migrates two folios once,
 * and somebody else has to do with one of them. In the other half compaction migrates one folio that nobody maps, again
 * and again, and somebody uses it.
 */
import { type Claim, model, type Process } from '../../checker/language/index.ts'
import { compaction } from '../compaction.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import type { Mode } from '../migrate-locals.ts'
import { movePages } from '../move-pages.ts'

/** What every scenario is given: a kernel, its constants, and from outside its claims and its waivers. */
export type Given<V> = readonly [
  kernel: Kernel,
  values: V,
  claimsOn: (mm: Memory) => readonly Claim<Mm>[],
  waive: Readonly<Record<string, string>>,
]

type Others = (mm: Memory) => Readonly<Record<string, Process>>

/** Two folios of the page cache, each mapped once, and two free ones; with further features of memory. */
export const twoCachedFolios = (features: Partial<Sizes>): Sizes => ({
  pages: 2,
  freeMovable: 2,
  freeNormal: 0,
  cpus: 1,
  pinner: false,
  lruCacheDisabled: true,
  file: true,
  ...features,
})

/** The bounds of it in words. */
export const boundsOfTwo = ({ mode }: { mode: string }, folios = '2 folios of the page cache'): string =>
  `${folios}, 2 free ones, one call, MIGRATE_${mode.toUpperCase()}, 2 passes`

interface Moved {
  readonly sizes: Sizes
  /** the other tasks, by name */
  readonly others: Others
  /** what is not as after boot */
  readonly begin: (s: Mm) => void
  /** tasks that get on, beside the migration; the rest need never do a step */
  readonly fair?: readonly string[]
  /** whether the migrating task is in direct reclaim */
  readonly memalloc?: boolean
  /** whether a standstill is an error of its own; not where it is what a claim is about */
  readonly mayStandStill?: boolean
}

/** The model of one call of move_pages for them. */
export function movedOnce(name: string, given: Given<{ mode: string }>, moved: Moved) {
  const [{ settings }, values, claimsOn, waive] = given
  const { sizes, others, begin, fair = [], memalloc = false, mayStandStill = false } = moved
  const mm = memory(sizes)
  const migration = movePages(mm, { cpu: 0, mode: values.mode as Mode, settings, memalloc, until: 'returned' })
  return model(
    name,
    { state: mm.state, processes: { migration, ...others(mm) } },
    {
      init: (s) => {
        bootMemory(s, sizes, 'file')
        begin(s)
      },
      claims: claimsOn(mm),
      ...(mayStandStill && { deadlock: 'off' as const }),
      fairness: { weak: ['migration', ...fair] },
      waive,
    },
  )
}

/** One folio of the page cache that nobody maps, and a free one; with further features of memory. */
export const oneCachedFolio = ({ deep }: { deep: boolean }, features: Partial<Sizes>): Sizes => ({
  pages: 1,
  freeMovable: 1,
  freeNormal: 0,
  cpus: 2,
  pinner: false,
  lruCacheDisabled: true,
  gets: 2,
  file: true,
  ptesMayBeEmpty: true,
  versions: deep ? 3 : 2,
  ...features,
})

/** The bounds of it in words. */
export const boundsOfOne = ({ deep }: { deep: boolean }, folio: string): string =>
  `${folio}, mapped by nobody, 1 free folio, ${deep ? '2 writes' : '1 write'}, 2 passes`

/** The model of compaction on CPU 0 that migrates it while the user on CPU 1 reads and writes. */
export function compactedWhileUsed(name: string, given: Given<{ deep: boolean }>, sizes: Sizes, others: Others) {
  const [{ settings }, , claimsOn, waive] = given
  const mm = memory(sizes)
  return model(
    name,
    { state: mm.state, processes: { migration: compaction(mm, { cpu: 0, settings }), ...others(mm) } },
    {
      init: (s) => {
        bootMemory(s, sizes, 'file')
        s.pte[0] = { kind: 'none' }
        s.folio[0].refs--
      },
      claims: claimsOn(mm),
      waive,
    },
  )
}
