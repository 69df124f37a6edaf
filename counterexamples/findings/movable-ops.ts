/** Findings about movable pages of drivers: mapped ones, balloons, zsmalloc, and the flags word. */
import type { Finding } from './finding.ts'

const mapped: readonly Finding[] = [
  {
    folder: 'movable-ops/mapped-driver-page-never-moves',
    scenario: 'driver-mapped-page',
    kernel: 'v4.8',
    claim: 'migration-ends',
    title: 'A driver page that user space has mapped is isolated, refused and put back, for ever',
    range: 'v4.8 (bda807d44454) to v6.16; since v6.17 (84caf98838a3) such a page cannot be mapped',
    explanation: `The question of June 2016. Making a page movable replaces page->mapping, by which a reverse map walk would
find its page-table entries, and migration skips the unmapping of such pages anyway. A careful driver sees the reference
of the page table and returns -EAGAIN. Nothing that migration does will ever make that reference go away: the caller
isolates the page again, and so on. The driver is safe, and its page is not movable while anybody has it mapped.`,
  },
  {
    folder: 'movable-ops/mapped-driver-page-splits',
    scenario: 'driver-mapped-page',
    kernel: 'v4.8',
    claim: 'user-and-driver-agree',
    title: 'A driver page is moved, and the user goes on with the old one',
    range: 'v4.8 (bda807d44454) to v6.16; since v6.17 (84caf98838a3) such a page cannot be mapped',
    explanation: `The other half of the answer. Nothing in the framework asks a driver to look at the refcount. If it does not,
migration succeeds while the page table still names the old page, which lives on through the reference of that entry and
belongs to nobody. From here on user and device look at two different pages. The next finding is what comes of it.`,
  },
  {
    folder: 'movable-ops/mapped-driver-page-loses-store',
    scenario: 'driver-mapped-page',
    kernel: 'v6.0',
    claim: 'no-lost-store',
    title: 'What the user stores is not what the driver sees',
    range: 'v4.8 (bda807d44454) to v6.16; since v6.17 (84caf98838a3) such a page cannot be mapped',
    explanation: `The page was moved under a user that has it mapped. The first store after that goes to the old page, through the
page-table entry that nobody has changed. The driver, and the device behind it, look at the new one.`,
  },
  {
    folder: 'movable-ops/pfn-mapping-outlives-page',
    scenario: 'driver-mapped-page',
    kernel: 'patch:driver-maps-pfn',
    claim: 'no-mapping-of-free-page',
    title: 'A driver page that is mapped as a bare PFN is freed under its user',
    range: 'any driver on v4.8 to v6.16 that maps a movable page with vmf_insert_pfn and does not zap it (variant D1)',
    explanation: `A PFN mapping holds no reference, so that looking at the refcount does not help: it is as expected. The old page
is freed at the end of the migration, with a page-table entry that names it. Use after free, from user space.`,
  },
  {
    folder: 'movable-ops/munmap-clears-isolated-flag',
    scenario: 'driver-mapped-page',
    kernel: 'v4.8',
    claim: 'isolated-once',
    title: 'Unmapping a dirty driver page makes it look free for a second isolation',
    range:
      'v4.8 (bda807d44454) to v5.19; ended by 68f2736a8583 in v6.0, since which page_mapping() is NULL for such a page',
    explanation: `Found by the model. PG_isolated lies over PG_reclaim. munmap() moves the dirty bit of the page-table entry to the
page, set_page_dirty() finds an address_space behind the tagged pointer (up to v5.19 page_mapping() masks the tag away), and
clears PG_reclaim. The page is on the list of one task; the next isolator finds the flag clear, and puts it on a second one.
Whether the driver looks at the refcount makes no difference. That dirtying clears the flag was known for the experiment of
2016, which unmapped in migration; an ordinary munmap is enough.`,
  },
  {
    folder: 'movable-ops/unmapping-clears-isolated-flag',
    scenario: 'driver-mapped-page',
    kernel: 'patch:unmap-movable',
    claim: 'isolated-once',
    title: 'The experiment of 2016: a driver page that keeps its mapping can be isolated twice',
    range: 'linux-mm, June 2016, never merged (variant D2); with a bit of its own for the flag (D3) the claim holds',
    explanation: `The maintainer tried to support mapped pages: the page keeps f_mapping, and migration unmaps it as it unmaps file
pages. User and driver then agree, always. But whatever takes a dirty page-table entry away, here munmap() and in other
runs the migration itself, dirties the page, and that clears PG_reclaim, which is the isolated flag.`,
  },
  {
    folder: 'movable-ops/mlocked-page-freed',
    scenario: 'mlocked-driver-page',
    kernel: 'v5.18',
    claim: 'free-page-not-mlocked',
    title: 'A driver frees a page that still has PG_mlocked',
    range: 'v5.18 (b109b87050df) to v6.11; ended by 66edc3a5894c in v6.12',
    explanation: `The page of a driver is on no LRU list, and a VM_LOCKED mapping sets PG_mlocked on it all the same. munlock(2)
clears VM_LOCKED first and walks afterwards. If the driver takes its mapping away in between, the VMA is not locked any
more, so that unmapping munlocks nothing, and the walk finds no page. Up to v5.17 the last unmapping cleared the flag. Since
v5.18 the release of a folio does, and this page is not freed as a folio: the allocator reports a bad page state. Since
v6.12 the allocator clears the flag itself.`,
  },
]

