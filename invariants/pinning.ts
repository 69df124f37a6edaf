/** What must hold of long-term pins. One claim, one sentence, one source that promises it. */
import { type Claim, invariant, reachable } from '../checker/language/index.ts'
import type { PinCall } from '../spec/gup.ts'
import { cacheReferences, type Memory, type Mm, mapcount, PIN_BIAS } from '../spec/memory.ts'

/** The memory, and a task that pins. */
export type Pinning = Mm & { readonly pinner: PinCall }

/** A long-term pin that was granted never lies where memory must stay movable. */
export const pinOutsideMovable = ({ pages }: Memory): Claim<Pinning> =>
  invariant('a long-term pin held after success is never in ZONE_MOVABLE', {
    name: 'pin-outside-movable',
    source: 'include/linux/mmzone.h, ZONE_MOVABLE, exception 1 (since v5.13); mm/gup.c, FOLL_LONGTERM',
    over: { page: pages },
    given: (s: Pinning, { page }) => s.pinner.result === 'success' && s.pinner.pinned[page] !== null,
    holds: (s: Pinning, { page }) => s.folio[s.pinner.pinned[page]!].zone !== 'MOVABLE',
  })

/** A call that fails leaves nothing pinned. */
export const failureHoldsNoPin = ({ pages }: Memory): Claim<Pinning> =>
  invariant('a long-term pin that returns an error holds no pin', {
    name: 'failure-holds-no-pin',
    source: 'mm/gup.c, check_and_migrate_movable_pages: on error every page is unpinned',
    over: { page: pages },
    given: (s: Pinning) => s.pinner.result === '-ENOMEM',
    holds: (s: Pinning, { page }) => s.pinner.pinned[page] === null,
  })

/** The refcount is the sum of what it counts. */
export const refcountConserved = ({ folios }: Memory): Claim<Mm> =>
  invariant('the refcount of a folio is the sum of its references', {
    name: 'refcount-conserved',
    source: 'include/linux/mm.h, folio_expected_ref_count, and what takes references beyond it',
    over: { f: folios },
    holds: (s: Mm, { f }) => {
      const folio = s.folio[f]
      const added = s.batch.reduce((sum, batch) => sum + batch.filter((each) => each === f).length, 0)
      const mlocked = s.mlockBatch.reduce((sum, batch) => sum + batch.filter(({ folio }) => folio === f).length, 0)
      const held = [folio.isolated, folio.fresh].filter(Boolean).length
      const others = added + mlocked + held + folio.gets + PIN_BIAS * folio.pins
      // Whoever freezes has compared the counter with exactly these.
      return folio.refs === (folio.frozen ? 0 : mapcount(s, f) + cacheReferences(s, f) + others)
    },
  })

/** The claim that keeps the others honest: a kernel that never grants a pin never leaks one. */
export const pinCanSucceed = (): Claim<Pinning> =>
  reachable('a long-term pin can succeed', {
    name: 'pin-can-succeed',
    source: 'what FOLL_LONGTERM is for',
    holds: (s: Pinning) => s.pinner.result === 'success',
  })
