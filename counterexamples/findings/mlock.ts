/** Findings about mlock, its batches, and the unevictable list. */
import type { Finding } from './finding.ts'

export const mlock: readonly Finding[] = [
  {
    folder: 'mlock/migration-trips-over-its-own-mlock-batch',
    scenario: 'mlock-drain',
    kernel: 'patch:mlock-batch-no-drain',
    claim: 'migrates-mlocked',
    title: 'Without a drain, migration of a mlocked folio trips over the mlock batch that it has filled itself',
    range: 'the munlock series of v5.18 before its patch 11 (b74355078b65); no release has it',
    explanation: `Since v5.18, unmapping an entry of a VM_LOCKED VMA is a munlock of the folio, and puts it into the mlock batch
of this CPU, with a reference. The migration that has done so finds one reference too many, restores the entry, which is an
mlock and puts a second entry into the batch, and tries again. Nobody else is needed. Each pass adds two entries, so that a
batch of odd capacity may happen to become full at an unmapping, just before the refcount is compared, and let the migration
through; a batch of even capacity never does. With capacity 15 it is the eighth of ten passes.`,
  },
  {
    folder: 'mlock/drain-after-the-walk-is-on-another-cpu',
    scenario: 'mlock-drain',
    kernel: 'patch:mlock-drain-after-walk',
    claim: 'migrates-mlocked',
    title: 'One drain after the rmap walk may run on another CPU than the walk',
    range: 'tried and rejected in the message of b74355078b65 (linux-mm, 6 Feb 2022); no release has it',
    explanation: `The obvious place for the drain is behind the walk over all mappings, where it batches the munlocks of all of
them. But between the last page-table lock and the drain the task may be moved to another CPU. It then drains the batch of its
new CPU, and the entry stays behind in the other one. As long as the task stays on its CPU this drain is enough for every
capacity; with batches of one it is not needed at all. The drain that was merged is inside the page-table lock, where the task
cannot be moved, and the model proves it for every capacity.`,
  },
  {
    folder: 'mlock/entry-on-another-cpu',
    scenario: 'mlock-drain',
    kernel: 'v5.18',
    claim: 'migrates-despite-remote-entry',
    title: 'An mlock that waits in the batch of another CPU makes migration fail',
    range:
      'v5.18 (2fbb0c10d1e8) on, for callers that do not drain every CPU; long-term pins of v5.18 to v6.16, which then look at PG_lru only',
    explanation: `The reviewer of the series expected corner cases like this one, and the first was reported in 2025: a page is
faulted in on one CPU, where its mlock waits in the batch; the task moves to another CPU and pins it long-term. The page is on
the LRU, so that the pin sees no reason to drain, and migration fails in every pass. Since v6.17 the pin looks at the refcount
and drains every CPU when it is not as expected. move_pages(2), mbind(2) and memory offlining drain every CPU in any case
(--set drain-all=true); compaction does not.`,
  },
  {
    folder: 'mlock/munlock-misses-putback',
    scenario: 'munlock-putback',
    kernel: 'v7.3',
    claim: 'unevictable-for-a-reason',
    title: 'munlock and putback miss each other, and the folio stays on the unevictable list for ever',
    range:
      'v5.18 (2262ace60713, 2fbb0c10d1e8) to v7.3 at least, observed on v6.1, v6.12, v6.18, v7.2 and v7.3; discussed on linux-mm in July 2023, not repaired',
    explanation: `Somebody has isolated a mlocked folio and puts it back. lru_add() reads PG_mlocked, finds it set, and chooses the
unevictable list; PG_lru is set last. In between, munlock(2) of the last VM_LOCKED VMA processes its batch on another CPU:
its test-and-clear of PG_lru fails, so it concludes that whoever has isolated the folio will look at PG_mlocked when putting it
back, and clears PG_mlocked, without the LRU lock. That look was over already. The folio ends with PG_lru, PG_unevictable and
no PG_mlocked. Nothing scans that list; another munlock(2) does not find PG_mlocked set and does nothing; only a new mlock, a
migration or freeing gets it off.

The comment in lru_add() says that no barrier is needed because munlock clears PG_mlocked only while it holds the LRU lock.
That is not so on the path where the folio was found isolated.

Before v5.18 the two sides could not miss each other: lru_add() set PG_lru first and read PG_mlocked after it (9c4e6b1a7027),
and munlock cleared PG_mlocked before it tested PG_lru. v5.18 turned the order of munlock around, v6.0 that of lru_add().
Turning back only one of them is not enough, and each of the three ways of doing less fails in the model with a trace of its
own:

* \`patch:munlock-clears-first\`: munlock clears PG_mlocked before it tests PG_lru. The test still comes before PG_lru is set.
* \`patch:lru-add-sets-first\`: lru_add() sets PG_lru before it reads PG_mlocked. munlock has tested PG_lru before that, and
  clears PG_mlocked after the read.
* \`patch:munlock-tests-twice\`: munlock tests PG_lru once more when it has cleared PG_mlocked. The second test too may come
  between the read and the setting of PG_lru.

Two repairs are proved for this race, every interleaving of one munlock(2) and one putback: both orders turned back
(\`patch:munlock-and-lru-add-reordered\`), and a munlock that takes the LRU lock before it tests PG_lru
(\`patch:munlock-under-lru-lock\`). The first needs, in addition, the full barriers that v5.18 removed, about which a
sequentially consistent model can say nothing. The second costs the lock for every munlock of an isolated folio, and the
lruvec of a folio that somebody else has isolated is not stable without further ado. And the first is not the whole repair:
see the other finding about the mlock batch itself.

\`npx mmcheck matrix munlock-putback\` shows all of them side by side.`,
  },
  {
    folder: 'mlock/munlock-misses-failed-migration',
    scenario: 'munlock-failed-migration',
    kernel: 'v7.3',
    claim: 'mlocked-for-somebody',
    title: 'munlock(2) of a page whose migration fails leaves PG_mlocked set, for nobody',
    range:
      'v5.18 (b109b87050df) to v7.3 at least, observed on v6.1, v6.12, v6.18, v7.2 and v7.3, not on v5.10; not known to be reported',
    explanation: `munlock(2) stores the flags of the VMA without VM_LOCKED, and then walks the page tables to munlock what is mapped.
The walk skips entries that are not present. While the folio is migrated its entry is a migration entry, so the walk leaves it
to the migration; and a migration that unmaps or maps a folio in a VMA that is VM_LOCKED does count. But here VM_LOCKED is gone
before the migration unmaps, so that unmapping is no munlock, and mapping is no mlock. If the migration succeeds, all is well:
PG_mlocked is not copied to the destination, and freeing the source clears it. If it fails, because of any reference that it
does not expect, the source is mapped again with the PG_mlocked that it had, and is put back on the unevictable list.

The folio then is mlocked though no VMA locks it: it is unevictable, and counted in NR_MLOCK ("Mlocked" of /proc/meminfo), until
it is unmapped, mlocked and munlocked again, or migrated with success. Another munlock(2) does not help, because the VMA is not
VM_LOCKED any more. Since v6.3 a migration unmaps its whole batch before it moves any of it, so that one race may leave every
folio of the batch behind.

Up to v5.17 the removal of the last mapping cleared PG_mlocked (clear_page_mlock), and the same interleavings are clean.
b109b87050df made freeing clear it instead. Documentation/mm/unevictable-lru.rst says that page-table locks synchronise mlock
and munlock with migration for the most part; this is the other part. The race with truncation that it describes is the
harmless cousin.

What is not enough:

* Looking at the migration entry a second time before skipping it (\`patch:munlock-looks-twice\`): it stays as long as the
  migration takes.

Each of these is enough by itself, in every interleaving of one munlock(2), one migration that may fail or succeed, and one
transient reference:

* The walk of munlock(2) waits for the migration entry to go, as a fault does, and looks again
  (\`patch:munlock-waits-for-entry\`). It waits with mmap_lock held for writing.
* The walk munlocks the folio that the migration entry names (\`patch:munlock-munlocks-source\`). The entry in the mlock batch is
  one more reference, which can itself make the migration fail.
* A migration that maps the source again in a VMA that is not VM_LOCKED, and finds PG_mlocked set, munlocks it
  (\`patch:restore-munlocks\`). Nobody waits, and only failing migrations pay. Where another VMA does lock the folio, PG_mlocked
  may be lost, which errs on the side that reclaim repairs.
* The rule of v5.17 again (\`patch:last-unmap-clears-mlocked\`).

None of them repairs the other race of munlock, with putback: every failing migration ends in a putback, and the column
unevictable-for-a-reason of \`npx mmcheck matrix munlock-failed-migration\` shows that each still strands folios on the unevictable
list. \`patch:munlock-repaired\` has a repair for each of the two, and keeps every claim of this scenario.`,
  },
  {
    folder: 'mlock/mlock-counted-twice',
    scenario: 'mlock-vs-migration',
    kernel: 'patch:mlock-without-vm-io',
    claim: 'count-not-too-high',
    title: 'Without VM_IO, mlock(2) and a migration both count the same mapping, and the folio is locked in for good',
    range: 'prevented by 34b6792380ce in the same series (v5.18); no release has it',
    explanation: `mlock(2) stores VM_LOCKED before it walks. A migration that maps the destination in between sees a VM_LOCKED VMA and
counts it; then the walk gets there and counts it again. mlock_count is 2 for one VMA, and the munlock(2) to come leaves the folio
mlocked and unevictable for ever. So mlock(2) sets VM_IO together with VM_LOCKED, in one store, and clears it after the walk:
meanwhile everybody else ignores the VMA.`,
  },
  {
    folder: 'mlock/mlock-misses-migration',
    scenario: 'mlock-vs-migration',
    kernel: 'v7.3',
    claim: 'locked-is-mlocked',
    title: 'With VM_IO, a page that is migrated during mlock(2) may end up without PG_mlocked',
    range: 'since v5.18 (34b6792380ce), by design',
    explanation: `The price of the guard. The walk of mlock(2) skips the migration entry, the migration ignores the VMA because of
VM_IO, and when the pages are populated afterwards this one is present already. Nothing has counted it. This is the safe
direction, "err on the safe side, underestimate": when reclaim comes across the page it finds VM_LOCKED in the VMA, and mlocks it
then. The kernel does not promise more, and the claim is here to show what is given up, not as a bug.`,
  },
  {
    folder: 'mlock/munlock-misses-the-mlock-batch',
    scenario: 'mlock-batch-vs-munlock',
    kernel: 'v7.3',
    claim: 'unevictable-for-a-reason',
    title: 'munlock also misses the mlock batch itself: no putback and no migration is needed',
    range:
      'v5.18 (2fbb0c10d1e8) to v7.3 at least in the model; not in the facts that the model follows, and not observed so far',
    explanation: `The same race as with putback, and the other adder is the mlock batch. A page of an mlock2(MLOCK_ONFAULT) VMA is faulted
in on one CPU, where its mlock waits in the batch. The task moves to another CPU and calls munlock(2), while the first CPU drains
its batch for any reason. __mlock_folio() has cleared PG_lru and read PG_mlocked, and chooses the unevictable list; munlock fails to
clear PG_lru, and clears PG_mlocked; then __mlock_folio() sets PG_lru. __mlock_new_folio() does the same for new anonymous memory
(\`npx mmcheck check mlock-all-ways --set anon=true --set reclaim=false\`).

So a repair of lru_add() alone, in whatever order, leaves this way open. A munlock that takes the LRU lock before it tests PG_lru
closes both (\`patch:munlock-under-lru-lock\`). The reading of the model is literal, and the window is a few instructions wide, as
with putback; I believe it on a real kernel, and it needs a test that holds __mlock_folio() between the two.`,
  },
  {
    folder: 'mlock/late-mlock-counted-again',
    scenario: 'mlock-late-entry',
    kernel: 'v7.3',
    claim: 'mlocked-for-somebody',
    title:
      'An mlock left in the batch of another CPU is counted after its munlock, and the folio stays mlocked for nobody',
    range:
      'v5.18 (2fbb0c10d1e8) to v7.3 at least in the model; not in the facts that the model follows, and not observed so far',
    explanation: `No window is needed here, and nobody else, only a batch that is not drained. A page of an mlock2(MLOCK_ONFAULT) VMA is faulted in on CPU 0:
PG_mlocked is set at once, the entry that will count it stays in the batch of CPU 0. The task moves to CPU 1 and calls munlock(2).
PG_unevictable is not set yet, so munlock takes it for the last mlock and clears PG_mlocked. The task calls mlock(2) again: the folio
moves to the unevictable list with mlock_count 1. Now CPU 0
drains, here because the task is back there, finds PG_mlocked and PG_unevictable set, and counts its old entry:
mlock_count is 2 for one VMA. The next munlock(2) leaves 1. The folio is mlocked, and unevictable, and NR_MLOCK counts it, with no
VMA that locks it, and stays so when it is unmapped: since v5.18 the last unmapping does not clear PG_mlocked. A page of a file thus
stays in memory until it is truncated, charged to no RLIMIT_MEMLOCK.

The documentation says that mlock_count errs low only, and that the late entry is harmless is true only as long as nobody mlocks the
folio again before it is processed. Draining every CPU in munlock(2) is not enough in general, because munmap(2) munlocks too
(\`npx mmcheck check mlock-all-ways --kernel patch:munlock-drains-every-cpu --set reclaim=false\`). Batches of one are enough for this
one (\`patch:mlock-synchronous\`). I believe it on a real kernel: every step is a plain sequence of calls, and can be forced with
sched_setaffinity(2) on an otherwise idle CPU.`,
  },
  {
    folder: 'mlock/munlock-not-counted-while-another-vma-mlocks',
    scenario: 'mlock-two-vmas',
    kernel: 'v7.3',
    claim: 'mlocked-for-somebody',
    title: 'A munlock that meets the mlock of another VMA half done is not counted, though the count is not lost',
    range:
      'v5.18 (2fbb0c10d1e8) to v7.3 at least in the model; not in the facts that the model follows, and not observed so far',
    explanation: `Two VMAs map one folio. The first has it mlocked, mlock_count is 1. It is munlocked while the second is being mlocked, and
the entry of the second has cleared PG_lru for a moment. munlock takes the folio for isolated, whose count is lost in any case, and
clears PG_mlocked only. But the folio is not off its list: its count stands, and is one too high from now on. The first VMA mlocks
again, both munlock, and PG_mlocked stays.

This one is there with batches of one, and with a munlock under the LRU lock, because it is the mlock entry that clears PG_lru
outside that lock. With every entry under the lock it is gone (\`patch:mlock-repaired\`).`,
  },
  {
    folder: 'mlock/munlock-misses-reclaim',
    scenario: 'munlock-vs-reclaim',
    kernel: 'v7.3',
    claim: 'mlocked-for-somebody',
    title: 'munlock(2) misses a page that reclaim has just unmapped and will not free',
    range:
      'v5.18 (b109b87050df) to v7.3 at least in the model; not in the facts that the model follows, and not observed so far',
    explanation: `The cousin of the failed migration. Reclaim has isolated the folio and seen that it is evictable before mlock(2) sets
PG_mlocked. munlock(2) clears VM_LOCKED; reclaim, which does not find VM_LOCKED any more, unmaps the page; the walk of munlock(2) finds
nothing there. If reclaim then freed the folio, that would clear PG_mlocked. But the page is faulted in again, or somebody has a
reference, so that it is kept, and put back on the unevictable list with the PG_mlocked that nobody has cleared.

Waiting for migration entries does not help here; the rule of v5.17, that the last unmapping clears PG_mlocked, repairs both.
The window is wide, but mlock(2) and munlock(2) both have to fit into one pass of reclaim over the folio; I believe it on a real
kernel, as a rare one.`,
  },
  {
    folder: 'mlock/reclaim-mlocks-after-munlock',
    scenario: 'reclaim-mlocks-late',
    kernel: 'v6.17',
    claim: 'mlocked-for-somebody',
    title: 'Reclaim mlocks a large folio for a VMA that has been munlocked meanwhile',
    range:
      'v6.7 (large folios are mlocked) to v6.17; ended by "mm/rmap: fix a mlock race condition in folio_referenced_one" in v6.18',
    explanation: `Reclaim that finds VM_LOCKED mlocks the folio on the spot, under the page-table lock, which is what repairs a missing
PG_mlocked. For large folios it first counted how many pages are mapped, and mlocked after the walk, with the page-table lock dropped.
A munlock(2) that runs in between finds nothing to undo, and its walk is over when reclaim sets PG_mlocked.`,
  },
  {
    folder: 'mlock/munlock-undercounts',
    scenario: 'mlock-undercount',
    kernel: 'v7.3',
    claim: 'locked-is-mlocked',
    title: 'A munlock for one VMA may clear PG_mlocked although another VMA locks the folio',
    range: 'since v5.18 (07ca76067308), by design',
    explanation: `mlock_count lies over a link of the LRU list, and is lost when the folio is isolated. Whoever puts it back starts at zero.
So the next munlock takes itself for the last one. The claim is a soft one: what the kernel owes is that the page is not reclaimed, and
that holds (locked-is-never-reclaimed), because reclaim looks at the VMAs.`,
  },
  {
    folder: 'mlock/late-destination-is-not-counted',
    scenario: 'mlock-migrated-count',
    kernel: 'patch:mlock-late-destination',
    claim: 'count-survives-migration',
    title: 'A destination that gets to the LRU after its mappings are restored is not counted',
    range: 'prevented by c3096e6782b7 in the same series (v5.18); no release has it',
    explanation: `Restoring the mappings is an mlock for each VM_LOCKED VMA, but an mlock of a folio that is not on the LRU is not counted. With
the destination added to the LRU last, as up to v5.17, mlock_count is zero for two VMAs, and the munlock of one clears PG_mlocked for both.
The series therefore adds the destination first, and drains it there.`,
  },
  {
    folder: 'mlock/mlock-returns-before-it-counts',
    scenario: 'mlock-returns',
    kernel: 'patch:mlock-returns-early',
    claim: 'counted-when-mlock-returns',
    title: 'mlock(2) returns while its pages still wait in the batch',
    range: 'candidates of v5.18; ended by ece369c7e104 in v5.18',
    explanation: `The pages that mlock(2) faults in are mlocked by the fault, and wait in the mlock batch. LTP's memcg_stat_test reads Unevictable
right after the call and finds too little. Since ece369c7e104 the call drains this CPU's batches once more before it returns. If the task
is moved between the fault and the drain, the entry stays behind all the same.`,
  },
  {
    folder: 'mlock/nr-mlock-leaks',
    scenario: 'munlock-nr-mlock',
    kernel: 'v4.11',
    claim: 'nr-mlock-exact',
    title: 'munlock does not lower NR_MLOCK for a page that it cannot isolate',
    range: 'v3.12 (1ebb7cc6a583) to v4.11; ended by 70feee0e1ef3 in v4.12 (CVE-2017-18221)',
    explanation: `The page waits in the lru_add batch of another CPU. munlock clears PG_mlocked, cannot isolate the page, and then subtracts
from NR_MLOCK the number of pages that it has isolated. Mlocked in /proc/meminfo stays too high for ever.`,
  },
  {
    folder: 'mlock/mlock-passes-over-a-locked-page',
    scenario: 'mlock-by-page',
    kernel: 'v5.17',
    claim: 'locked-is-mlocked',
    title: 'mlock(2) passes over a page that migration still has locked',
    range: 'up to v5.17, by design; since v5.18 the page lock plays no part in mlock',
    explanation: `Up to v5.17 mlock(2) sets PG_mlocked of a page under the page lock, which it only tries to take, as it holds the page-table lock.
Who has the page locked is expected to see VM_LOCKED, or else reclaim is. Migration looks at the flag when it restores the mapping, and
unlocks the destination after that: an mlock(2) in between stores the flag too late for migration and finds the page locked. The call
returns success, and the page is neither counted in NR_MLOCK nor on the unevictable list until reclaim comes across it. It errs low, so
that nothing is lost; the exactness which v5.18 gave up was not quite there before.`,
  },
]
