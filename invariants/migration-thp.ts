/** What migrate_pages says of a THP and its parts, and what becomes of them. */
import { type Claim, invariant, reachable } from '../checker/language/index.ts'
import type { Memory, Mm } from '../spec/memory.ts'
import { OUTSIDE } from './migration.ts'
import type { Counting } from './migration-results.ts'

const returned = ({ migration }: Counting) => migration.pc === 'return'

/** The whole list was gone over, and the THP was on it. */
const tried = (s: Counting) => returned(s) && !s.migration.nomem && s.migration.listed === 3

/** What the code says of itself since v5.17: a THP that is split is one that was not migrated, whatever its parts do. */
export const thpCountedOnce = (): Claim<Counting> =>
  invariant('a THP counts once, as a success or as a failure, and one that is split as a failure', {
    name: 'thp-counted-once',
    source: 'mm/migrate.c, migrate_pages: the number of splits is that of THPs not migrated (b5bade978e9b)',
    given: tried,
    holds: ({ migration: { stats } }: Counting) =>
      stats.nr_thp_succeeded + stats.nr_thp_failed === 1 && stats.nr_thp_split <= stats.nr_thp_failed,
  })

/** What the documentation has said since v5.9. */
export const thpCountedAsDocumented = (): Claim<Counting> =>
  invariant('a THP that is split does not count as one that could be neither migrated nor split', {
    name: 'thp-fail-as-documented',
    source: 'Documentation/mm/page_migration.rst, Monitoring Migration: THP_MIGRATION_FAIL (1a5bae25e3cf)',
    given: tried,
    holds: ({ migration: { stats } }: Counting) =>
      stats.nr_thp_succeeded + stats.nr_thp_failed + stats.nr_thp_split === 1,
  })

/** Parts that nobody has on a list any more stay isolated for good. */
export const nothingStaysIsolated = ({ folios }: Memory): Claim<Counting> =>
  invariant('when migrate_pages has returned, and what it left was put back, nothing is isolated', {
    name: 'nothing-stays-isolated',
    source: 'mm/migrate.c, migrate_pages: the caller puts back what is left if the result is not 0',
    over: { f: folios },
    given: returned,
    holds: (s: Counting, { f }) => !s.folio[f].isolated,
  })

const names = (pte: Mm['pte'][number], f: number) => 'folio' in pte && pte.folio === f

/** A THP is one folio until it is split, and nobody refers to its tail. */
export const tailIsNobodys = ({ folios }: Memory): Claim<Mm> =>
  invariant('the tail of a THP has no references, and is on no list', {
    name: 'tail-is-nobodys',
    source: 'include/linux/mm_types.h, struct page: the tail points to its head',
    over: { f: folios },
    given: (s: Mm, { f }) => s.folio[f].compound === 'tail',
    holds: (s: Mm, { f }) => {
      const { refs, PG_lru, isolated, gets } = s.folio[f]
      return refs === 0 && gets === 0 && !PG_lru && !isolated && s.pte.every((pte) => !names(pte, f))
    },
  })

/** Section "split folios last": the parts are moved although the THP could not be. */
export const partsAreMoved = (): Claim<Counting> =>
  reachable('a THP may be split and all of its parts moved', {
    name: 'parts-are-moved',
    source: 'mm/migrate.c, migrate_pages: split_folios',
    holds: (s: Counting) =>
      returned(s) && s.migration.stats.nr_succeeded === 3 && s.folio.every(({ compound }) => compound === 'no'),
  })

/** A reference that nobody can account for keeps it from being split. */
export const splitMayFail = (): Claim<Counting> =>
  reachable('a THP that cannot be split is left behind as it was', {
    name: 'split-may-fail',
    source: 'mm/huge_memory.c, split_huge_page_to_list: -EAGAIN',
    holds: (s: Counting) =>
      returned(s) &&
      s.migration.listed === 3 &&
      s.migration.stats.nr_thp_split === 0 &&
      (s.migration.nomem || !s.thpMigrationSupported) &&
      s.folio[0].compound === 'head',
  })

/** It is whole outside the call, too. */
export const entriesAreRestored = (): Claim<Counting> =>
  invariant('migrate_pages leaves every page mapped, to a folio that is not isolated', {
    name: 'pages-stay-mapped',
    source: 'mm/huge_memory.c, remap_page; mm/migrate.c, remove_migration_ptes',
    given: ({ migration }: Counting) => OUTSIDE.includes(migration.pc),
    holds: (s: Counting) => s.pte.every(({ kind }) => kind === 'present'),
  })
