/** What must hold where a mapping is marked as one whose folios may not be moved (AS_UNMOVABLE, later AS_INACCESSIBLE). */
import { type Claim, invariant, reachable, type Sequence } from '../checker/language/index.ts'
import { type Mm, mappedBy } from '../spec/memory.ts'
import type { Counting } from './migration-results.ts'

/** The folio of the first object is F0 at the start. */
export const unmovableStays = (): Claim<Mm> =>
  invariant('a folio of an unmovable mapping stays where it is', {
    name: 'unmovable-stays',
    source: '0003e2a41468; mm/migrate.c, move_to_new_folio: -EOPNOTSUPP',
    holds: (s: Mm) => s.cache[0] === 0,
  })

/** It is mapped and on the LRU, so that the call has it on its list, and nobody else takes it away. */
export const unmovableFails = (): Claim<Counting> =>
  invariant('it counts once as a folio that was not migrated', {
    name: 'unmovable-fails',
    source: 'mm/migrate.c, migrate_pages_batch: any other errno is a failure for good',
    given: ({ migration }: Counting) => migration.pc === 'return',
    holds: ({ migration: { stats, listed } }: Counting) =>
      stats.nr_failed_pages === listed - stats.nr_succeeded && stats.nr_failed >= 1,
  })

/** It has been unmapped by then, with migration entries in the place of its mappings. */
export const unmovableIsMapped = (): Claim<Counting> =>
  invariant('when the call has returned it is mapped as before', {
    name: 'unmovable-is-mapped',
    source: 'mm/migrate.c, migrate_folio_undo_src',
    given: ({ migration }: Counting) => migration.pc === 'return',
    holds: (s: Counting) => mappedBy(s.pte[0]) === 0,
  })

/** Otherwise compaction would isolate, unmap and restore it again and again. */
export const compactionLeavesUnmovable = (): Claim<Mm & { readonly compaction: { readonly list: Sequence<number> } }> =>
  invariant('compaction does not isolate it', {
    name: 'compaction-leaves-unmovable',
    source: '0003e2a41468; mm/compaction.c, isolate_migratepages_block',
    holds: ({ compaction }) => !compaction.list.includes(0),
  })

/** The claim that keeps the others honest. */
export const otherIsMoved = (): Claim<Counting> =>
  reachable('the other folio is moved by the call that fails for this one', {
    name: 'other-is-moved',
    source: 'mm/migrate.c, migrate_pages: what is left on the list has failed, and nothing else',
    holds: ({ migration: { pc, stats } }: Counting) =>
      pc === 'return' && stats.nr_succeeded === 1 && stats.nr_failed === 1,
  })
