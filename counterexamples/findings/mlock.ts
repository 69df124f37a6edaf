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
]
