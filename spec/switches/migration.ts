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
      'whether MIGRATE_SYNC_LIGHT waits for the lock of any folio and any buffer, or not for that of one whose contents are not there, because it is being read (4bb6dc79d987 [U])',
    values: ['waits', 'waits-if-uptodate'],
    history: [
      { since: 'v3.12', value: 'waits', commit: '' },
      { since: 'v6.5', value: 'waits-if-uptodate', commit: '4bb6dc79d987' },
    ],
    patches: {},
  }),
  'lock-in-reclaim': define({
    about:
      'whether a task in direct reclaim (PF_MEMALLOC), which may hold folio locks of its own, only tries the lock of a folio that it migrates (3e7d34497067, before v3.12), or waits for it as others do',
    values: ['tries', 'waits'],
    history: [{ since: 'v3.12', value: 'tries', commit: '' }],
    patches: { 'lock-in-reclaim': 'waits' },
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
  'migrate-counts': define({
    about:
      'what migrate_pages counts, up to v6.2, when it goes over its list folio by folio: entries of the list, base pages, or base pages for /proc/vmstat and folios for what it returns, without those that it tried to the end, or with them [release of the last one from memory]. Where it counts folios, the parts of a THP that it has split are tried last and not counted again',
    values: ['entries', 'base-pages', 'folios', 'folios-and-retries'],
    history: [
      { since: 'v3.12', value: 'entries', commit: '' },
      { since: 'v5.9', value: 'base-pages', commit: '1a5bae25e3cf' },
      { since: 'v5.17', value: 'folios', commit: 'b5bade978e9b' },
      { since: 'v6.1', value: 'folios-and-retries', commit: '' },
    ],
    patches: {},
  }),
  'split-result': define({
    about:
      'what migrate_pages returns when a THP had to be split and all of its parts were moved: that one folio has failed, or 0 because nothing is left on the list',
    values: ['as-counted', 'nothing-left-is-0'],
    history: [
      { since: 'v3.12', value: 'as-counted', commit: '' },
      { since: 'v6.1', value: 'nothing-left-is-0', commit: '03e5f82ea632' },
    ],
    patches: {},
  }),
  'parts-without-memory': define({
    about:
      'what becomes of the parts of a THP that are still to be tried when memory runs out: they are forgotten, or given back to the caller (69a041ff5058, release from memory)',
    values: ['forgotten', 'given-back'],
    history: [
      { since: 'v3.12', value: 'forgotten', commit: '' },
      { since: 'v5.18', value: 'given-back', commit: '69a041ff5058' },
    ],
    patches: {},
  }),
  'deferred-split': define({
    about:
      'whether a large folio that waits to be split (because parts of it are not mapped any more) is split before it is migrated, and whether that counts as a failure',
    values: ['no', 'first', 'first-uncounted'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v6.10', value: 'first', commit: '7262f208ca68' },
    ],
    patches: { 'deferred-split-rc': 'first-uncounted' },
  }),
  'thp-unsupported': define({
    about:
      'what migrate_pages does with a THP on an architecture that cannot migrate it whole: nothing, because its callers have split it; as if there were no memory for it (94723aafb9e7 [U]); as what it is, an error of its own (d532e2e57e3c [U]); or it asks before it tries',
    values: ['callers-split', '-ENOMEM', '-ENOSYS', 'asked-first'],
    history: [
      { since: 'v3.12', value: 'callers-split', commit: '' },
      { since: 'v4.17', value: '-ENOMEM', commit: '94723aafb9e7' },
      { since: 'v5.11', value: '-ENOSYS', commit: 'd532e2e57e3c' },
      { since: 'v6.3', value: 'asked-first', commit: '' },
    ],
    patches: {},
  }),
  'unmovable-mapping': define({
    about:
      'whether a mapping can be marked as one whose folios must stay where they are (guest memory of a confidential virtual machine), and who looks: compaction before it isolates a folio, and migrate_pages before it moves one',
    values: ['unknown', 'stays'],
    history: [
      { since: 'v3.12', value: 'unknown', commit: '' },
      { since: 'v6.8', value: 'stays', commit: '0003e2a41468' },
    ],
    patches: {},
  }),
  'fallback-writeout': define({
    about:
      'what migrate_pages does, in synchronous mode, with a dirty folio of a file system without migrate_folio: it writes it out and tries again, or refuses',
    values: ['writes-out', 'refuses'],
    history: [
      { since: 'v3.12', value: 'writes-out', commit: '' },
      { since: 'v6.16', value: 'refuses', commit: '7ee3647243e5' },
    ],
    patches: {},
  }),
  'private-not-released': define({
    about:
      'what becomes of the attempt when a file system without migrate_folio does not release the private data of a folio: it is tried again, or only in synchronous mode (806031bb5ec3 [U])',
    values: ['-EAGAIN', '-EBUSY-unless-sync'],
    history: [
      { since: 'v3.12', value: '-EAGAIN', commit: '' },
      { since: 'v5.1', value: '-EBUSY-unless-sync', commit: '806031bb5ec3' },
    ],
    patches: {},
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
