/** What zsmalloc owes its users, and the framework. */
import { type Claim, eventually, invariant, reachable } from '../checker/language/index.ts'
import { chain, type Zs, type ZsMemory } from '../spec/drivers/zsmalloc.ts'

/** What the claims need to see of the tasks. */
export type ZsScene = Zs & {
  compaction: Compactor
  compaction2?: Compactor
  user: { pc: string }
  worker: { pc: string; held: { has(p: number): boolean } }
}

interface Compactor {
  readonly pc: string
  readonly src: number | null
  readonly dst: number | null
}

/** The tasks that migrate: one, or two. */
const compactors = (s: ZsScene): Compactor[] => ('compaction2' in s ? [s.compaction, s.compaction2!] : [s.compaction])

/** Whether a task that migrates has to do with the page. */
export const compacts = (s: ZsScene, p: number): boolean => compactors(s).some(({ src, dst }) => src === p || dst === p)

/** C-3: an empty zspage does not lie around. */
export const emptyZspageHasFreer = (): Claim<ZsScene> =>
  invariant('an empty zspage is about to be freed by somebody', {
    name: 'empty-zspage-has-freer',
    source: 'mm/zsmalloc.c: the list of empty zspages is what the free worker works off (1a87aa03597e)',
    given: (s: ZsScene) => s.zspage === 'empty',
    holds: (s: ZsScene) => s.workQueued || s.worker.pc !== 'async_free_zspage',
  })

/** C-5: freeing a zspage is exclusive. */
export const workerHoldsEveryPage = ({ pages }: ZsMemory): Claim<ZsScene> =>
  invariant('the worker has locked every page of the zspage that it frees', {
    name: 'worker-holds-every-page',
    source: 'mm/zsmalloc.c: __free_zspage insists on locked pages; 2505a981114d',
    over: { p: pages },
    given: (s: ZsScene, { p }) => s.worker.pc === '__free_zspage' && !s.migrating && chain(s).includes(p),
    holds: (s: ZsScene, { p }) => s.worker.held.has(p),
  })

/** C-10: what nothing promises any more since v5.17. */
export const zspageNotFreedIsolated = ({ pages }: ZsMemory): Claim<ZsScene> =>
  invariant('a zspage is not freed while a page of it is isolated', {
    name: 'zspage-not-freed-isolated',
    source: 'mm/zsmalloc.c: an open question in the callbacks of v6.17; tolerated, the core drops the page',
    over: { p: pages },
    // A page that was just moved away from is isolated for a moment more, and belongs to no zspage any longer.
    given: (s: ZsScene, { p }) =>
      s.page[p].isolated && !compactors(s).some(({ pc, src }) => pc === 'moved' && src === p),
    holds: (s: ZsScene) => s.zspage !== 'gone',
  })

/** P22 for handles: the metadata names a page of the zspage. */
export const handleNamesZspage = (): Claim<ZsScene> =>
  invariant('the handle of an object names a page of its zspage', {
    name: 'handle-names-zspage',
    source: 'mm/zsmalloc.c: migration rewrites the handles',
    given: (s: ZsScene) => s.handle !== null && !s.migrating,
    holds: (s: ZsScene) => chain(s).includes(s.handle!),
  })

/** C-4: nothing outlives the pool that it belongs to. */
export const nothingOutlivesPool = ({ pages }: ZsMemory): Claim<ZsScene> =>
  invariant('when a pool is gone, nothing that belongs to it is left', {
    name: 'nothing-outlives-pool',
    source: 'mm/zsmalloc.c: zs_destroy_pool; 701d678599d0',
    over: { p: pages },
    given: (s: ZsScene) => s.pool === 'gone',
    holds: {
      'its zspages are freed': (s: ZsScene) => s.zspage === 'gone',
      'its worker has nothing to do': (s: ZsScene) => !s.workQueued,
      'no page points to it': (s: ZsScene, { p }) => !s.page[p].owner,
    },
  })

/** The other end of the same decision. */
export const poolDestroyReturns = (): Claim<ZsScene> =>
  eventually('destroying a pool comes to an end once its objects are freed and compaction leaves it alone', {
    name: 'pool-destroy-returns',
    source: 'mm/zsmalloc.c: zs_destroy_pool; the revert of d776aaa9895e (6e73fd25e2c7)',
    given: (s: ZsScene) => s.user.pc !== 'zs_free' && compactors(s).every(({ pc }) => pc === 'get_page_unless_zero'),
    holds: (s: ZsScene) => s.pool === 'gone',
  })

/** The claims say something: pages move, and zspages are freed. */
export const zspageMoves = (): Claim<ZsScene> =>
  reachable('a page of a zspage is migrated', {
    name: 'zspage-moves',
    source: 'what migration of zspages is for',
    holds: (s: ZsScene) => s.handle !== null && s.handle > 1,
  })
