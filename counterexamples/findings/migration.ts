/** Findings about page migration. */
import type { Finding } from './finding.ts'

export const migration: readonly Finding[] = [
  {
    folder: 'migration/waiter-starves-migration',
    scenario: 'migration-vs-waiters',
    kernel: 'v4.20',
    claim: 'migration-succeeds',
    title: 'A task that waits for the end of a migration makes it fail',
    range: 'all kernels up to v4.20; ended by 9a1ea439b16b in v5.0, in theory only by ffa65753c431 in v5.17',
    explanation: `A fault that meets a migration entry takes a reference to the folio and sleeps on its lock. The migration
counts references, finds one too many, restores the mappings and unlocks the folio. The waiter wakes up, uses the page,
and is back on the next migration entry before the migration looks again. One task that uses the page all the time is
enough for memory offlining to go on for ever, with a bounded number of passes and an unbounded number of calls. Nothing
in the loop is unfair: both tasks do all that they can do.`,
  },
  {
    folder: 'migration/waiter-starves-itself',
    scenario: 'migration-vs-waiters',
    kernel: 'v4.20',
    claim: 'fault-returns',
    title: 'A waiter that looks at the lock again when it is woken may sleep for ever',
    range: 'all kernels up to v4.20; ended by 9a1ea439b16b in v5.0',
    explanation: `The same reference seen from the other side. wait_on_page_locked() tests the bit again after every wake-up.
The migration that failed because of the reference has unlocked the folio, begun its next pass, and locked it again
before the waiter runs. So the waiter sleeps again, keeps its reference, and the pass fails too. It takes bad luck at
each pass. Since v5.0 a waiter on a migration entry returns from the wait when it was woken once, whatever became of the
lock, and starts its fault again.`,
  },
  {
    folder: 'migration/momentary-reference-starves-migration',
    scenario: 'migration-vs-waiters',
    kernel: 'v5.16',
    claim: 'migration-succeeds',
    title: 'A reference for a moment is enough, if the moment is always the wrong one',
    range: 'v5.0 (9a1ea439b16b) to v5.16; ended by ffa65753c431 in v5.17',
    explanation: `Since v5.0 the waiter drops its reference before it sleeps. Between taking and dropping it, the migration
may compare the references. Weak fairness of both tasks does not exclude that this happens in every pass, so that nothing
is proved before v5.17, which takes no reference at all: the waiter is queued under the page-table lock, and as long as
the entry is there somebody has the folio locked and holds a reference. That this suffices is the claim
migration-entry-is-locked, which holds on every kernel.`,
  },
  {
    folder: 'migration/write-through-stale-tlb',
    scenario: 'migration-vs-protection',
    kernel: 'v3.12',
    claim: 'no-lost-update',
    title: 'A store through a TLB entry that is about to be flushed is lost',
    range: 'v3.12 and before; ended by 20841405940e in v3.13',
    explanation: `NUMA balancing takes the access bits out of a page-table entry and flushes the TLBs afterwards. Between the
two, a third processor migrates the page. It clears an entry that allows no access, concludes that no TLB can have a
translation for it, and does not flush. The first processor still has one, and writes to the source after it was copied.
The repair asks whether a flush is due in this address space, and flushes if it is.`,
  },
  {
    folder: 'migration/stale-translation-to-free-folio',
    scenario: 'migration-vs-protection',
    kernel: 'v3.12',
    claim: 'no-stale-translation',
    title: 'The same TLB entry leads to a page that is free',
    range: 'v3.12 and before; ended by 20841405940e in v3.13',
    explanation: `The lost store is the smaller half of it. When the migration is over, the source is freed, and nothing has
flushed the TLB entry that still leads to it. Until the flush that is due, the processor can write to memory that
somebody else has been given. References do not help: a translation holds none.`,
  },
  {
    folder: 'migration/no-flush-before-copy',
    scenario: 'migration-vs-protection',
    kernel: 'patch:migrate-without-flush',
    claim: 'no-late-write',
    title: 'Without the flush at the end of a batch, writes reach the source after it was copied',
    range: 'hypothetical; what the deferred flush of v6.3 (7e12beb8ca2a) must not lose',
    explanation: `Since v6.3 asynchronous migration unmaps a whole batch and flushes the TLBs once. The flush has to come
before the first copy. Here it is left out, and nobody changes the protection: a plain TLB entry is enough.`,
  },
  {
    folder: 'migration/entry-moved-past-the-walk',
    scenario: 'migration-vs-mremap',
    kernel: 'patch:move-ptes-unguarded',
    claim: 'no-entry-is-left',
    title: 'A migration entry that moves to a VMA which the walk has passed is never removed',
    range: 'exec before v2.6.35 (a8bef8ff6ea1), mremap before v3.2 (948f017b093a); hypothetical on later kernels',
    explanation: `The walk over the rmap visits one VMA after the other and holds no page-table lock in between. mremap, or exec
that shifts the stack, moves the entry from a VMA that is still to be visited to one that was visited already. The walk
finds the entry nowhere, the folio is unlocked and freed, and the entry stays and names whatever the memory is used for
next. The rmap lock in move_ptes excludes it. It is only needed when the destination is visited first, which is what the
order of VMAs in the rmap is kept for; that optimisation is proved by the same scenario on released kernels.`,
  },
  {
    folder: 'migration/entry-that-stays',
    scenario: 'migration-vs-mremap',
    kernel: 'patch:move-ptes-unguarded',
    claim: 'entry-goes-away',
    title: 'Whoever touches a page with such an entry faults for ever',
    range: 'exec before v2.6.35 (a8bef8ff6ea1), mremap before v3.2 (948f017b093a); hypothetical on later kernels',
    explanation: `The consequence for user space. The fault finds the migration entry, sees that the folio it names is not
locked, returns, and faults again.`,
  },
  {
    folder: 'migration/buffer-found-after-the-check',
    scenario: 'migration-vs-buffers',
    kernel: 'v5.2',
    claim: 'no-late-write',
    title: 'A buffer that is looked up after the check for users is used while its page is migrated',
    range: 'v5.0 (89cb0888ca14) to v5.2; ended by ebdf4de5642f in v5.3',
    explanation: `Migration looks at b_count of every buffer under private_lock, finds no user, and drops the lock. A look-up
under the same lock takes b_count now. It held a reference to the page only while it searched, so the references are as
expected and the page is frozen. The user reads and writes memory of the old page: what it writes is lost, and when the
old page is freed, somebody else's memory is changed. Holding private_lock until everything has moved closes the window.
Before v5.0 the buffers were released first, which fails while anybody uses them. Since v6.16 a mark on the buffer keeps
look-ups away, because large folios cannot be copied under a spinlock.`,
  },
  {
    folder: 'migration/buffer-read-before-the-copy',
    scenario: 'migration-vs-buffers',
    kernel: 'v5.2',
    claim: 'migration-invisible',
    title: 'A buffer is read in the new page before anything was copied to it',
    range: 'v5.0 (89cb0888ca14) to v5.2; ended by ebdf4de5642f in v5.3',
    explanation: `A second window of the same missing lock, and the shortest way to see it from outside. The buffers are attached to
the new page before its contents are copied. A look-up finds the new page in the page cache, and a buffer in it that is
marked up to date as it was before, and does not look at the flag of the page. It reads what happened to be in that
memory. A write at that moment is overwritten by the copy.`,
  },
  {
    folder: 'migration/buffer-memory-freed',
    scenario: 'migration-vs-buffers',
    kernel: 'v5.2',
    claim: 'buffer-not-freed',
    title: 'The same race ends in a use after free',
    range: 'v5.0 (89cb0888ca14) to v5.2; ended by ebdf4de5642f in v5.3',
    explanation: `The user of the buffer holds b_count, and no reference to the page. When the migration is done the old page is
freed under it.`,
  },
  {
    folder: 'migration/write-between-copy-and-freeze',
    scenario: 'migration-vs-cache-writer',
    kernel: 'patch:write-without-folio-lock',
    claim: 'cache-is-valid',
    title: 'Copying before the freeze misses a writer that only holds a reference for a while',
    range: 'hypothetical: possible since v6.12 (060913999d7a), and no such writer is known',
    explanation: `Since v6.12 the contents are copied first, so that a machine check during the copy can be survived, and the
references are frozen afterwards. Somebody who finds the folio in the page cache after the first look at the references,
writes to it without the folio lock, and lets go before the freeze is seen by neither. The copy is stale and the freeze
succeeds. Every writer that locks the folio is safe, and so is one that keeps its reference. With the order of v6.11 the
same writer is harmless, as long as it does not use a folio that is not up to date yet.`,
  },
  {
    folder: 'migration/batch-waits-for-writeback',
    scenario: 'migration-vs-writeback',
    kernel: 'patch:migrate-batch-v6.3-rc1',
    claim: 'no-lock-cycle',
    title: 'The first form of batched migration waits for writeback while it has other folios locked',
    range: 'candidates of v6.3 (5dfab109d519); ended by fb3592c41a44 and 2ef7dbb26990 before the release',
    explanation: `A batch keeps all its folios locked between unmapping and moving. It did not wait for a folio lock meanwhile, but
in synchronous mode it waited for other things: for locks of buffers, and for writeback. The writeback of a loop device is done by a worker that needs a page of the file behind the
device. If that page is in the same batch, both wait for ever. The released form unmaps a batch in asynchronous mode, and
takes what that leaves behind one by one: only who never waits may hold several folio locks.`,
  },
  {
    folder: 'migration/batch-waits-to-split',
    scenario: 'migration-vs-split',
    kernel: 'v6.10',
    claim: 'no-lock-cycle',
    title: 'Splitting a large folio inside a batch waits for its lock',
    range: 'v6.3 (5dfab109d519) to v6.10; ended by 2e6506e1c4ee in v6.11',
    explanation: `The rule that only who never waits may hold several folio locks had an exception that nobody meant. A large
folio on the list was split before it was migrated, and the split waited for the lock of the folio in asynchronous mode
too. Here the batch has locked a page of metadata, and the large folio is locked by readahead, which needs that page to
fill it. The repair tries the lock in asynchronous mode.`,
  },
  {
    folder: 'migration/sync-light-waits-for-a-read',
    scenario: 'migration-vs-io',
    kernel: 'v6.4',
    claim: 'returns-without-io',
    title: 'MIGRATE_SYNC_LIGHT waits for a folio that is being read',
    range: 'up to v6.4; ended by 4bb6dc79d987 in v6.5 (release from memory)',
    explanation: `MIGRATE_SYNC_LIGHT is for those who may sleep for a moment but not for the disk, and it does not wait for
writeback. It waited for folio locks, and whoever reads a folio from the disk holds its lock until the data has come.
Since then it waits only for the lock of a folio whose contents are there. Nothing is assumed of the disk in this
scenario: the claim fails on every kernel in MIGRATE_SYNC, which waits by design, and holds on every one in
MIGRATE_ASYNC.`,
  },
  {
    folder: 'migration/anon-vma-taken-for-a-mapping',
    scenario: 'migration-vs-pfn-reader',
    kernel: 'v6.7',
    claim: 'mapping-is-a-mapping',
    title: 'A PFN walker finds an anon_vma where it expects a mapping',
    range: 'v6.3 (64c8902ed441) to v6.7; ended by d1adb25df711 in v6.8',
    explanation: `Between unmapping and moving, the anon_vma of the source has to be remembered for each folio of the batch. It
was put into folio->mapping of the destination, with the argument that nobody uses the destination yet. Whoever walks
over frame numbers does: the destination has a reference count, a walker gets a reference, and reads the field without
the folio lock. The repair puts the anon_vma into folio->private.`,
  },
  {
    folder: 'migration/large-folio-taken-for-pinned',
    scenario: 'contig-vs-copy-on-write',
    kernel: 'v6.0',
    claim: 'unpinned-is-isolated',
    title: 'A large anonymous folio that is mapped by its pages looks pinned for ever',
    range: 'v3.15 (119d6d59dcc0) to v6.0; ended by 829ae0f81ce0 in v6.1',
    explanation: `To save useless work, isolation skips anonymous folios that have more references than mappings. References were
those of the whole large folio, mappings those of its first page. Once a store after fork has split the entry that maps
all of it, each page has a mapping and a reference of its own, and the folio is skipped by every round: virtio-mem cannot
give the block back. The repair counts the mappings of all pages.`,
  },
  {
    folder: 'migration/last-put-frees-destination',
    scenario: 'migration-results',
    kernel: 'v7.3',
    claim: 'destination-has-owner',
    title: 'The last put of the destination may free it',
    range: 'all kernels; harmless, and contrary to the comment above that put',
    explanation: `A comment says that dropping the reference of the migration will not free the destination, because its new owner
has one. If the page is unmapped before that put, there is no owner any more: here right after it was remapped, and
just as well while its entry is a migration entry, which holds no reference. The destination is on the LRU, which holds
none either, and the put frees it. That is what should happen; only the comment is wrong.`,
  },
  {
    folder: 'migration/moved-while-it-is-written',
    scenario: 'migration-fallback',
    kernel: 'v6.3',
    claim: 'not-moved-under-writeback',
    title: 'Migration writes a folio out, tries again, and finds it under writeback: BUG',
    range: 'v6.3 (5dfab109d519) to v6.15; ended by 7ee3647243e5 in v6.16; reported as openzfs/zfs issue 15140',
    explanation: `A file system without migrate_folio leaves it to fallback_migrate_folio, which in MIGRATE_SYNC writes a dirty
folio out and returns -EAGAIN. Up to v6.2 that undid everything, and the next pass waited for the writeback before it
began. A batch keeps what it has unmapped: the next pass is one over the second half only, which never looks at
writeback. The folio is clean by now, so that fallback_migrate_folio takes it for one that it can move, and
migrate_folio has a BUG_ON for that. Private data would help: it is not released during writeback, which is -EAGAIN again,
and that is how ZFS got round it. Since v6.16 nothing is written out.`,
  },
  {
    folder: 'migration/store-that-fsync-misses',
    scenario: 'migration-fallback',
    kernel: 'v6.2',
    claim: 'clean-is-on-disk',
    title: 'A folio written out for migration is clean, and its task may store to it without a fault',
    range:
      'all kernels up to v6.15, with file systems that have writepage, no migrate_folio, and shared mappings; derived from the steps, not known from a report',
    explanation: `Before a folio is written, its mappings are write-protected: the next store faults, and the fault makes the folio
dirty again (clear_page_dirty_for_io). Migration calls that when it has unmapped the folio, and there is no mapping to
protect. Then it restores the mappings as they were, from migration entries that remember that they were writable, and
lets the file system write. When the disk is done, the folio is clean and the entry still lets its task store. That
store is seen only when somebody looks at the dirty bit of the entry, as unmapping and reclaim do. An fsync between the
two finds nothing to write, and returns.`,
  },
  {
    folder: 'migration/parts-forgotten',
    scenario: 'migration-thp',
    kernel: 'v5.17',
    claim: 'nothing-stays-isolated',
    title: 'When memory runs out, the parts of a THP that was split are forgotten',
    range: 'v5.17 (b5bade978e9b); ended by 69a041ff5058 in v5.18 (release from memory)',
    explanation: `Since v5.17 the parts of a THP that migrate_pages has split go to a list of its own, to be tried after the rest.
With no memory for the next folio the call returns at once, and nobody looks at that list any more. Its pages stay
isolated, each with a reference that nobody will drop: they are on no LRU list, and are never freed. The repair gives
them back to the caller with the others.`,
  },
  {
    folder: 'migration/split-returns-success',
    scenario: 'migration-thp',
    kernel: 'patch:deferred-split-rc',
    claim: 'nothing-stays-isolated',
    title: 'migrate_pages returns 0 and leaves the parts of a split THP on the list',
    range:
      'candidates of v6.10 (7262f208ca68); ended by "make migrate_pages_batch() stats consistent" before the release',
    explanation: `A folio that waits to be split is split before it is migrated. As that is no failure, it was not counted as one. But
parts count as nothing on their own, because the THP that they come from has been counted already: here it has not. If a
part cannot be moved, the call returns 0, the caller puts nothing back, and the part stays isolated. In NUMA balancing a
BUG_ON noticed the list that was not empty. Only MIGRATE_ASYNC is affected; the synchronous modes count splits again.`,
  },
  {
    folder: 'migration/failure-with-nothing-left',
    scenario: 'migration-thp',
    kernel: 'v5.17',
    claim: 'result-tells',
    title: 'migrate_pages tells of a failure when every page was moved',
    range: 'v5.17 (b5bade978e9b) to v6.0; ended by 03e5f82ea632 in v6.1',
    explanation: `A THP that has to be split counts as a folio that was not migrated, whatever becomes of its parts. If all of them are
moved, the call returns 1, and its list is empty. move_pages(2) hands that on to user space, as a number of pages that
were not moved. Before v5.17 the parts were counted, and since v6.1 the call returns 0 when nothing is left.`,
  },
  {
    folder: 'migration/retried-pages-uncounted',
    scenario: 'migration-results',
    kernel: 'v5.18',
    claim: 'every-folio-counted',
    title: 'PGMIGRATE_FAIL leaves out what was tried in every pass',
    range:
      'v5.17 (b5bade978e9b, 5d39a7ebc8be) to v6.0; ended in v6.1 by "fix failure counting for retry" (release from memory)',
    explanation: `When what migrate_pages returns was told apart from what it adds to /proc/vmstat, a folio that was tried in every pass
and not moved went into the one and not into the other. Its failure is returned, and PGMIGRATE_FAIL does not change. The
kernels before have another weakness: they add entries of the list, or base pages for some failures and entries for
others, so that a THP may count as one page.`,
  },
  {
    folder: 'migration/split-counts-as-failure',
    scenario: 'migration-thp',
    kernel: 'v7.3',
    claim: 'thp-fail-as-documented',
    title: 'A THP that was split and moved counts as one that could be neither migrated nor split',
    range: 'v5.17 (b5bade978e9b) to today; only the documentation is wrong',
    explanation: `The documentation of THP_MIGRATION_FAIL, of v5.9, is about THPs that could be neither migrated nor split. Since v5.17
every THP that is split counts in it, as well as in THP_MIGRATION_SPLIT. Here both parts are moved and the call returns
0. Whoever wants the number of the documentation has to subtract one counter from the other.`,
  },
]
