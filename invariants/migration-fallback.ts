/** What must hold of pages of a file that are mapped shared, while their folio is written out in order to be migrated. */
import { type Claim, invariant, reachable } from '../checker/language/index.ts'
import type { Memory, Mm } from '../spec/memory.ts'
import type { Moved } from './migration.ts'
import type { Counting } from './migration-results.ts'

/** What dirty tracking of shared mappings rests on: a first store faults. */
export const storeIsNoticed = ({ pages }: Memory): Claim<Mm> =>
  invariant('a page-table entry lets its task store only while the folio is dirty', {
    name: 'store-is-noticed',
    source: 'mm/page-writeback.c, clear_page_dirty_for_io / folio_clear_dirty_for_io: page_mkclean before the write',
    over: { page: pages },
    given: (s: Mm, { page }) => s.pte[page].kind === 'present' && s.mayStore[page] !== 'no',
    holds: (s: Mm, { page }) => {
      const pte = s.pte[page]
      return pte.kind === 'present' && s.folio[pte.folio].PG_dirty
    },
  })

/** What fsync(2) looks at: dirty folios it writes, and those that are being written it waits for. */
export const cleanIsOnDisk = (): Claim<Mm> =>
  invariant('of a folio that is neither dirty nor being written the disk has what was stored last', {
    name: 'clean-is-on-disk',
    source: 'fsync(2): all modified data in the page cache is transferred to the disk',
    given: (s: Mm) => {
      const { PG_locked, PG_dirty, PG_writeback } = s.folio[s.cache[0]!]
      return !PG_locked && !PG_dirty && !PG_writeback
    },
    holds: (s: Mm) => s.onDisk === s.stored[0],
  })

/** The disk still reads the source. */
export const notMovedUnderWriteback = (): Claim<Moved> =>
  invariant('a folio that is being written back is not moved', {
    name: 'not-moved-under-writeback',
    source: 'mm/migrate.c, migrate_folio: BUG_ON(folio_test_writeback(src))',
    holds: ({ migration }: Moved) => migration.pc !== 'BUG',
  })

/** The claim that keeps the others honest. */
export const fallbackMoves = (): Claim<Counting> =>
  reachable('a folio of a file system without migrate_folio can be migrated', {
    name: 'can-be-moved',
    source: 'mm/migrate.c, fallback_migrate_folio',
    holds: ({ migration }: Counting) => migration.pc === 'return' && migration.stats.nr_succeeded > 0,
  })
