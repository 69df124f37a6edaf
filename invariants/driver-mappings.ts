/** What must hold where user space has mapped the page of a driver. */
import { type Claim, invariant, leadsTo, reachable } from '../checker/language/index.ts'
import { type GpuMemory, maps } from '../spec/drivers/gpu.ts'
import type { Scene } from '../spec/scenarios/driver-mapped-page.ts'

const usable = (s: Scene, p: number) => maps(s, p) || s.tlb === p

/** P22: no split brain. */
export const userAndDriverAgree = ({ pages }: GpuMemory): Claim<Scene> =>
  invariant('the page that user space has mapped is the page that the driver uses', {
    name: 'user-and-driver-agree',
    source: 'linux-mm, 15 Jun 2016: what mapping a driver page is for',
    over: { p: pages },
    given: (s: Scene, { p }) => usable(s, p),
    holds: {
      'by the page table': (s: Scene, { p }) => !maps(s, p) || s.buffer === p,
      'by the TLB': (s: Scene, { p }) => s.tlb !== p || s.buffer === p,
    },
  })

/** P7 and P8: what was stored is there, wherever the buffer has moved. */
export const noLostStore = (): Claim<Scene> =>
  invariant('the page that the driver uses holds what was stored last', {
    name: 'no-lost-store',
    source: 'mm/migrate.c: nobody can write to a page while it is copied, or after',
    holds: (s: Scene) => s.page[s.buffer].newest,
  })

/** P3: no use after free. */
export const noMappingOfFreePage = ({ pages }: GpuMemory): Claim<Scene> =>
  invariant('no page-table entry and no TLB entry names a free page', {
    name: 'no-mapping-of-free-page',
    source: 'mm/memory.c: a page is freed after it is unmapped and the TLB is flushed',
    over: { p: pages },
    given: (s: Scene, { p }) => usable(s, p),
    holds: {
      'by the page table': (s: Scene, { p }) => !maps(s, p) || s.page[p].refs > 0,
      'by the TLB': (s: Scene, { p }) => s.tlb !== p || s.page[p].refs > 0,
    },
  })

type Mover = Scene['compaction']

/** The tasks that migrate: one, or two. */
const movers = (s: Scene): Mover[] => ('compaction2' in s ? [s.compaction, s.compaction2!] : [s.compaction])

const moves = ({ pc }: Mover): boolean => pc === 'copy' || pc === 'publish'

/** P20, at the moment that matters: while the contents move. */
export const movedUnmapped = (): Claim<Scene> =>
  invariant('a driver page is mapped by nobody while its contents are moved', {
    name: 'moved-while-unmapped',
    source: 'mm/migrate.c: folios are unmapped before they are copied',
    given: (s: Scene) => movers(s).some(moves),
    holds: (s: Scene) => movers(s).every((mover) => !moves(mover) || !maps(s, mover.src!)),
  })

/** P4: what makes it safe to wait for a migration entry without a reference. */
export const migrationEntryIsLocked = ({ pages }: GpuMemory): Claim<Scene> =>
  invariant('the page that a migration entry names is locked, and in use', {
    name: 'migration-entry-is-locked',
    source: 'mm/migrate.c, migration_entry_wait: the entry goes before the page is unlocked',
    over: { p: pages },
    given: (s: Scene, { p }) => s.pte.kind === 'migration' && s.pte.page === p,
    holds: (s: Scene, { p }) => s.page[p].PG_locked && s.page[p].refs > 0,
  })

/** P21: locks are taken in one order. */
export const noLockCycle = (): Claim<Scene> =>
  invariant('a fault and a migration do not wait for each other', {
    name: 'no-lock-cycle',
    source:
      'include/linux/migrate.h, migrate_page: called with the page locked, so that the lock of the driver comes second',
    given: (s: Scene) => s.user.pc === 'lock_page',
    holds: (s: Scene) =>
      s.driverLock !== 'fault' || !movers(s).some(({ pc, src }) => pc === 'migrate_page: lock' && src === s.user.page),
  })

/** What a page gets that keeps a mapping in whose page-cache tree it is not. */
export const noStrayDirtyTag = (): Claim<Scene> =>
  invariant('a dirty tag in the tree of a file belongs to a page that is in the tree', {
    name: 'no-stray-dirty-tag',
    source: 'fs/buffer.c, mm/page-writeback.c: set_page_dirty for page-cache pages',
    holds: (s: Scene) => !s.strayDirtyTag,
  })

/** L: a page that only page tables, driver and core refer to can be moved. */
export const migrationEnds = ({ checksRefs }: GpuMemory['state']): Claim<Scene> =>
  leadsTo('migration of a mapped driver page succeeds in the end or says no, if nothing else is in its way', {
    name: 'migration-ends',
    source: 'linux-mm, 15 Jun 2016: what the author of the driver saw is a migration that never succeeds',
    over: { checks: checksRefs },
    from: (s: Scene, { checks }) => s.checksRefs === checks && s.compaction.pc === 'unmap_and_move',
    given: (s: Scene) => othersAreIdle(s) && thereIsMemory(s),
    holds: (s: Scene) => s.compaction.pc === 'put destination',
  })

/** Nobody holds a reference but page table, driver and core. */
const othersAreIdle = (s: Scene) =>
  s.user.page === null &&
  s.isolator.src === null &&
  (!('compaction2' in s) || s.compaction2?.src === null) &&
  (!('gup' in s) || s.gup?.page === null)

/** No page is used up by mappings that were left behind: each has an owner, belongs to a migration, or is free. */
const thereIsMemory = (s: Scene) =>
  s.page.every(({ refs, owner, fresh, coreRefs }) => refs === 0 || owner || fresh || coreRefs > 0)

/** The claims about moving say something: there is a move with the page in use by user space. */
export const mappedPageMoves = (): Claim<Scene> =>
  reachable('a page is moved although user space had mapped it when the move began', {
    name: 'mapped-page-moves',
    source: 'linux-mm, 15 Jun 2016: the question',
    holds: (s: Scene) => s.compaction.pc === 'put destination' && s.pte.kind !== 'none',
  })
