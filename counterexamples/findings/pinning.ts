/** Findings about long-term pins and memory offlining. Long because it is a list: an entry for each folder of the area. */
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
  {
    folder: 'pinning/isolation-test-inverted',
    scenario: 'pin-vs-isolation',
    kernel: 'v6.1',
    claim: 'no-oops',
    title: 'A long-term pin takes a successful isolation for a failure, and a failure for a success',
    range: 'v6.1 (67e139b02d99), repaired by aa1e6a932ca6 in v6.2',
    explanation: `folio_isolate_lru() returned 0 for success at that time, and the new code tested it with the wrong sense. A folio
that was isolated goes on no list, and its isolation reference is held by nobody. A folio that could not be isolated is
queued, here one that compaction has on its own list. With nobody else at work the two mistakes cancel out: what was lost
in one round cannot be isolated in the next, is queued then, and is migrated.`,
  },
  {
    folder: 'pinning/pins-left-when-helper-array-fails',
    scenario: 'pin-vs-isolation',
    kernel: 'v6.11',
    claim: 'failure-holds-no-pin',
    title: 'A long-term pin that finds no memory for its helper array returns -ENOMEM and keeps the pins',
    range: 'v6.11 (53ba78de064b) and candidates of v6.12; repaired by 9d2bdef811c4 in v6.12-rc6',
    explanation: `The check was taught to work on folios, for which it allocates an array beside pages[]. Where the allocation fails the
call returns an error, and the pages that were pinned so far stay pinned: nobody knows of them, and nobody can drop them.
The folio stays where it is for good, and its memory block cannot be offlined any more.`,
  },
  {
    folder: 'pinning/null-entries-unpinned',
    scenario: 'pin-vs-isolation',
    kernel: 'v6.12',
    claim: 'no-oops',
    title: 'The error path of a long-term pin dereferences the entries that it has cleared',
    range: 'v6.12 (94efde1d1539, from memory), repaired by a1268be280d8 in v6.13-rc2; CVE-2024-56612',
    explanation: `Before it migrates, the check drops the pins and clears their entries in the array. When migration fails, here because
of a reference of compaction, the error path unpins the whole array once more, and follows NULL.`,
  },
  {
    folder: 'pinning/batch-entry-leaks-pin',
    scenario: 'pin-activate-batch',
    kernel: 'patch:longterm-movable-v3',
    claim: 'pin-outside-movable',
    title: 'The list patch of December 2020 leaks a pin when migration fails, too',
    range: 'linux-mm, 11 Dec 2020, v3 of the series; never merged',
    explanation: `The other half of the failure policy that the patch kept. The folio is on the LRU and can be isolated, but an entry of
an activate batch holds a reference, so that it cannot be migrated. The call pins once more, and returns success with the
folio in ZONE_MOVABLE. Here the entry is the pin's own doing: it counted as an access to the page.`,
  },
  {
    folder: 'pinning/own-access-defeats-pin',
    scenario: 'pin-activate-batch',
    kernel: 'v6.2',
    claim: 'own-batch-does-not-matter',
    title: 'A long-term pin makes itself fail by accessing the page that it pins',
    range: 'v5.13 (d1e153fea2a8) to v6.10; hidden by 33dfe9204f29 in v6.11, repaired by a09a8a1fbb37 in v6.17',
    explanation: `One task, one CPU, nobody else. The page was accessed before and is on the inactive list. Pinning it with FOLL_TOUCH
marks it as accessed again, which puts the folio into the activate batch of this CPU, with a reference. PG_lru stays set, so
the check sees no reason to drain. Migration then counts one reference too many on every pass, and the call returns
-ENOMEM. The next call finds PG_lru clear, because the folio was put back through a batch, drains, and succeeds. Kernels
that keep the pins instead leak them here.`,
  },
  {
    folder: 'pinning/activate-batch-of-idle-cpu',
    scenario: 'pin-activate-batch',
    kernel: 'v6.2',
    claim: 'idle-batches-do-not-matter',
    title: 'A long-term pin fails because of an entry in the activate batch of another CPU',
    range: 'v5.13 to v6.10; hidden by 33dfe9204f29 in v6.11, repaired by 98c6d259319e in v6.17',
    explanation: `The page was read on another CPU, which has been idle since. Nothing makes that CPU flush its batch, the reference of
the entry stays, and PG_lru is set, so that the check does not drain. v6.11 cleared PG_lru of every folio that waits in an
LRU batch, which makes the check drain, and made reclaim run out of folios instead.`,
  },
  {
    folder: 'pinning/mlock-batch-of-idle-cpu',
    scenario: 'pin-mlock-batch',
    kernel: 'v6.16',
    claim: 'idle-batches-do-not-matter',
    title: 'The failure of 2025: a long-term pin fails because of the mlock batch of an idle CPU',
    range: 'v5.18 (2fbb0c10d1e8, mlock batches) to v6.16; repaired by 98c6d259319e in v6.17',
    explanation: `Guest memory is locked with MLOCK_ONFAULT. A thread touches a page on CPU 1: the fault maps it into the locked VMA, and
the folio gets into the mlock batch of CPU 1, with a reference. Then CPU 1 is idle. The pin on CPU 0 finds PG_lru set and
drains nothing; unmapping leaves one reference too many; all passes fail, and so does every later call. The guest is
killed. That v6.11 to v6.16 clear PG_lru in batches does not help, because mlock batches are not LRU batches.`,
  },
  {
    folder: 'pinning/rebatched-after-drain',
    scenario: 'pin-mlock-batch',
    kernel: 'v6.17',
    claim: 'batches-do-not-matter',
    title: 'What is left in v6.17: the folio is batched again after the drain',
    range: 'v6.17 and later; not in the hypothetical patch:pin-disables-lru-cache',
    explanation: `The refcount says that something is unexpected, and the check drains this CPU and then all CPUs. Between the drain and
the unmapping the other thread gives the page back, or touches it again: mlock and munlock do not ask for PG_lru, so this
works even when the folio is isolated already. The new entry makes every pass fail. Offlining and CMA disable the batches
for the whole operation, long-term pins do not; with lru_cache_disable() around check and migration the claim holds.`,
  },
  {
    folder: 'pinning/activated-after-drain',
    scenario: 'pin-activate-batch',
    kernel: 'v6.17',
    claim: 'batches-do-not-matter',
    title: 'The same with an LRU batch: a page is accessed between the drain and the isolation',
    range: 'v6.17 and later; not in v6.11 to v6.16, where a folio in an LRU batch cannot be isolated',
    explanation: `The check has drained all CPUs. Another CPU accesses the page before the check isolates it, and the entry in its activate
batch is back. v6.17 traded one for the other: PG_lru tells nothing about batches any more, and the refcount is looked at
before the isolation only.`,
  },
  {
    folder: 'pinning/one-drain-for-two-pages',
    scenario: 'pin-activate-batch',
    kernel: 'v6.17',
    claim: 'batches-do-not-matter',
    settings: { pages: 2 },
    title: 'The first of two pages uses up the drain, and the second is batched afterwards',
    range: 'v6.17 and later; not in the hypothetical patch:pin-disables-lru-cache',
    explanation: `The check looks at one page after the other, and drains all CPUs at most once. The first page is found to have
unexpected references, as every small folio is in v6.17, and the drain is spent on it. The second is accessed on CPU 1
before the check isolates it, and waits in the activate batch there. It is isolated all the same, and the entry makes its
migration fail. With more pages the window gets longer, because it begins with the first and ends with the last. The
first page is moved, and the call returns -ENOMEM.`,
  },
  {
    folder: 'pinning/one-drain-for-two-locked-pages',
    scenario: 'pin-mlock-batch',
    kernel: 'v6.17',
    claim: 'batches-do-not-matter',
    settings: { pages: 2 },
    title: 'The same with two locked pages: the second gets into an mlock batch when the drain is used up',
    range: 'v6.17 and later; not in the hypothetical patch:pin-disables-lru-cache',
    explanation: `Two pages of guest memory. The drain of all CPUs is spent on the first. The other thread gives the second back when it
has been isolated already, which mlock batches do not mind, and migration finds a reference too many.`,
  },
  {
    folder: 'pinning/pinners-defeat-each-other',
    scenario: 'pin-vs-pin',
    kernel: 'v6.17',
    claim: 'both-pins-succeed',
    title: 'Two tasks that pin the same page make each other fail, and nobody holds a long-term pin',
    range:
      'v5.13 (d1e153fea2a8) and later; field reports of 2025, worked around by vendors with mmap_lock held for writing',
    explanation: `Each call pins the page before it looks whether it may. So while one task migrates, the other may hold the pin of a
moment, and that makes the attempt fail; the time is long when the other is in lru_add_drain_all. One of the two always
succeeds. The proposed wait for the refcount does not help against a pin that is taken anew after the wait.`,
  },
  {
    folder: 'pinning/second-pinner-leaks',
    scenario: 'pin-vs-pin',
    kernel: 'v6.14',
    claim: 'pin-outside-movable',
    title: 'With two pinners, one isolates the folio and the other keeps its pin',
    range: 'v6.14 (1aaf8c122918, and the stable series that took it) to v6.15; ended by 517f496e1e61 in v6.16',
    explanation: `The race of the report that led to the revert. The first task isolates the folio. The second cannot isolate it any more,
finds its list empty, and returns success with the folio pinned where it must not be. The migration of the first then fails
on the pin of the second.`,
  },
  {
    folder: 'pinning/cma-block-under-allocation-looks-pinnable',
    scenario: 'pin-vs-cma',
    kernel: 'v5.13',
    claim: 'pin-outside-movable',
    title: 'A CMA page can be pinned while its area is being allocated',
    range: 'v5.1 to v5.18; ended by 1c563432588d in v5.19',
    explanation: `cma_alloc() changes the type of the pageblock from CMA to ISOLATE before it moves the pages away. Whoever asks whether a
page may be pinned compares with CMA alone, and gets the answer yes at the very moment at which it does most harm: the
allocation fails until the pin is dropped.`,
  },
  {
    folder: 'pinning/destination-in-zone-movable',
    scenario: 'pin-vs-cma',
    kernel: 'v5.12',
    claim: 'destination-may-be-pinned',
    title: 'A page of CMA is moved out of the way of a long-term pin into ZONE_MOVABLE',
    range: 'v5.9 to v5.12; ended by c991ffef7bce in v5.13',
    explanation: `Up to v5.12 only CMA is looked for. The folio is migrated, and the allocation mask of the destination allows
ZONE_MOVABLE, where it is then pinned.`,
  },
  {
    folder: 'pinning/gup-fast-without-recheck',
    scenario: 'gup-fast-vs-migration',
    kernel: 'patch:gup-fast-no-recheck',
    claim: 'pinned-folio-is-mapped',
    title: 'Why gup-fast reads the page-table entry again',
    range: 'never in any kernel: the second look is taken away to show what it is for',
    explanation: `gup-fast reads the entry without a lock. Migration replaces the entry, finds the references as expected, copies, and frees
the source. gup-fast then takes its reference, on a folio that is somebody else's by now, and returns it. With the second
look at least one of the two notices the other.`,
  },
  {
    folder: 'pinning/fork-gives-pinned-page-away',
    scenario: 'gup-fast-vs-fork',
    kernel: 'v5.10',
    claim: 'parent-keeps-pinned-page',
    title: 'fork write-protects a page that is being pinned without a lock',
    range:
      'up to v5.10, where v5.9 had begun to copy pinned pages at once (70e806e4e645); ended by 57efa1fe5957 in v5.11',
    explanation: `fork asks whether the page may be pinned, and it is not. gup-fast pins it through an entry that is still writable, and
sees it unchanged. fork write-protects and shares it. The next store of the parent copies the page: the device goes on
writing to a page that the parent has no longer. Since v5.11 gup-fast drops its pins when the counter that fork raises has
changed meanwhile.`,
  },
  {
    folder: 'pinning/gup-fast-vs-thp-collapse',
    scenario: 'gup-fast-vs-collapse',
    kernel: 'v6.0',
    claim: 'pinned-page-mapped',
    title: 'gup-fast pins a small page that khugepaged has just replaced',
    range: 'up to v6.0, where page tables are freed by RCU; ended by 70cbc3cc78a9 in v6.1',
    explanation: `khugepaged clears the PMD, and finds the references of the small page as expected. gup-fast, which had read the PMD before,
takes its reference and reads the entry again: it is unchanged, in a page table that is no longer in use. The pin is on a
page that nobody has mapped.`,
  },
  {
    folder: 'pinning/secretmem-in-a-batch',
    scenario: 'gup-fast-vs-secretmem',
    kernel: 'v6.8',
    claim: 'secretmem-not-pinned',
    title: 'gup-fast pins a secretmem page as long as it waits in a batch',
    range: 'v5.14 to v6.8; ended by 65291dcfcf89 in v6.9-rc3',
    explanation: `To tell a secretmem folio is slow, and was left out for folios that have PG_lru clear, because a secretmem folio is on the
LRU: but not between its first fault and the flush of the batch that it waits in. The kernel then reads a page that
it has removed from its own page tables. No decision may rest on PG_lru being clear.`,
  },
  {
    folder: 'pinning/memfd-error-pointer',
    scenario: 'memfd-pin-vs-memfd-pin',
    kernel: 'v6.11',
    claim: 'drops-only-its-own',
    title: 'memfd_pin_folios drops the reference of an error pointer',
    range: 'v6.11 (89c1905d9c14), repaired by ce645b9fdc78 in v6.12',
    explanation: `Two tasks pin the same index, which is empty. The slower one gets -EEXIST as an error pointer, keeps it in the variable
in which the folio of the round before would be, and starts over by dropping that folio's reference.`,
  },
  {
    folder: 'pinning/zero-page-refused',
    scenario: 'pin-zero-page',
    kernel: 'patch:isolate-unpinnable-rc',
    claim: 'zero-page-pin-granted',
    title: 'A long-term pin of the zero page repeats for ever',
    range:
      'v5.19-rc1 (1c563432588d), repaired by 034e5afad921 before v5.19; the same again in v6.0-rc1 (f25cbb7a95a2, fcab34b433dc)',
    explanation: `The question whether a page may be pinned was written anew, and the exception for the zero page got lost. The zero page
is on no LRU and cannot be isolated, so the call starts over, for ever. Device assignment does this with every guest that
has read a page that it has not written.`,
  },
  {
    folder: 'pinning/references-of-a-moment',
    scenario: 'pin-vs-get',
    kernel: 'v6.17',
    claim: 'moments-do-not-matter',
    title: 'A long-term pin fails because of references of which each is dropped at once',
    range: 'v5.13 (d1e153fea2a8) and later; RFC of 9 Apr 2026',
    explanation: `A worker takes references to the page and drops each of them soon. The passes of migration do not sleep, so all of them
may fall into holds. The proposed wait repairs this, for references that are taken by way of the page table: it waits while
the migration entries are in place, so that no new one can be taken. It does not for those of PFN walkers.`,
  },
  {
    folder: 'pinning/lru-cache-disabled-for-good',
    scenario: 'offline-fails',
    kernel: 'v5.13',
    claim: 'lru-cache-enabled-again',
    title: 'Memory offlining that fails leaves the LRU batches disabled for good',
    range: 'v5.13 (d479960e44f2), repaired by 946746d1ad92 in v5.14',
    explanation: `One of the exits of offline_pages() forgets lru_cache_enable(). From then on every folio that is added to a batch is
flushed at once, on every CPU, until the next boot.`,
  },
  {
    folder: 'pinning/device-fault-starves-drain',
    scenario: 'drain-vs-device-fault',
    kernel: 'v6.15',
    claim: 'drain-ends',
    title: 'A fault that repeats starves the work item that the owner of the lock waits for',
    range: 'v6.15 (1afaeb8293c9, release from memory) to v6.19; ended by b570f37a2ce4 in v7.0-rc3; CVE-2026-43404',
    explanation: `The migrating task holds the lock of a device-private folio and waits for lru_add_drain_all(), that is, for a work item on
every CPU. On one of them a task faults on that folio, fails to get the lock, and tries again without ever leaving the CPU.
The work item never runs, and the lock is never released.`,
  },
  {
    folder: 'pinning/free-list-hides-page',
    scenario: 'offline-vs-free-list',
    kernel: 'v5.8',
    claim: 'offlining-sees-free-pages',
    title: 'A page on the free list of a CPU keeps memory offlining busy for ever',
    range: 'up to v5.8; repaired by 968318261221 in v5.9, and better by ec6e8c7e0314 in v5.11',
    explanation: `The other CPU has read the type of the pageblock when it was still movable, and puts the page on its own free list after
offlining has isolated the block and drained the lists. The page is neither in use nor with the buddy allocator. Nothing
but a drain would change that, and there is none.`,
  },
  {
    folder: 'pinning/isolated-block-allocated-from',
    scenario: 'offline-vs-free-list',
    kernel: 'v5.9',
    claim: 'isolated-block-not-allocated-from',
    title: 'A page of an isolated pageblock is allocated from the free list of a CPU',
    range: 'up to v5.10; ended by ec6e8c7e0314 in v5.11',
    explanation: `The first repair drains the lists in every round. Until it does, the page is on the list of its CPU and can be allocated
again, although its block is isolated; then it has to be migrated once more. With the lists disabled it goes to the buddy
allocator, which looks at the type of the block again.`,
  },
  {
    folder: 'pinning/cma-defeated-by-batch',
    scenario: 'cma-vs-batch',
    kernel: 'v5.12',
    claim: 'cma-not-busy-for-batches',
    title: 'A CMA allocation fails because its page was batched again after the drain',
    range: 'up to v5.12; ended by d479960e44f2 and 361a2a229fa3 in v5.13',
    explanation: `cma_alloc() drains every CPU once. A thread accesses the page on a CPU that is drained already, and its folio waits in a
batch again; all tries fail on that reference. Since v5.13 the batches are disabled for the whole operation. Long-term pins
have the same problem to this day.`,
  },
  {
    folder: 'pinning/reclaim-finds-nothing',
    scenario: 'reclaim-vs-batch',
    kernel: 'v6.11',
    claim: 'reclaim-finds-a-folio',
    title: 'Reclaim runs out of folios because they wait in a batch of another CPU',
    range:
      'v6.11 (33dfe9204f29); a follow-up in v6.12 (0885ef470560, not modelled); both reverted in v6.17 (afb99e9f5004, 8d79ed36bfc8)',
    explanation: `A repair for the liveness of pins costs the liveness of reclaim. PG_lru is clear as long as a folio waits in a batch, and
nothing flushes the batch of an idle CPU. Reclaim drains its own CPU only, finds no folio with PG_lru, and the kernel is out
of memory although there is memory to reclaim.`,
  },
  {
    folder: 'pinning/short-pins-starve-offlining',
    scenario: 'short-pin-vs-offline',
    kernel: 'v6.17',
    claim: 'offlining-outlasts-short-pins',
    title: 'Short pins, each of which ends, can keep memory offlining busy for ever',
    range: 'every release: nobody promises otherwise',
    explanation: `A short pin may stay in ZONE_MOVABLE and only delays offlining: once no more of them are taken, offlining completes, on
every release. Each pin ends, but if a new one is there whenever offlining looks, no round succeeds. Nothing makes the
rounds of offlining and the I/O take turns; a signal ends it.`,
  },
  {
    folder: 'pinning/first-touch-in-zone-movable',
    scenario: 'pin-vs-fault',
    kernel: 'v5.12',
    claim: 'first-touch-may-stay',
    title: 'A long-term pin allocates a page in ZONE_MOVABLE and pins it there',
    range: 'up to v5.12; ended by 8e3560d963d2 in v5.13',
    explanation: `Nothing races. The page is touched for the first time by the pin itself, which might have it allocated anywhere. Up to v5.12
only CMA is avoided. Since v5.13 the allocation is made under PF_MEMALLOC_PIN, and only pages that somebody else touched
first have to be migrated.`,
  },
  {
    folder: 'pinning/waiting-for-each-other',
    scenario: 'pins-in-opposite-order',
    kernel: 'patch:wait-for-refcount',
    claim: 'no-mutual-wait',
    title: 'The proposed wait can wait for a task that waits for the one who waits',
    range: '"mm/migrate: wait for folio refcount during longterm pin migration", RFC, linux-mm, 9 Apr 2026',
    explanation: `Two tasks have two pages mapped in opposite orders and pin them. One has pinned its first page and comes to the
second. The other has made a migration entry of that second page, keeps it while it goes on with its batch, finds the first
page pinned, and waits for the pin to be dropped. The first task sleeps on the migration entry, with its pin. Only the
timeout of a second ends this, and then the attempt has failed all the same. Without the wait nothing of the kind happens:
the passes are over at once, and the entries are restored.`,
  },
]
