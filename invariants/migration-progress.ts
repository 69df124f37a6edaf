/** That page migration gets on, and lets others get on: waiters, retries, modes, and locks of more than one folio. */
import { type Claim, eventually, invariant, leadsTo } from '../checker/language/index.ts'
import type { Memory, Mm } from '../spec/memory.ts'
import { type Moved, type Mover, OUTSIDE, type Used } from './migration.ts'

/** What v5.0 changed: a sleeping waiter is no reason for a migration to fail. The user is the task of CPU 1. */
export const sleeperHoldsNoReference = (): Claim<Mm & { readonly user: { readonly folio: number | null } }> =>
  invariant('a task that sleeps on a migration entry holds no reference to its folio', {
    name: 'sleeper-holds-no-reference',
    source: 'mm/filemap.c, put_and_wait_on_page_locked (9a1ea439b16b)',
    given: (s) => s.asleep[1] !== null,
    holds: (s) => s.user.folio !== s.asleep[1],
  })

/** P16: nothing but cache, mappings and isolation refers to the folio, apart from those who fault on its entries. */
export const migrationSucceeds = (): Claim<Moved> =>
  eventually('a migration that is tried again and again succeeds, however often the page is used', {
    name: 'migration-succeeds',
    source: 'mm/memory_hotplug.c, offline_pages: it is tried until it succeeds',
    holds: (s: Moved) => s.migration.pc === 'done',
  })

/** P21: whoever sleeps on a migration entry is woken and accesses the memory again. */
export const waiterWakes = (): Claim<Used> =>
  leadsTo('a fault on a migration entry returns to user space', {
    name: 'fault-returns',
    source: 'mm/migrate.c, migration_entry_wait',
    from: (s: Used) => s.user.pc !== 'access',
    holds: (s: Used) => s.user.pc === 'access',
  })

/** P21: an access that meets a migration entry gets past it. */
export const entryGoesAway = ({ pages }: Memory): Claim<Mm> =>
  leadsTo('a migration entry does not stay', {
    name: 'entry-goes-away',
    source: 'mm/migrate.c, remove_migration_ptes',
    over: { page: pages },
    from: (s: Mm, { page }) => s.pte[page].kind === 'migration',
    holds: (s: Mm, { page }) => s.pte[page].kind !== 'migration',
  })

/** What tells the modes apart: nothing is assumed of the disk here, not even that it is ever done. */
export const returnsWithoutIo = (): Claim<Moved> =>
  eventually('migrate_pages returns, however long reading and writing back takes', {
    name: 'returns-without-io',
    source: 'include/linux/migrate_mode.h: what each mode may wait for',
    holds: (s: Moved) => s.migration.pc === 'done',
  })

/** P21: what is asked of migrate_pages in any mode. */
export const migrationReturns = (): Claim<Moved> =>
  eventually('migrate_pages returns', {
    name: 'migration-returns',
    source: 'mm/migrate.c, migrate_pages',
    holds: (s: Moved) => s.migration.pc === 'done',
  })

/** P21 for two folios: no task waits for a folio of one that waits for a folio of it. */
export const noLockCycle = <S extends Mm>(
  sentence: string,
  source: string,
  tasks: readonly [(s: S) => LockUse, (s: S) => LockUse],
): Claim<S> =>
  invariant(sentence, {
    name: 'no-lock-cycle',
    source,
    holds: (s: S) => {
      const [one, other] = tasks.map((use) => use(s))
      const waits = (a: LockUse, b: LockUse) => a.wants !== null && b.holds.includes(a.wants)
      return !(waits(one, other) && waits(other, one))
    },
  })

/** The folios that a task keeps others away from, and the one that it waits for at the moment. */
export interface LockUse {
  readonly holds: readonly number[]
  readonly wants: number | null
}

/** The folio locks of a migrating task: those of its batch, and the one that it is at. */
export function locksOfMigration({ unmapped, src, pc }: Mover, wants: number | null): LockUse {
  const locked = src !== null && !BEFORE_LOCK.includes(pc) ? [src] : []
  return { holds: [...unmapped, ...locked], wants }
}

const BEFORE_LOCK: readonly string[] = [...OUTSIDE, 'split_folio', 'alloc destination', 'folio_lock', 'putback']

/** An isolation that is refused for good keeps the memory from being offlined. */
export const unpinnedIsIsolated = (): Claim<Mm & { readonly compaction: { readonly pc: string } }> =>
  eventually('a folio that nobody has pinned is isolated in the end', {
    name: 'unpinned-is-isolated',
    source: 'mm/compaction.c, isolate_migratepages_block, called by alloc_contig_range for virtio-mem and CMA',
    holds: (s) => s.compaction.pc === 'done',
  })