const balloons: readonly Finding[] = [
  {
    folder: 'movable-ops/balloon-page-deleted-while-isolated',
    scenario: 'balloon-deflate',
    kernel: 'v3.12',
    claim: 'isolated-once',
    title: 'Deflating takes a page off the list of compaction',
    range: 'v3.8 to v3.17; ended by d6d86c0a7f8d in v3.18',
    explanation: `balloon_page_dequeue() walks the list of the balloon without its lock and then tries the page lock. In between
compaction isolates the page, which moves page->lru to a list of its own, and unlocks it. Dequeueing deletes the page from
that list and gives it back. (The steps of this old kernel are reconstructed.)`,
  },
  {
    folder: 'movable-ops/deflated-destination-gets-onto-lru',
    scenario: 'balloon-deflate',
    kernel: 'v3.18',
    claim: 'driver-page-off-lru',
    title: 'A destination that was deflated at once is put onto the LRU',
    range:
      'v3.18 (d6d86c0a7f8d) to v4.7, and stable series from 3.12 on that took it; ended by bda807d44454, and for good by e0a352fabce6 in v5.0',
    explanation: `Migration unlocks the new page and asks it afterwards what it is. The balloon has deflated it in between, PageBalloon
is gone, and the page is put back as an LRU page, while the balloon is about to free it.`,
  },
  {
    folder: 'movable-ops/untagged-destination-gets-onto-lru',
    scenario: 'balloon-deflate',
    kernel: 'patch:clear-movable-tag',
    claim: 'driver-page-off-lru',
    title: 'What if a released page lost its tag: the race of v3.18 would be back',
    range: 'no kernel; what v4.8 to v4.20 would have been if __ClearPageMovable() cleared the tag as well',
    explanation: `From v4.8 to v4.20 the destination is still asked what it is after it was unlocked, and the answer is right only because
releasing a page leaves the tag in page->mapping where it was. e0a352fabce6 asks the source instead and removes the trap.`,
  },
  {
    folder: 'movable-ops/final-put-frees-destination',
    scenario: 'balloon-deflate',
    kernel: 'v5.0',
    claim: 'final-put-frees-nothing',
    title: 'The final put of a destination frees it, against what a comment says',
    range: 'v3.12 on, as long as the comment stands there; harmless',
    explanation: `A comment in mm/migrate.c says that the put at the end of a migration does not free the destination, because its
new owner holds a reference. The owner may have let go between the unlocking and the put. Then this put is the last one, and
freeing the page is what should happen.`,
  },
  {
    folder: 'movable-ops/balloon-putback-without-owner',
    scenario: 'balloon-inflate-fails',
    kernel: 'v6.17',
    claim: 'callback-has-owner',
    title: 'A page of the VMware balloon that was half moved is put back to nobody',
    range: 'v6.17 (3544c4faccb8); ended by 4ba5a8a7faa6 in v6.18',
    explanation: `The VMware balloon deflates the old page before it inflates the new one, and the host may refuse that. It then returned
an error for a page that it no longer owned. Before v6.17 the core saw that under the page lock and skipped the putback.
With page types it cannot see it, the balloon is called back, and warns. That isolated pages have an owner has become a duty of
the driver; the repair is to call this a success.`,
  },
]

