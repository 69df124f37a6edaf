/** Findings about mbind(2) and memory policies while others are at work. */
import type { Finding } from './finding.ts'

export const mbindRaces: readonly Finding[] = [
  {
    folder: 'mbind/vma-replaced-unlocked',
    scenario: 'mbind-two-vmas',
    kernel: 'v6.5',
    claim: 'replaced-vma-is-locked',
    settings: { layout: 'two VMAs' },
    title: 'kernel BUG in vma_replace_policy: the walk ends in the first VMA, and the second one is not locked',
    range: 'v6.5 (49b0638502da); ended by 24526268f4e3 in v6.6, all but for two ways that 1cb5d11a370f in v6.7 ended',
    explanation: `The syzbot report of September 2023, and the confusion behind it. Since v6.5 it is the page walk that
write-locks each VMA when it gets there. With MOVE and STRICT, a misplaced page that cannot be isolated ends the walk at the
end of its page table with a positive result, which is no error: the policy is applied to the whole range, and the VMAs
behind the place where the walk stopped were never locked. The assertion in vma_replace_policy notices; without it, a fault
that holds the read lock of such a VMA goes on with a policy that is freed below it (\`fault-reads-live-policy\` of the same
scenario is violated too). The call is the one of the reproducer: MPOL_LOCAL without a mask, so that every page is misplaced.`,
  },
  {
    folder: 'mbind/vma-replaced-unlocked-behind-a-hole',
    scenario: 'mbind-two-vmas',
    kernel: 'v6.6',
    claim: 'replaced-vma-is-locked',
    settings: { layout: 'two VMAs, a gap and a third' },
    title: 'v6.6 still gets to the assertion in vma_replace_policy: the EFAULT of a hole is lost',
    range: 'v6.6 (24526268f4e3) and the stable series that took it; ended by 1cb5d11a370f in v6.7',
    explanation: `No report of this is known; the checker found it where the text of the repair suggested it. v6.6 only notes
an unmovable page and walks on, so that every VMA gets locked. But at the end of the walk the note replaces whatever the walk
returned. Here the walk finds a hole and stops with EFAULT before it has locked what is above; the note turns that into a
positive result, and the policy is applied to all three VMAs. User space gets EIO for a range with a hole, the policy is
changed although it should not be, and the VMA above the hole is replaced without its lock: the assertion of the syzbot
report again, or, without it, the use after free again. A page off the LRU and a gap in the range are enough.`,
  },
  {
    folder: 'mbind/vma-replaced-unlocked-behind-a-pmd-entry',
    scenario: 'mbind-two-vmas',
    kernel: 'v6.6',
    claim: 'replaced-vma-is-locked',
    settings: { layout: 'a page that is being migrated between them' },
    title: 'v6.6 still gets to the assertion in vma_replace_policy: the EIO of a PMD migration entry is lost',
    range: 'v6.6 (24526268f4e3) and the stable series that took it; ended by 1cb5d11a370f in v6.7',
    explanation: `The second way, not reported either. A huge page that somebody else is migrating ends the walk with EIO. If an
unmovable page was noted before, that error is lost as the EFAULT of a hole is, and the VMAs behind the entry are replaced
without their locks. It needs no hole, only a transient state of a huge page.`,
  },
  {
    folder: 'mbind/fault-reads-freed-policy',
    scenario: 'mbind-vs-fault',
    kernel: 'v6.4',
    claim: 'fault-reads-live-policy',
    title: 'A fault under the per-VMA lock reads a policy that mbind has freed',
    range: 'v6.4 (5e31275cc997), CVE-2023-4611; ended by 6c21e066f925 in v6.4.8 and v6.5',
    explanation: `Until v6.3 a fault held mmap_lock for reading, and mbind for writing. The fault of v6.4 holds the lock of its
VMA instead, and mbind does not know of that lock. The policy of a VMA is not reference-counted by those who read it, so that
replacing it frees it below a fault that has just loaded the pointer.`,
  },
  {
    folder: 'mbind/page-comes-behind-the-walk',
    scenario: 'mbind-vs-fault',
    kernel: 'v6.4',
    claim: 'move-leaves-none-behind',
    title: 'A page that is faulted in behind the walk stays where the old policy has put it',
    range: 'v6.4 (5e31275cc997); ended by 6c21e066f925 in v6.4.8 and v6.5',
    explanation: `The quieter half of the same hole. The walk has looked at an empty entry and gone on; a fault under the VMA
lock fills it by the old policy; then the policy is replaced, the list is migrated, and the call returns 0. The page lies on
the wrong node, and nobody will move it.`,
  },
  {
    folder: 'mbind/later-call-loses',
    scenario: 'mbind-vs-mbind',
    kernel: 'v7.3',
    claim: 'later-call-places-pages',
    title: 'Of two calls, the policy is that of the later one, and the page lies where the earlier one has put it',
    range: 'since v6.7 (72e315f7a750), permitted by its commit message',
    explanation: `Since v6.7 mbind lets go of mmap_lock before it migrates. The first call has isolated the page and is about to
move it to node 1 when a second call, for node 0, goes all its way: it finds the page on node 0, has nothing to move, and
installs its policy. Then the first call moves the page. Both return 0. On kernels up to v5.2 the claim is violated
differently: the page is in a batch just after the first migration, and the second call leaves it alone in silence.`,
  },
  {
    folder: 'mbind/isolated-elsewhere-and-nobody-is-told',
    scenario: 'mbind-vs-isolation',
    kernel: 'v5.2',
    claim: 'move-leaves-none-behind',
    title: 'Somebody else has the page off the LRU, and mbind with MOVE and STRICT returns 0',
    range: 'v3.12 to v5.2; ended by a53190a4aaa3 in v5.3',
    explanation: `Reclaim or compaction needs to have the page off the LRU for only a moment. mbind cannot isolate it, leaves it
out, and forgets that it did: the page was not moved, STRICT was given, and the result is 0. From v5.3 on the same race
ends with EIO.`,
  },
  {
    folder: 'mbind/shared-page-moves-after-fork',
    scenario: 'mbind-vs-fork',
    kernel: 'v7.3',
    claim: 'move-spares-shared',
    title: 'MOVE moves a page that a child has come to share',
    range: 'since v6.7 (72e315f7a750); permitted',
    explanation: `MOVE without ALL leaves pages alone that other processes map. Whether that is so is looked at when the page is
isolated. Since mmap_lock is not held while migrating, fork may come between: the child gets the page, or the migration entry,
and the page moves for both. Up to v6.6 mmap_lock kept fork out until the end.`,
  },
  {
    folder: 'mbind/interrupted-walk-says-efault',
    scenario: 'mbind-vs-fault',
    kernel: 'patch:walk-lock-killable',
    claim: 'efault-means-hole',
    title: 'A killable wait for the first VMA lock comes out as EFAULT',
    range: '"use vma_start_write_killable() in process_vma_walk_lock()", v6, linux-mm, 27 Mar 2026',
    explanation: `If the wait for the lock of the very first VMA is interrupted, the walk has not met any VMA yet, and
queue_pages_range takes that for a range without VMAs: EFAULT instead of EINTR. It is harmless, because a task that is being
killed sees no result, and the policy is untouched. The order of the two tests is what the model has of v7.3; a version of the
patch that looks at the error first does not have it.`,
  },
  {
    folder: 'mbind/futex-reads-freed-policy',
    scenario: 'mbind-vs-futex',
    kernel: 'v6.19',
    claim: 'futex-reads-live-policy',
    title: 'futex reads a policy that mbind has freed',
    range: 'v6.16 (c042c505210d); ended by 190a8c48ff62 in v7.0',
    explanation: `A futex with FUTEX2_MPOL asks for the node of an address without any lock, under rcu_read_lock, and checks the
sequence count of mmap_lock afterwards. That would be enough if policies were freed after a grace period. They were freed at
once. The write lock of the VMA, which keeps faults out since v6.5, does nothing for a reader that takes no lock.`,
  },
  {
    folder: 'mbind/interleave-runs-off-the-mask',
    scenario: 'interleave-vs-rebind',
    kernel: 'v5.14',
    claim: 'chosen-node-exists',
    title: 'Interleaving reads the mask of its policy twice, and ends behind the last node',
    range: 'up to v5.14; ended by 276aeee1c5fc in v5.15',
    explanation: `The choice of a node counts the nodes of the mask, takes the first, and goes on from there. A cpuset that
changes meanwhile rewrites the mask. Nodes 2 and 3 become 0 and 1 behind the first look: there is no next node after 2, and
the result is MAX_NUMNODES, which indexes what is behind the node table.`,
  },
  {
    folder: 'mbind/fork-loses-a-store',
    scenario: 'fork-vs-fault',
    kernel: 'v6.4',
    claim: 'no-store-is-lost',
    title: 'A fault during fork copies a page that another thread still writes to',
    range: 'v6.4 (faults under the VMA lock); ended by fb49c455323f in v6.4.3 and v6.5',
    explanation: `Fork write-protects the pages of the parent and flushes the TLBs at its end; until then a thread may write
through its old translation, which was harmless as long as mmap_lock kept faults out. Under the VMA lock a fault of a second
thread finds the page write-protected and shared, and copies it. What the first thread stores between the copy and the flush
goes to the old page, which only the child has from then on. The report speaks of memory corruption in general; this is the
shortest way to it in the model.`,
  },
]
