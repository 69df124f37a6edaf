/** Design decisions about page migration. [U]: commit from memory. */
import { define } from './switch.ts'

export const migration = {
  'unmap-sees-pins': define({
    about: 'whether unmapping for migration refuses an exclusive anonymous page that may be pinned',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v5.19', value: 'yes', commit: '6c287605fd56' },
    ],
    patches: {},
  }),
  'migrate-list': define({
    about:
      'how migrate_pages goes over its list: folio by folio, or unmapping the whole batch first and moving it then (synchronous modes take folios that this leaves behind one by one)',
    values: ['per-folio', 'batched'],
    history: [
      { since: 'v3.12', value: 'per-folio', commit: '' },
      { since: 'v6.3', value: 'batched', commit: '5dfab109d519' },
    ],
    patches: {},
  }),
  'copy-order': define({
    about: 'whether the contents of a folio are copied after its references were frozen, or before',
    values: ['after-freeze', 'before-freeze'],
    history: [
      { since: 'v3.12', value: 'after-freeze', commit: '' },
      { since: 'v6.12', value: 'before-freeze', commit: '060913999d7a' },
    ],
    patches: {},
  }),
  'add-destination': define({
    about: 'whether the destination goes to the LRU after its page-table entries were restored, or before',
    values: ['after-restore', 'before-restore'],
    history: [
      { since: 'v3.12', value: 'after-restore', commit: '' },
      { since: 'v5.18', value: 'before-restore', commit: 'c3096e6782b7' },
    ],
    patches: { 'mlock-late-destination': 'after-restore' },
  }),
  'entry-waiter': define({
    about:
      'the reference of a task that waits on a migration entry: held while it sleeps, held until it is queued, or none',
    values: ['holds', 'momentary', 'none'],
    history: [
      { since: 'v3.12', value: 'holds', commit: '' },
      { since: 'v5.0', value: 'momentary', commit: '9a1ea439b16b' },
      { since: 'v5.17', value: 'none', commit: 'ffa65753c431' },
    ],
    patches: {},
  }),
  'unmap-flush': define({
    about:
      'when unmapping for migration flushes the TLBs: for each entry, or once for the batch in asynchronous mode (7e12beb8ca2a [U]), or never',
    values: ['each-entry', 'deferred-in-async', 'never'],
    history: [
      { since: 'v3.12', value: 'each-entry', commit: '' },
      { since: 'v6.3', value: 'deferred-in-async', commit: '7e12beb8ca2a' },
    ],
    patches: { 'migrate-without-flush': 'never' },
  }),
  'flush-without-access': define({
    about: 'whether clearing an entry that allows no access flushes the TLBs when such a flush is still due elsewhere',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v3.13', value: 'yes', commit: '20841405940e' },
    ],
    patches: {},
  }),
  'move-ptes': define({
    about:
      'what keeps mremap from carrying a migration entry past an rmap walk: the rmap lock where the destination is visited first, or nothing',
    values: ['rmap-lock-when-needed', 'unguarded'],
    history: [{ since: 'v3.12', value: 'rmap-lock-when-needed', commit: '' }],
    patches: { 'move-ptes-unguarded': 'unguarded' },
  }),
  'buffer-check': define({
    about:
      'how the folio of a block device is migrated with its buffers: they are released first, or checked for users and taken along; the check alone, under a lock held until the contents are copied, or with a mark that keeps users away',
    values: ['release', 'check', 'check-held', 'check-marked'],
    history: [
      { since: 'v3.12', value: 'release', commit: '' },
      { since: 'v5.0', value: 'check', commit: '89cb0888ca14' },
      { since: 'v5.3', value: 'check-held', commit: 'ebdf4de5642f' },
      { since: 'v6.16', value: 'check-marked', commit: '' },
    ],
    patches: {},
  }),
  'batch-locks': define({
    about:
      'whether a batch is unmapped in the mode that the caller asked for, waiting while other folios of it are locked, or in asynchronous mode',
    values: ['as-asked', 'never-waits'],
    history: [{ since: 'v3.12', value: 'never-waits', commit: '' }],
    patches: { 'migrate-batch-v6.3-rc1': 'as-asked' },
  }),
  'sync-light-lock': define({
    about:
      'whether MIGRATE_SYNC_LIGHT waits for any folio lock, or not for that of a folio whose contents are not there, because it is being read (4bb6dc79d987 [U])',
    values: ['waits', 'waits-if-uptodate'],
    history: [
      { since: 'v3.12', value: 'waits', commit: '' },
      { since: 'v6.5', value: 'waits-if-uptodate', commit: '4bb6dc79d987' },
    ],
    patches: {},
  }),
  'split-lock': define({
    about: 'whether splitting a large folio for migration waits for its lock in asynchronous mode too',
    values: ['waits', 'tries-in-async'],
    history: [
      { since: 'v3.12', value: 'waits', commit: '' },
      { since: 'v6.11', value: 'tries-in-async', commit: '2e6506e1c4ee' },
    ],
    patches: {},
  }),
  'anon-vma-kept-in': define({
    about: 'where a batched migration keeps the anon_vma of the source between unmapping and moving it',
    values: ['local', 'mapping', 'private'],
    history: [
      { since: 'v3.12', value: 'local', commit: '' },
      { since: 'v6.3', value: 'mapping', commit: '64c8902ed441' },
      { since: 'v6.8', value: 'private', commit: 'd1adb25df711' },
    ],
    patches: {},
  }),
  'write-to-cache': define({
    about: 'what whoever writes to the page cache holds meanwhile: the lock of the folio, or only a reference',
    values: ['folio-lock', 'reference'],
    history: [{ since: 'v3.12', value: 'folio-lock', commit: '' }],
    patches: { 'write-without-folio-lock': 'reference', 'write-without-folio-lock-v6.11': 'reference' },
  }),
  'compaction-hint': define({
    about:
      'how compaction guesses that an anonymous folio is pinned: not at all, by more references than its first page has mappings (119d6d59dcc0 [U]), or than all its pages have',
    values: ['none', 'mapcount-of-head', 'mapcount-of-all'],
    history: [
      { since: 'v3.12', value: 'none', commit: '' },
      { since: 'v3.15', value: 'mapcount-of-head', commit: '119d6d59dcc0' },
      { since: 'v6.1', value: 'mapcount-of-all', commit: '829ae0f81ce0' },
    ],
    patches: {},
  }),
} as const
