/**
 * What migrate_pages counts while it works, under the kernel's names: what it returns, and what it adds to /proc/vmstat at
 * its end. Where nobody asks for them the counters are constants.
 */
import { constant, range, record, type ScalarDomain } from '../checker/language/index.ts'

const upTo = (most: number): ScalarDomain<number> => (most > 0 ? range(0, most) : constant(0))

/** The counters, for lists of so many base pages with so many THPs among them; constants where that is 0. */
export function migrateCounts(pages: number, thps: number) {
  const count = upTo(pages)
  const thpCount = upTo(thps)
  return record({
    /** PGMIGRATE_SUCCESS: base pages that were moved, or found free */
    nr_succeeded: count,
    /** PGMIGRATE_FAIL: base pages that were tried and not moved */
    nr_failed_pages: count,
    /** THP_MIGRATION_SUCCESS, _FAIL and _SPLIT */
    nr_thp_succeeded: thpCount,
    nr_thp_failed: thpCount,
    nr_thp_split: thpCount,
    /** what has failed for good; when the call is over, what it returns unless it returns an error */
    nr_failed: count,
    /** what this pass has left for the next one: entries of the list, those of them that are THPs, base pages */
    retry: count,
    thp_retry: thpCount,
    nr_retry_pages: count,
  })
}

export const NOTHING_COUNTED = {
  nr_succeeded: 0,
  nr_failed_pages: 0,
  nr_thp_succeeded: 0,
  nr_thp_failed: 0,
  nr_thp_split: 0,
  nr_failed: 0,
  retry: 0,
  thp_retry: 0,
  nr_retry_pages: 0,
}

export type Counts = { -readonly [K in keyof typeof NOTHING_COUNTED]: number }

/** A folio as it is counted: base pages, whether it is a THP, and whether it was part of one that this call has split. */
export interface Counted {
  readonly pages: number
  readonly thp: boolean
  readonly part: boolean
}

/** What is counted on the way. Nothing is where a scenario does not count. */
export interface Counter {
  readonly succeeded: (n: Counts, f: Counted) => void
  /** to be tried again in the next pass */
  readonly again: (n: Counts, f: Counted) => void
  /** -EBUSY and the like */
  readonly failed: (n: Counts, f: Counted) => void
  /** a THP that cannot be migrated as it is, before it is split */
  readonly wantsSplit: (n: Counts) => void
  readonly split: (n: Counts) => void
  readonly notSplit: (n: Counts, f: Counted) => void
  /** no memory for `f`, which is no THP or could not be split: the list is given up */
  readonly noMemory: (n: Counts, f: Counted) => void
  readonly passBegins: (n: Counts) => void
  /** no more passes over the list, or over that of the parts: those that were to be tried again have failed */
  readonly passesEnd: (n: Counts, parts: boolean) => void
}

const nothing = () => {}

export const COUNTS_NOTHING: Counter = {
  succeeded: nothing,
  again: nothing,
  failed: nothing,
  wantsSplit: nothing,
  split: nothing,
  notSplit: nothing,
  noMemory: nothing,
  passBegins: nothing,
  passesEnd: nothing,
}

const passBegins = (n: Counts) => {
  n.retry = 0
  n.thp_retry = 0
  n.nr_retry_pages = 0
}

/** Up to v5.8: entries of the list, a THP being one of them, or as many as its parts after it was split. */
export const countsEntries: Counter = {
  ...COUNTS_NOTHING,
  succeeded: (n) => {
    n.nr_succeeded++
  },
  again: (n) => {
    n.retry++
  },
  failed: (n) => {
    n.nr_failed++
    n.nr_failed_pages++
  },
  noMemory: (n) => {
    n.nr_failed++
    n.nr_failed_pages++
  },
  passBegins,
  passesEnd: (n) => {
    n.nr_failed += n.retry
    n.nr_failed_pages += n.retry
  },
}

/** v5.9 to v5.16: base pages, also in what is returned, but a THP that is tried to the end is one. */
export const countsBasePages: Counter = {
  succeeded: (n, { pages, thp }) => {
    n.nr_succeeded += pages
    if (thp) n.nr_thp_succeeded++
  },
  again: (n, { thp }) => {
    if (thp) n.thp_retry++
    else n.retry++
  },
  failed: failedBasePages,
  wantsSplit: nothing,
  split: (n) => {
    n.nr_thp_split++
  },
  notSplit: nothing,
  noMemory: failedBasePages,
  passBegins,
  passesEnd: (n) => {
    n.nr_failed += n.retry + n.thp_retry
    n.nr_failed_pages += n.retry + n.thp_retry
    n.nr_thp_failed += n.thp_retry
  },
}

function failedBasePages(n: Counts, { pages, thp }: Counted): void {
  n.nr_failed += pages
  n.nr_failed_pages += pages
  if (thp) n.nr_thp_failed++
}

/**
 * v5.17 to v6.2: base pages in /proc/vmstat, and folios in what is returned. A THP that is split counts as one that failed,
 * whatever becomes of its parts. Up to v6.0 PGMIGRATE_FAIL leaves out what was tried again to the end.
 */
export function countsFolios({ retriedPages }: { retriedPages: boolean }): Counter {
  return {
    succeeded,
    again: (n, { pages, thp, part }) => {
      if (thp) n.thp_retry++
      else if (!(part && retriedPages)) n.retry++
      if (retriedPages) n.nr_retry_pages += pages
    },
    failed: (n, { pages, thp, part }) => {
      if (thp) n.nr_thp_failed++
      else if (!part) n.nr_failed++
      n.nr_failed_pages += pages
    },
    wantsSplit: (n) => {
      n.nr_thp_failed++
    },
    ...byLargeFolioAndPage,
    passBegins,
  }
}

/** What is counted alike since large folios and pages have counters of their own. */
const byLargeFolioAndPage: Pick<Counter, 'split' | 'notSplit' | 'noMemory' | 'passesEnd'> = {
  split: (n) => {
    n.nr_thp_split++
  },
  notSplit: (n, { pages }) => {
    n.nr_failed_pages += pages
  },
  noMemory: (n, { pages, thp, part }) => {
    if (!thp && !part) n.nr_failed++
    n.nr_failed_pages += pages + n.nr_retry_pages
    n.nr_thp_failed += n.thp_retry
  },
  passesEnd: (n, parts) => {
    if (!parts) n.nr_failed += n.retry
    n.nr_thp_failed += n.thp_retry
    n.nr_failed_pages += n.nr_retry_pages
  },
}

/** Since v6.3: the same units, and what is returned is counted in one place. */
export const countsBatch: Counter = {
  succeeded,
  again: (n, { pages, thp }) => {
    n.retry++
    if (thp) n.thp_retry++
    n.nr_retry_pages += pages
  },
  failed: (n, { pages, thp, part }) => {
    if (!part) n.nr_failed++
    if (thp) n.nr_thp_failed++
    n.nr_failed_pages += pages
  },
  wantsSplit: (n) => {
    n.nr_failed++
    n.nr_thp_failed++
  },
  ...byLargeFolioAndPage,
  passBegins,
}

function succeeded(n: Counts, { pages, thp }: Counted): void {
  n.nr_succeeded += pages
  if (thp) n.nr_thp_succeeded++
}
