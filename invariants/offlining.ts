/** What memory offlining, long-term pins and the lists of each CPU owe each other. Most are about fair behaviours. */
import { type Claim, eventually, invariant, leadsTo } from '../checker/language/index.ts'
import type { Mm } from '../spec/memory.ts'
import type { Scene as DeviceFault } from '../spec/scenarios/drain-vs-device-fault.ts'
import type { Scene as FreeList } from '../spec/scenarios/offline-vs-free-list.ts'
import { pageKinds, type Scene } from '../spec/scenarios/pin-vs-offline.ts'
import type { Scene as Reclaim } from '../spec/scenarios/reclaim-vs-batch.ts'
import type { Scene as ShortPin } from '../spec/scenarios/short-pin-vs-offline.ts'

/** L1: a call that has returned, and a granted pin that is never let go, do not keep the old memory from being offlined. */
export const offliningCompletes = (): Claim<Scene> =>
  eventually('memory offlining that has begun completes, even if a granted long-term pin is held for ever', {
    name: 'offlining-completes',
    source: 'include/linux/mmzone.h, ZONE_MOVABLE; linux-mm, 11 Dec 2020: "might never complete"',
    over: { kind: pageKinds },
    given: (s: Scene, { kind }) =>
      s.pinning === kind && s.pinner.result !== 'running' && s.offline.pc !== 'offline_pages',
    holds: (s: Scene) => s.offline.pc === 'done',
  })

/** L2: the call returns, with success or an error, without needing a signal. */
export const pinReturns = (): Claim<Scene> =>
  leadsTo('a call that pins long-term returns, if nobody else is at work', {
    name: 'pin-returns',
    source: 'mm/gup.c, __gup_longterm_locked: the loop ends',
    over: { kind: pageKinds },
    from: (s: Scene, { kind }) => s.pinning === kind && s.pinner.pc === 'pin' && s.pinner.result === 'running',
    given: (s: Scene) => s.offline.pc === 'offline_pages' || s.offline.pc === 'done',
    holds: (s: Scene) => s.pinner.result !== 'running',
  })

/** L1, for short pins: they delay offlining, and no more than that. */
export const shortPinsOnlyDelay = (): Claim<ShortPin> =>
  eventually('memory offlining completes once no more short pins are taken', {
    name: 'short-pins-only-delay',
    source: 'include/linux/mmzone.h, ZONE_MOVABLE, exception 1; Documentation/core-api/pin_user_pages.rst',
    given: (s: ShortPin) => s.pinner.pc === 'read pte',
    holds: (s: ShortPin) => s.offline.pc === 'done',
  })

/** Stronger, and nobody promises it: offlining gets its turn between two short pins. */
export const offliningOutlastsPins = (): Claim<ShortPin> =>
  eventually('memory offlining completes although short pins are taken again and again', {
    name: 'offlining-outlasts-short-pins',
    source: 'nobody; mm/memory_hotplug.c, offline_pages has no limit on its rounds',
    holds: (s: ShortPin) => s.offline.pc === 'done',
  })

/** I16: whoever disables the batches enables them again, however it ends. `task` is the one that does. */
export const lruCacheEnabledAgain = (task: string): Claim<Mm> =>
  invariant('who has disabled the LRU batches has enabled them again when it is done', {
    name: 'lru-cache-enabled-again',
    source: 'mm/swap.c, lru_cache_disable and lru_cache_enable; 946746d1ad92',
    given: (s: Mm) => (s as unknown as Record<string, { pc: string }>)[task].pc === 'done',
    holds: (s: Mm) => s.lru_disable_count === 0,
  })

/** Reclaim does not give up while there is a page to reclaim. */
export const reclaimFindsAFolio = (): Claim<Reclaim> =>
  invariant('reclaim does not run out of folios because they wait in a batch', {
    name: 'reclaim-finds-a-folio',
    source: '0885ef470560, 8d79ed36bfc8',
    holds: (s: Reclaim) => s.reclaim.pc !== 'out of memory',
  })

/** Offlining finds every page that was freed, on whatever list it went. */
export const offliningSeesFreePages = (): Claim<FreeList> =>
  eventually('offlining that has begun completes once nobody takes the page again', {
    name: 'offlining-sees-free-pages',
    source: 'mm/memory_hotplug.c, offline_pages',
    given: (s: FreeList) => s.page !== 'used' && s.isolated,
    holds: (s: FreeList) => s.offline.pc === 'done',
  })

/** Isolating a pageblock keeps its pages from being allocated. */
export const isolatedBlockNotAllocatedFrom = (): Claim<FreeList> =>
  invariant('no page is allocated from a pageblock that is being offlined', {
    name: 'isolated-block-not-allocated-from',
    source: 'mm/page_isolation.c, start_isolate_page_range; ec6e8c7e0314',
    given: (s: FreeList) => s.isolated,
    holds: (s: FreeList) => !s.takenFromIsolated,
  })

/** I13: nobody waits for something that cannot happen while they wait. */
export const drainEnds = (): Claim<DeviceFault> =>
  leadsTo('lru_add_drain_all ends, whatever runs on the other CPUs', {
    name: 'drain-ends',
    source: 'mm/swap.c, lru_add_drain_all: waits for a short work item on every CPU',
    from: (s: DeviceFault) => s.migration.pc === 'flush_work',
    holds: (s: DeviceFault) => s.migration.pc === 'done',
  })
