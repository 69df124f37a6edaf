/** Findings about single calls of mbind(2), which nobody disturbs. */
import type { Finding } from './finding.ts'

export const mbindCalls: readonly Finding[] = [
  {
    folder: 'mbind/strict-sees-nothing',
    scenario: 'mbind-one-call',
    kernel: 'v5.0',
    claim: 'strict-sees-misplaced',
    settings: { situation: 'page that can be moved; STRICT' },
    title: 'STRICT alone does not look at any page',
    range: 'v4.0 (6f4576e3687b) to v5.0; ended by a7f40cfe3b7a in v5.1',
    explanation: `When the walk over page tables became the common walker, STRICT without a MOVE flag was left without anybody who looks at
pages: the call returns 0 whatever it finds. The LTP test mbind02 fails on these kernels.`,
  },
  {
    folder: 'mbind/off-lru-page-is-forgotten',
    scenario: 'mbind-one-call',
    kernel: 'v5.2',
    claim: 'strict-zero-means-exclusive-moved',
    settings: { situation: 'page off the LRU; MOVE|STRICT' },
    title: 'MOVE and STRICT return 0 although a page could not be isolated',
    range: 'v3.12 to v5.2; ended by a53190a4aaa3 in v5.3',
    explanation: `A page of a packet socket's ring is on no LRU list and cannot be isolated. mbind leaves it out of its list, migrates the rest
and returns 0. The thread of June 2019 that led to the repair is about what to do instead: stop, or move what can be moved and
return EIO.`,
  },
  {
    folder: 'mbind/unmigratable-vma-ends-the-call',
    scenario: 'mbind-one-call',
    kernel: 'v5.2',
    claim: 'move-installs-policy',
    settings: { situation: 'unmigratable VMA; MOVE|STRICT' },
    title: 'An unmigratable VMA ends a call with MOVE and STRICT before anything is done',
    range: 'v5.1 (a7f40cfe3b7a) and v5.2; ended by d883544515aa in v5.3',
    explanation: `The repair of STRICT made the walk fail at a misplaced page of a VMA that cannot be migrated. EIO then means that nothing at
all was done, while EIO after a failed migration means that the policy is in place: the caller cannot tell. And the page behind,
which could be moved, is not.`,
  },
  {
    folder: 'mbind/page-behind-is-never-tried',
    scenario: 'mbind-one-call',
    kernel: 'v6.5',
    claim: 'move-tries-every-page',
    settings: { situation: 'page off the LRU; MOVE|STRICT' },
    title: 'One page off the LRU keeps mbind from everything behind its page table',
    range: 'v5.3 (d883544515aa, a53190a4aaa3) to v6.5; ended by 24526268f4e3 in v6.6',
    explanation: `"The kernel will attempt to move all the existing pages", says the manual page. From v5.3 on, a misplaced page that cannot be
isolated ends the walk at the end of its page table, if STRICT was given: the page in the next table is never looked at. The
policy is applied to the whole range all the same, and the result is EIO, so that nobody notices what was not tried.`,
  },
  {
    folder: 'mbind/hole-behind-an-unmovable-page',
    scenario: 'mbind-one-call',
    kernel: 'v6.5',
    claim: 'hole-means-efault',
    settings: { situation: 'hole two VMAs behind a page off the LRU; MOVE|STRICT' },
    title: 'A hole behind an unmovable page is not seen',
    range: 'v5.3 (d883544515aa) to v6.5 (there was EIO for every hole in v5.3); ended by 24526268f4e3 in v6.6',
    explanation: `The walk that stops early sees no holes behind the place where it stops. The call should have been refused with EFAULT, and
nothing changed; it returns EIO, and every VMA of the range has the new policy.`,
  },
  {
    folder: 'mbind/efault-is-hidden',
    scenario: 'mbind-one-call',
    kernel: 'v6.6',
    claim: 'hole-means-efault',
    settings: { situation: 'hole two VMAs behind a page off the LRU; MOVE|STRICT' },
    title: 'An unmovable page hides the EFAULT of a hole',
    range: 'v6.6 (24526268f4e3); ended by 1cb5d11a370f in v6.7',
    explanation: `v6.6 walks on behind an unmovable page and finds the hole. At the end of the walk the note about the page replaces the error.
What user space sees is what v6.5 did; what the kernel does is worse, see
[the assertion](../vma-replaced-unlocked-behind-a-hole/README.md).`,
  },
  {
    folder: 'mbind/unmigratable-page-is-moved',
    scenario: 'mbind-one-call',
    kernel: 'v6.6',
    claim: 'unmigratable-is-left-alone',
    settings: { situation: 'unmigratable VMA; MOVE|STRICT' },
    title: 'A page of an unmigratable VMA is isolated and moved',
    range: 'v6.6 (24526268f4e3); ended by 1cb5d11a370f in v6.7 (and, in another way, up to v3.19)',
    explanation: `v6.6 notes that the VMA cannot be migrated, and goes on to isolate the page as if it could. The page is migrated, and EIO is
returned for it. With the page of a huge page table the test stands before, and nothing happens. Review of the series for v6.7
called it an incorrect migrate_folio_add().`,
  },
  {
    folder: 'mbind/hole-leaks-the-list',
    scenario: 'mbind-one-call',
    kernel: 'v5.3',
    claim: 'nothing-stays-isolated',
    settings: { situation: 'hole in the middle; MOVE' },
    title: 'A hole leaves isolated pages off the LRU for ever',
    range: 'v5.3 (d883544515aa); ended by a85dfc305a21 in v5.4',
    explanation: `An error of the walk returns without putting the list back. The pages that were isolated before the hole stay off the LRU, with
the reference of a list that is gone. The error itself becomes EIO, whatever it was.`,
  },
  {
    folder: 'mbind/hole-comes-out-as-eio',
    scenario: 'mbind-one-call',
    kernel: 'v5.3',
    claim: 'hole-means-efault',
    settings: { situation: 'hole in the middle; MOVE' },
    title: 'A hole comes out as EIO',
    range: 'v5.3 (d883544515aa); ended by a85dfc305a21 in v5.4',
    explanation: `The other half of the same lines: every negative result of the walk is turned into EIO, that of a hole too, and with STRICT
not given.`,
  },
  {
    folder: 'mbind/false-efault',
    scenario: 'mbind-one-call',
    kernel: 'v5.0',
    claim: 'efault-means-hole',
    settings: { situation: 'unmigratable VMA between two others; MOVE' },
    title: 'EFAULT for a range without holes',
    range:
      'v4.0 (48684a65b4e3) to v5.4, from v5.1 on only without STRICT (in v5.3 as EIO); ended by the hole checks of v5.5',
    explanation: `The walk compares each VMA with the one before it. VMAs that it skips are not remembered as the one before, so that the VMA
behind a skipped one seems to stand behind a hole.`,
  },
  {
    folder: 'mbind/tail-hole-is-not-seen',
    scenario: 'mbind-one-call',
    kernel: 'v5.4',
    claim: 'hole-means-efault',
    settings: { situation: 'hole at the tail, a VMA above; MOVE' },
    title: 'A hole at the end of the range is not seen',
    range: 'up to v5.4; ended by the hole checks of v5.5',
    explanation: `Holes are looked for at the VMA behind them, and the walk ends with the last VMA of the range. The part that is mapped gets the
policy, and the result is 0.`,
  },
  {
    folder: 'mbind/pmd-entry-is-eio',
    scenario: 'mbind-one-call',
    kernel: 'v6.6',
    claim: 'eio-needs-strict',
    settings: { situation: 'only a PMD migration entry of a folio on the right node; MOVE' },
    title: 'EIO without STRICT, because somebody else is migrating a huge page',
    range: 'v5.1 (a7f40cfe3b7a) to v6.6; ended by 1cb5d11a370f in v6.7',
    explanation: `A PMD migration entry ends the walk with EIO, whatever the flags are. Nothing is applied and nothing is moved, and STRICT was
not given. Here the folio even lies on the right node already, so that there was nothing to do.`,
  },
  {
    folder: 'mbind/large-folio-is-isolated-twice',
    scenario: 'mbind-one-call',
    kernel: 'v6.6',
    claim: 'eio-has-a-reason',
    settings: { situation: 'only a large folio; MOVE|STRICT' },
    title: 'EIO for a large folio that was moved',
    range: 'v5.3 (a53190a4aaa3) to v6.6; ended by 1cb5d11a370f in v6.7',
    explanation: `A large folio that is mapped by page-table entries is met once at each of them. At the second one it is off the LRU already,
because this very call has isolated it: that counts as a failure, and the call returns EIO when everything has moved.`,
  },
  {
    folder: 'mbind/page-mapped-twice-is-eio',
    scenario: 'mbind-one-call',
    kernel: 'v7.3',
    claim: 'eio-has-a-reason',
    settings: { situation: 'only a page mapped twice; ALL|STRICT' },
    title: 'EIO for a page that is mapped twice and was moved',
    range: 'since v5.3 (a53190a4aaa3)',
    explanation: `The same with a small page that the range maps twice (KSM, or a file), and ALL. Remembering the last large folio, as v6.7 does,
does not help here. Current kernels do this.`,
  },
  {
    folder: 'mbind/migration-entry-is-eio',
    scenario: 'mbind-one-call',
    kernel: 'v7.3',
    claim: 'eio-has-a-reason',
    settings: { situation: 'migration entry of a page on the right node; MOVE|STRICT' },
    title: 'EIO for a page on the right node that somebody else is migrating',
    range: 'since v6.7 (1cb5d11a370f)',
    explanation: `The price of counting migration entries: nobody can tell where their pages are headed, so that each is a failure. Up to v6.6
they were ignored, all but those of huge pages.`,
  },
  {
    folder: 'mbind/shared-page-is-no-failure',
    scenario: 'mbind-one-call',
    kernel: 'v7.3',
    claim: 'strict-zero-means-moved',
    settings: { situation: 'shared page; MOVE|STRICT' },
    title: '0 with MOVE and STRICT, and a shared page stays where it is',
    range: 'every release; documented: pages shared with other processes are not moved',
    explanation: `MOVE leaves pages alone that others map, and that is no failure. STRICT alone returns EIO for the same page (since v5.1). The
manual page promises both sentences; whoever reads only the first one is surprised by the second.`,
  },
  {
    folder: 'mbind/preferred-falls-back',
    scenario: 'mbind-one-call',
    kernel: 'v7.3',
    claim: 'strict-zero-means-moved',
    settings: { situation: 'PREFERRED, the node is full; MOVE|STRICT' },
    title: '0 with MOVE and STRICT, and the pages lie on another node',
    range: 'every release',
    explanation: `MPOL_PREFERRED allows other nodes when the preferred one is full, for the destination of a migration too. The page is moved, to
the node that it came from even, which counts as moved.`,
  },
  {
    folder: 'mbind/local-is-never-right',
    scenario: 'mbind-one-call',
    kernel: 'v7.3',
    claim: 'strict-eio-means-policy-broken',
    settings: { situation: 'LOCAL, page on the local node; STRICT' },
    title: 'STRICT with MPOL_LOCAL returns EIO for a page on the local node',
    range: 'every release but v4.0 to v5.0, which never look',
    explanation: `Pages are compared with the mask that the user gave, not with what the policy would do. MPOL_LOCAL has no mask, so that every
page that is there lies outside of it.`,
  },
  {
    folder: 'mbind/strict-ignores-hugetlb',
    scenario: 'mbind-one-call',
    kernel: 'v5.6',
    claim: 'strict-sees-hugetlb',
    settings: { situation: 'only a hugetlb page; STRICT' },
    title: 'STRICT does not see hugetlb pages',
    range: 'up to v5.6, documented until then; ended by dcf1763546d7 in v5.7',
    explanation: `STRICT alone returns 0 although a hugetlb page lies on the wrong node. The manual page says that STRICT is ignored on huge
pages.`,
  },
  {
    folder: 'mbind/eio-hides-enomem',
    scenario: 'mbind-out-of-memory',
    kernel: 'v7.3',
    claim: 'move-installs-policy',
    title: 'EIO although the policy was not installed: memory ran out in between',
    range: 'since v6.7 (72e315f7a750); not reported',
    explanation: `Since v6.7, EIO with MOVE means that the policy is in place and some page was not moved. There is one path on which it does not:
a page could not be isolated, and then a VMA cannot be split for want of memory. The error of the split is replaced by EIO,
because the test for failed pages does not ask whether there is an error already. Up to v6.6, and in the first patch of the
series for v6.7 by itself, the caller gets ENOMEM.`,
  },
  {
    folder: 'mbind/policy-half-applied',
    scenario: 'mbind-out-of-memory',
    kernel: 'v7.3',
    claim: 'policy-is-atomic',
    title: 'The first VMA has the new policy, the second one has not',
    range: 'every release',
    explanation: `Applying a policy is a loop over VMAs, each of which needs memory. When there is none in the middle, the call returns ENOMEM
and what was done stays done. No release promises otherwise.`,
  },
  {
    folder: 'mbind/contract-is-broken',
    scenario: 'mbind-contract',
    kernel: 'v6.6',
    claim: 'keeps-the-contract',
    settings: { situation: 'unmigratable VMA; MOVE|STRICT' },
    title: 'v6.6 against the contract of mbind(2): a page moves that must not be tried',
    range: 'every release up to v6.6; v6.7 and later implement the contract',
    explanation: `The contract (spec/contracts/mbind.ts) is what the manual page and the mail of September 2023 promise, as a machine without
walks and lists. v6.6 comes close: returning the errors of the walk, leaving unmigratable VMAs alone, and counting migration
entries would be enough, and no one or two of the three are. This is one of the three.`,
  },
]
