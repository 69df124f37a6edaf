/** Design decisions about mbind(2), migrate_pages(2) and memory policies, and about the locks that they take. */
import { define } from './switch.ts'

export const mbind = {
  'mbind-strict-alone': define({
    about: 'what MPOL_MF_STRICT without a MOVE flag makes mbind look at',
    values: ['pages', 'nothing'],
    history: [
      { since: 'v3.12', value: 'pages', commit: '' },
      { since: 'v4.0', value: 'nothing', commit: '6f4576e3687b' },
      { since: 'v5.1', value: 'pages', commit: 'a7f40cfe3b7a' },
    ],
    patches: {},
  }),
  'mbind-unmigratable-vma': define({
    about: 'what mbind makes of a misplaced page in a VMA that cannot be migrated, with STRICT and a MOVE flag',
    values: ['as-any-other', 'vma-skipped', 'fails-walk', 'stops-walk', 'noted-and-isolated', 'counted'],
    history: [
      { since: 'v3.12', value: 'as-any-other', commit: '' },
      { since: 'v4.0', value: 'vma-skipped', commit: '48684a65b4e3' },
      { since: 'v5.1', value: 'fails-walk', commit: 'a7f40cfe3b7a' },
      { since: 'v5.3', value: 'stops-walk', commit: 'd883544515aa' },
      { since: 'v6.6', value: 'noted-and-isolated', commit: '24526268f4e3' },
      { since: 'v6.7', value: 'counted', commit: '1cb5d11a370f' },
    ],
    patches: { 'mbind-counts-failures': 'counted' },
  }),
  'mbind-isolation-failure': define({
    about: 'what mbind makes of a misplaced page that cannot be isolated',
    values: ['ignored', 'stops-walk', 'noted', 'counted'],
    history: [
      { since: 'v3.12', value: 'ignored', commit: '' },
      { since: 'v5.3', value: 'stops-walk', commit: 'a53190a4aaa3' },
      { since: 'v6.6', value: 'noted', commit: '24526268f4e3' },
      { since: 'v6.7', value: 'counted', commit: '1cb5d11a370f' },
    ],
    patches: { 'mbind-counts-failures': 'counted' },
  }),
  'mbind-hole-check': define({
    about:
      'how mbind looks for holes: at the VMA behind one, at the VMA behind one and not at skipped VMAs, or at the VMA before one',
    values: ['vma-behind', 'vma-behind-unless-skipped', 'vma-before'],
    history: [
      { since: 'v3.12', value: 'vma-behind', commit: '' },
      { since: 'v4.0', value: 'vma-behind-unless-skipped', commit: '48684a65b4e3' },
      { since: 'v5.5', value: 'vma-before', commit: '' },
    ],
    patches: {},
  }),
  'mbind-walk-error': define({
    about:
      'what becomes of an error of the walk: it is returned, it is EIO and leaks the list, or a noted page hides it',
    values: ['returned', 'eio-and-leak', 'hidden-by-note'],
    history: [
      { since: 'v3.12', value: 'returned', commit: '' },
      { since: 'v5.3', value: 'eio-and-leak', commit: 'd883544515aa' },
      { since: 'v5.4', value: 'returned', commit: 'a85dfc305a21' },
      { since: 'v6.6', value: 'hidden-by-note', commit: '24526268f4e3' },
      { since: 'v6.7', value: 'returned', commit: '1cb5d11a370f' },
    ],
    patches: { 'mbind-counts-failures': 'returned' },
  }),
  'mbind-migration-entry': define({
    about: 'what mbind and migrate_pages make of a migration entry that they meet',
    values: ['ignored', 'pmd-fails-walk', 'counted'],
    history: [
      { since: 'v3.12', value: 'ignored', commit: '' },
      { since: 'v5.1', value: 'pmd-fails-walk', commit: 'a7f40cfe3b7a' },
      { since: 'v6.7', value: 'counted', commit: '1cb5d11a370f' },
    ],
    patches: { 'mbind-counts-failures': 'counted' },
  }),
  'mbind-large-folio': define({
    about: 'whether mbind tries to isolate a large folio at each of its page-table entries, or once in a row',
    values: ['each-entry', 'once'],
    history: [
      { since: 'v3.12', value: 'each-entry', commit: '' },
      { since: 'v6.7', value: 'once', commit: '1cb5d11a370f' },
    ],
    patches: { 'mbind-counts-failures': 'once' },
  }),
  'mbind-huge-page': define({
    about:
      'what mbind and migrate_pages do with a huge page that one PMD entry maps: split it first, or take it as one',
    values: ['split-first', 'as-one'],
    history: [
      { since: 'v3.12', value: 'split-first', commit: '' },
      { since: 'v4.14', value: 'as-one', commit: 'c8633798497c' },
    ],
    patches: {},
  }),
  'mbind-hugetlb-strict': define({
    about: 'whether MPOL_MF_STRICT means anything on hugetlb pages',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v5.7', value: 'yes', commit: 'dcf1763546d7' },
    ],
    patches: {},
  }),
  'mbind-lru-batches': define({
    about: 'what mbind does about the LRU batches first: it drains them, or it drains them and keeps them off',
    values: ['drained', 'disabled'],
    history: [
      { since: 'v3.12', value: 'drained', commit: '' },
      { since: 'v5.13', value: 'disabled', commit: 'd479960e44f2' },
    ],
    patches: {},
  }),
  'mbind-vma-lock': define({
    about: 'when mbind write-locks the VMAs of its range',
    values: ['never', 'before-walk', 'in-walk', 'in-walk-or-apply'],
    history: [
      { since: 'v3.12', value: 'never', commit: '' },
      { since: 'v6.5', value: 'in-walk', commit: '49b0638502da' },
    ],
    patches: { 'mbind-locks-first': 'before-walk', 'mbind-locks-skipped-vmas': 'in-walk-or-apply' },
  }),
  'mbind-migrates-under': define({
    about: 'what mbind holds while it migrates, and whose policy its targets are allocated by',
    values: ['mmap-lock', 'no-lock'],
    history: [
      { since: 'v3.12', value: 'mmap-lock', commit: '' },
      { since: 'v6.7', value: 'no-lock', commit: '72e315f7a750' },
    ],
    patches: {},
  }),
  'mbind-eio-covers-errors': define({
    about: 'whether EIO for pages that failed replaces an error of splitting or replacing a policy',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v6.7', value: 'yes', commit: '72e315f7a750' },
    ],
    patches: {},
  }),
  'walk-lock-killable': define({
    about: 'whether a fatal signal ends the wait for the write lock of a VMA in a page walk',
    values: ['no', 'yes'],
    history: [{ since: 'v3.12', value: 'no', commit: '' }],
    patches: { 'walk-lock-killable': 'yes' },
  }),
  'faults-under-vma-lock': define({
    about: 'whether a page fault of anonymous memory may hold the read lock of its VMA instead of mmap_lock',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v6.4', value: 'yes', commit: '5e31275cc997' },
    ],
    patches: {},
  }),
} as const