const zsmalloc: readonly Finding[] = [
  {
    folder: 'movable-ops/empty-zspage-forgotten',
    scenario: 'zspage-emptied',
    kernel: 'v4.14',
    claim: 'empty-zspage-has-freer',
    title: 'An empty zspage is put back, and nobody frees it',
    range: 'v4.14 (77ff465799c6) to v5.2; ended by 1a87aa03597e in v5.3',
    explanation: `A page of the zspage is isolated, so that freeing the last object leaves the rest to the one who puts the zspage back.
That one is the migration, which ignores that the zspage is empty by now. It stays on the list of empty ones, for an unbounded
time. The repair names 48b4800a1c6a of v4.8 as the cause. In the model v4.8 to v4.13 are safe: they refuse to migrate a page
of an empty zspage (-EBUSY), and the putback that follows does queue the worker.`,
  },
  {
    folder: 'movable-ops/free-worker-misses-page',
    scenario: 'zspage-emptied',
    kernel: 'v5.17',
    claim: 'worker-holds-every-page',
    title: 'The free worker locks a page that has left the zspage, or misses one',
    range: 'v5.17 (c4549b871102) and v5.18; ended by 2505a981114d in v5.19',
    explanation: `The worker follows the chain of a zspage and waits for one page lock after the other. Migration replaces a page
meanwhile and rebuilds the chain. The worker then frees a page that somebody else has locked. The repair names 77ff465799c6
of v4.14 as the cause. In the model the race needs c4549b871102 as well: before, an isolated zspage is on no list that the
worker works off, and an empty one is not isolated.`,
  },
  {
    folder: 'movable-ops/zspage-freed-while-isolated',
    scenario: 'zspage-emptied',
    kernel: 'v6.17',
    claim: 'zspage-not-freed-isolated',
    title: 'A zspage is freed while a page of it is isolated',
    range: 'since v5.17 (c4549b871102); tolerated',
    explanation: `An open question in the code: nothing keeps a zspage alive while a page of it is isolated. It does no harm. The core
holds the last reference of that page and frees it, and since v6.17 the callbacks look whether there still is a zspage. In the
model this begins with v5.17; before, freeing was put off until the page was put back.`,
  },
  {
    folder: 'movable-ops/pool-destroyed-under-isolated-page',
    scenario: 'zs-pool-destroy',
    kernel: 'v4.8',
    claim: 'nothing-outlives-pool',
    title: 'A pool is destroyed while compaction has a page of it isolated',
    range: 'v4.8 (48b4800a1c6a) to v5.2; ended by 701d678599d0 in v5.3',
    explanation: `The last object is freed while a page is isolated, so that freeing the zspage is left to the putback. Destroying the
pool flushes the worker, which has nothing to do yet. When compaction is done with the page it queues the worker of a
pool that is gone, and the page leads to an inode that is gone.`,
  },
  {
    folder: 'movable-ops/pool-waits-in-the-wrong-sense',
    scenario: 'zs-pool-destroy',
    kernel: 'patch:z3fold-wait-negated',
    claim: 'pool-destroy-returns',
    title: 'A wait in the wrong sense: destroying a pool without isolated pages never returns',
    range: 'z3fold, v5.3 cycle (d776aaa9895e), reverted by 6e73fd25e2c7; here with the steps of zsmalloc',
    explanation: `The repair of the same race in z3fold counted isolated pages as zsmalloc did, and waited until there are some instead
of until there are none. In the normal case there are none. It was reverted, and the race was left open.`,
  },
  {
    folder: 'movable-ops/pool-goes-when-it-must-wait',
    scenario: 'zs-pool-destroy',
    kernel: 'patch:z3fold-wait-negated',
    claim: 'nothing-outlives-pool',
    title: 'The same wait lets the pool go exactly when it must not',
    range: 'z3fold, v5.3 cycle (d776aaa9895e), reverted by 6e73fd25e2c7; here with the steps of zsmalloc',
    explanation: `With a page isolated, the condition is true at once. A safety repair with its sense turned round breaks liveness
and repairs nothing.`,
  },
]

const flags: readonly Finding[] = [
  {
    folder: 'movable-ops/waiter-wiped-out',
    scenario: 'isolated-flag-wakeup',
    kernel: 'v4.10',
    claim: 'lock-waiter-wakes',
    title: 'Clearing the isolated flag wipes out PG_waiters, and a task sleeps for ever',
    range: 'v4.10 (62906027091f, on top of bda807d44454) to v5.17; ended by 356ea3865687 in v5.18',
    explanation: `Migration holds the page lock and clears the isolated flag by a load and a store of the whole flags word. A task that
wants the lock sets PG_waiters in between, and goes to sleep. The store puts the old word back. Whoever unlocks the page
looks at PG_waiters and wakes nobody, this time and every time after. On v4.8 and v4.9 the store loses nothing: there is
no such flag yet, and unlocking always looks at the wait queue.`,
  },
  {
    folder: 'movable-ops/slab-page-taken-for-movable',
    scenario: 'slab-looks-movable',
    kernel: 'v6.0',
    claim: 'only-drivers-are-called',
    title: 'A slab page looks movable, and the core calls what it finds there',
    range: 'v4.8 (bda807d44454) to v6.1; ended by 8b8817630ae8 in v6.2',
    explanation: `A PFN walker takes a reference of whatever page it meets and looks for the tag in page->mapping. In a slab page other
fields lie there. The repair tests for slab before and after it looks at the tag. In the model, where stores keep their order,
the test behind is the one that matters; the one before is not enough, and not necessary.`,
  },
]

export const movableOps: readonly Finding[] = [...mapped, ...balloons, ...zsmalloc, ...flags]
