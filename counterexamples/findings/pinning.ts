/** Findings about long-term pins and memory offlining. */
import type { Finding } from './finding.ts'

export const pinning: readonly Finding[] = [
  {
    folder: 'pinning/long-term-pin-ignores-zone-movable',
    scenario: 'pin-vs-isolation',
    kernel: 'v5.12',
    claim: 'pin-outside-movable',
    title: 'A long-term pin does not look at ZONE_MOVABLE at all',
    range: 'v5.1 (9a4e9f3b2d73) to v5.12; ended by d1e153fea2a8 in v5.13',
    explanation: `Nothing races here. Up to v5.12 the check behind FOLL_LONGTERM looks for CMA pageblocks only, so a page that
was touched before it is pinned, and therefore lies in ZONE_MOVABLE, is pinned where it is. Memory offlining of its block
cannot complete until user space lets go.`,
  },
  {
    folder: 'pinning/pin-leak-when-isolation-fails',
    scenario: 'pin-vs-isolation',
    kernel: 'patch:longterm-movable-v3',
    claim: 'pin-outside-movable',
    title: 'The first attempt to keep long-term pins out of ZONE_MOVABLE leaks a pin when isolation fails',
    range: 'linux-mm, 11 Dec 2020, v3 of the series; never merged, superseded by what became d1e153fea2a8 in v5.13',
    explanation: `The patch widens what may not be pinned to ZONE_MOVABLE, but keeps the old failure policy: if nothing could
be isolated, the list is empty, there is nothing to migrate, and the call returns success with the pins that it holds.
Whoever isolates the folio between the check of PG_lru and folio_isolate_lru() wins; here it is compaction. This is the
question that was asked on the list: is it OK that pages leak out if isolation fails and the list is empty? The answer of
the merged series is to drop all pins and try again.`,
  },
  {
    folder: 'pinning/pin-leak-when-list-is-empty',
    scenario: 'pin-vs-isolation',
    kernel: 'v6.14',
    claim: 'pin-outside-movable',
    title: 'The fix of an endless loop brings the leak back',
    range: 'v6.14 (1aaf8c122918, and the stable series that took it) to v6.15; ended by 517f496e1e61 in v6.16',
    explanation: `Folios that never get onto the LRU made the retry loop endless, and the fix decided by list_empty() instead
of the number of folios collected. That turns "could not isolate" into "nothing to do", the same hole that the list patch
of December 2020 had: any isolator that gets to the folio first makes the call return success with the folio pinned in
ZONE_MOVABLE. The repair is a full logical revert.`,
  },
  {
    folder: 'pinning/offlining-never-completes',
    scenario: 'pin-vs-offline',
    kernel: 'patch:longterm-movable-v3',
    claim: 'offlining-completes',
    title: 'A leaked long-term pin keeps memory offlining busy for ever',
    range: 'linux-mm, 11 Dec 2020, v3 of the series (never merged); the same in v5.1 to v5.12, and in v6.14 and v6.15',
    explanation: `The answer to "might retry a long time" on the list: it might never complete. Here it is offlining itself that
isolates the folio before the pinning task can, so that the task keeps its pin and returns success. From then on every
round of offlining isolates the folio, cannot migrate it because of the pin, and puts it back. Nothing in the loop is
unfair: both tasks do all that they can do, and the one that holds the pin need never let go.`,
  },
  {
    folder: 'pinning/pin-loops-on-page-off-the-lru',
    scenario: 'pin-vs-offline',
    kernel: 'v6.2',
    claim: 'pin-returns',
    title: 'A long-term pin of a page that never gets onto the LRU repeats for ever',
    range:
      'v5.13 (d1e153fea2a8) to v6.13, and again since v6.16 (517f496e1e61); not in v6.14 and v6.15, which leak the pin instead',
    explanation: `The other end of the same decision. A page that a driver has mapped without ever adding it to the LRU cannot be
isolated. Kernels that refuse to keep the pin unpin it and try again (-EAGAIN), with the same result each time; only a
fatal signal ends the call. The fix of this loop in v6.14 is what brought the pin leak back.`,
  },
]
