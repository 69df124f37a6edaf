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
]
