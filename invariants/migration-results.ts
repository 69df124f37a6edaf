/** What a caller of migrate_pages is told, and what becomes of folios that lose their users meanwhile. */
import { type Claim, invariant, reachable, stepClaim } from '../checker/language/index.ts'
import { isFree, type Memory, type Mm, mappedBy } from '../spec/memory.ts'
import type { Counts } from '../spec/migrate-counts.ts'
import { OUTSIDE } from './migration.ts'

/** What the caller of migrate_pages is told. */
interface Told {
  readonly pc: string
  readonly listed: number
  readonly stats: Counts
  readonly nomem: boolean
  readonly left: boolean
  readonly src: number | null
  readonly dst: number | null
}

export type Counting = Mm & { readonly migration: Told }

const returned = ({ migration }: Counting) => migration.pc === 'return'

/** Section "return codes": every folio of the list is counted once. */
export const everyFolioCounted = (): Claim<Counting> =>
  invariant('every folio on the list is counted once, as a success or as a failure, unless memory runs out', {
    name: 'every-folio-counted',
    source: 'mm/migrate.c, migrate_pages: PGMIGRATE_SUCCESS and PGMIGRATE_FAIL',
    given: returned,
    holds: ({ migration: { listed, stats, nomem } }: Counting) => {
      const counted = stats.nr_succeeded + stats.nr_failed_pages
      return nomem ? counted <= listed : counted === listed
    },
  })

export const resultTells = (): Claim<Counting> =>
  invariant('migrate_pages returns 0 if and only if no folio was left behind', {
    name: 'result-tells',
    source: 'mm/migrate.c, migrate_pages: the number of folios not migrated, or an error code',
    given: returned,
    holds: ({ migration: { stats, nomem, left } }: Counting) => (nomem || stats.nr_failed > 0) === left,
  })

/** What is unmapped is moved, although migrate_pages returns an error. */
export const nomemMovesTheRest = (): Claim<Counting> =>
  reachable('-ENOMEM may be returned when some folios were moved', {
    name: 'nomem-and-moved',
    source: 'mm/migrate.c, migrate_pages_batch: nr_failed and move',
    holds: (s: Counting) => returned(s) && s.migration.nomem && s.migration.stats.nr_succeeded > 0,
  })

/** What a comment of migrate_folio_move says of its last put: the new owner has a reference of its own. */
export const destinationHasOwner = (): Claim<Counting> =>
  stepClaim('the last put of the destination does not free it', {
    name: 'destination-has-owner',
    source: 'mm/migrate.c, migrate_folio_move: the comment at its end',
    given: (s: Counting) => s.migration.pc === 'unlock destination',
    holds: (before: Counting, after: Counting) =>
      after.migration.pc === 'unlock destination' || !isFree(after, before.migration.dst!),
  })

/** Whoever wins a reference against the last put has to free the folio in its place. */
export const nothingLeaks = ({ folios }: Memory): Claim<Counting & { readonly walker: { readonly pc: string } }> =>
  invariant('a folio that nobody uses any more is free once those who looked at it have let go', {
    name: 'nothing-leaks',
    source: 'mm/migrate.c, isolate_movable_page: winning the race against a free only delays it',
    over: { f: folios },
    given: (s, { f }) => OUTSIDE.includes(s.migration.pc) && s.folio[f].gets === 0 && !s.folio[f].isolated,
    holds: (s, { f }) => isFree(s, f) || s.pte.some((pte) => mappedBy(pte) === f) || s.cache.includes(f),
  })
