/** Findings about migrate_pages(2): what it checks before it moves anything, and what it says afterwards. */
import type { Finding } from './finding.ts'

export const migratePages: readonly Finding[] = [
  {
    folder: 'mbind/migrate-pages-stops-at-a-pmd-entry',
    scenario: 'migrate-pages',
    kernel: 'v6.6',
    claim: 'zero-means-all-moved',
    settings: { layout: 'a PMD migration entry' },
    title: 'migrate_pages stops at a PMD migration entry, and returns 0',
    range: 'v5.1 (a7f40cfe3b7a) to v6.6; ended by 1cb5d11a370f in v6.7',
    explanation: `migrate_pages(2) ignores the result of the walk. Where a huge page is being migrated by somebody else, the walk ends with EIO,
what is behind stays on the old node, and the result says that nothing was left.`,
  },
  {
    folder: 'mbind/migrate-pages-counts-entries',
    scenario: 'migrate-pages',
    kernel: 'v7.3',
    claim: 'counts-what-stayed',
    settings: { layout: 'a large folio off the LRU' },
    title: 'migrate_pages counts a large folio once for each of its entries',
    range: 'since v6.16 (page-table entries in batches); v6.7 to v6.15 count folios',
    explanation: `When several page-table entries of one folio are handled together, a folio that cannot be isolated adds the number of its
entries to what migrate_pages(2) returns, where folios are what is counted.`,
  },
  {
    folder: 'mbind/migrate-pages-forgets-failures',
    scenario: 'migrate-pages',
    kernel: 'v6.5',
    claim: 'counts-what-stayed',
    settings: { layout: 'a page off the LRU' },
    title: 'migrate_pages does not count what it could not isolate',
    range: 'up to v6.6; ended by 1cb5d11a370f in v6.7',
    explanation: `The manual page promises the number of pages that could not be moved. A page that could not even be isolated is not among
them.`,
  },
  {
    folder: 'mbind/migrate-pages-moves-unchecked-memory',
    scenario: 'migrate-pages-arguments',
    kernel: 'v7.3',
    claim: 'checked-memory-is-moved',
    settings: { situation: 'another process starts a set-user-ID program' },
    title: 'migrate_pages moves pages of a program that its caller may not look at',
    range: 'every release, by its steps; we know of no report',
    explanation: `migrate_pages(2) asks whether its caller may act on a process, and takes the memory of the process some checks later. Nothing
holds the process still in between: when it starts a set-user-ID program there, that program's pages are moved. mm_access(),
which others use, asks and takes under a lock that keeps such a start out. What a caller gains is little: pages lie on other
nodes.`,
  },
  {
    folder: 'mbind/migrate-pages-without-ptrace',
    scenario: 'migrate-pages-arguments',
    kernel: 'v4.14',
    claim: 'mover-may-ptrace',
    settings: { situation: 'a process that may not be dumped' },
    title: 'migrate_pages moves pages of a process that ptrace protects',
    range: 'up to v4.14; ended by 313674661925 in v4.15',
    explanation: `One user ID in common was enough, though the process had asked not to be dumped or had other IDs as well. The same check of
move_pages(2) was a security problem (CVE-2017-14140, mended by 197e7e521384 in v4.13), because that call tells where pages are;
migrate_pages followed to be alike. LTP's migrate_pages02 failed from then on, until it made its child dumpable again.`,
  },
  {
    folder: 'mbind/migrate-pages-wants-another-capability',
    scenario: 'migrate-pages-arguments',
    kernel: 'v7.3',
    claim: 'cap-sys-nice-is-enough',
    settings: { situation: 'a process of somebody else, with CAP_SYS_NICE' },
    title: 'CAP_SYS_NICE is no longer enough to move the pages of somebody else',
    range: 'since v4.15 (313674661925)',
    explanation: `The manual page said that CAP_SYS_NICE lets a caller move the pages of any process. Since v4.15 the access check asks for
CAP_SYS_PTRACE, and CAP_SYS_NICE counts for the nodes of the target's cpuset and for shared pages only.`,
  },
  {
    folder: 'mbind/migrate-pages-to-nowhere-is-success',
    scenario: 'migrate-pages-arguments',
    kernel: 'v4.15',
    claim: 'no-usable-node-is-einval',
    settings: { situation: 'no target node' },
    title: 'migrate_pages to no node at all returns 0',
    range: 'up to v4.15; ended by "mm/mempolicy: add nodes_empty check in SYSC_migrate_pages" in v4.16',
    explanation: `Every node of the new mask had to have memory, and the empty mask has no node that lacks it. Nothing is moved, and the call
succeeds, where the manual page says EINVAL. The same goes for nodes that the cpuset of the caller does not allow: it was not
asked.`,
  },
  {
    folder: 'mbind/migrate-pages-refuses-a-memoryless-node',
    scenario: 'migrate-pages-arguments',
    kernel: 'v4.15',
    claim: 'one-usable-node-is-enough',
    settings: { situation: 'two nodes, one without memory' },
    title: 'One node without memory makes migrate_pages fail',
    range: 'up to v4.15; ended by "mm/mempolicy: add nodes_empty check in SYSC_migrate_pages" in v4.16',
    explanation: `EINVAL is for calls of which no target node has memory, says the manual page. Here one had.`,
  },
]
