/** Design decisions about mlock, its batches, and the unevictable list. */
import { define } from './switch.ts'

export const mlock = {
  'munlock-decides-by': define({
    about: 'how munlock knows that no other VMA locks the folio: a walk over its mappings, or mlock_count',
    values: ['rmap-walk', 'mlock-count'],
    history: [
      { since: 'v3.12', value: 'rmap-walk', commit: '' },
      { since: 'v5.18', value: 'mlock-count', commit: '07ca76067308' },
    ],
    patches: {},
  }),
  'munlock-order': define({
    about:
      'how munlock clears PG_mlocked of a folio: in the same section of the LRU lock as it tests PG_lru, before it tests PG_lru, or after it. Two more are ideas: testing PG_lru once more afterwards, and both inside the LRU lock since v5.18',
    values: ['lru-locked', 'clear-then-test', 'test-then-clear', 'test-clear-test'],
    history: [
      { since: 'v3.12', value: 'lru-locked', commit: '' },
      { since: 'v5.11', value: 'clear-then-test', commit: '' },
      { since: 'v5.18', value: 'test-then-clear', commit: '2fbb0c10d1e8' },
    ],
    patches: {
      'munlock-clears-first': 'clear-then-test',
      'munlock-tests-twice': 'test-clear-test',
      'munlock-and-lru-add-reordered': 'clear-then-test',
      'munlock-and-every-adder-reordered': 'clear-then-test',
      'munlock-under-lru-lock': 'lru-locked',
      'munlock-repaired': 'lru-locked',
      'mlock-repaired': 'lru-locked',
    },
  }),
  'munlock-lowers-NR_MLOCK-by': define({
    about:
      'which folios of its batch munlock subtracts from NR_MLOCK: those that it isolated, or those whose PG_mlocked it cleared',
    values: ['isolated', 'cleared'],
    history: [
      { since: 'v3.12', value: 'isolated', commit: '1ebb7cc6a583' },
      { since: 'v4.12', value: 'cleared', commit: '70feee0e1ef3' },
    ],
    patches: {},
  }),
  'lru-add-order': define({
    about:
      'whether lru_add sets PG_lru before or after it reads PG_mlocked to choose the list. Before v4.17 only putback looked at all, and looked again after adding',
    values: ['putback-looks-again', 'set-then-read', 'read-then-set'],
    history: [
      { since: 'v3.12', value: 'putback-looks-again', commit: '' },
      { since: 'v4.17', value: 'set-then-read', commit: '9c4e6b1a7027' },
      { since: 'v6.0', value: 'read-then-set', commit: '' },
    ],
    patches: {
      'lru-add-sets-first': 'set-then-read',
      'munlock-and-lru-add-reordered': 'set-then-read',
      'munlock-and-every-adder-reordered': 'set-then-read',
    },
  }),
  'mlock-batch-order': define({
    about:
      'whether mlock entries of the batch read PG_mlocked before or after they set PG_lru again, or test PG_lru, too, inside the LRU lock only',
    values: ['read-then-set', 'set-then-read', 'lru-locked'],
    history: [{ since: 'v3.12', value: 'read-then-set', commit: '' }],
    patches: { 'munlock-and-every-adder-reordered': 'set-then-read', 'mlock-repaired': 'lru-locked' },
  }),
  'munlock-at-entry': define({
    about:
      'what the walk of munlock(2) does where it meets a migration entry: skip it, look once more, wait until it is gone, or munlock the folio that it names. All but the first are ideas',
    values: ['skips', 'looks-twice', 'waits', 'munlocks-source'],
    history: [{ since: 'v3.12', value: 'skips', commit: '' }],
    patches: {
      'munlock-looks-twice': 'looks-twice',
      'munlock-waits-for-entry': 'waits',
      'munlock-munlocks-source': 'munlocks-source',
      'munlock-repaired': 'waits',
    },
  }),
  'restore-munlocks': define({
    about:
      'whether a migration that fails munlocks the folio when it maps it again in a VMA that is not VM_LOCKED (an idea)',
    values: ['no', 'yes'],
    history: [{ since: 'v3.12', value: 'no', commit: '' }],
    patches: { 'restore-munlocks': 'yes' },
  }),
  'last-unmap-clears-PG_mlocked': define({
    about: 'whether the removal of the last mapping clears PG_mlocked (clear_page_mlock), or only freeing does',
    values: ['yes', 'no'],
    history: [
      { since: 'v3.12', value: 'yes', commit: '' },
      { since: 'v5.18', value: 'no', commit: 'b109b87050df' },
    ],
    patches: { 'last-unmap-clears-mlocked': 'yes', 'mlock-repaired': 'yes' },
  }),
  'drain-after-populate': define({
    about: "whether mlock(2) drains this CPU's batches once more after it has faulted in the pages that were missing",
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v5.18', value: 'yes', commit: 'ece369c7e104' },
    ],
    patches: { 'mlock-returns-early': 'no' },
  }),
  'munlock-drains': define({
    about: 'whose batches munlock(2) drains before it walks: those of its CPU, or those of every CPU (an idea)',
    values: ['own-cpu', 'every-cpu'],
    history: [{ since: 'v3.12', value: 'own-cpu', commit: '' }],
    patches: { 'munlock-drains-every-cpu': 'every-cpu' },
  }),
  'mlock-batching': define({
    about: 'whether mlocks and munlocks wait in a batch of the CPU, or are done at once (a batch of one, an idea)',
    values: ['batched', 'synchronous'],
    history: [{ since: 'v3.12', value: 'batched', commit: '' }],
    patches: { 'mlock-synchronous': 'synchronous', 'mlock-repaired': 'synchronous' },
  }),
  'reclaim-mlocks': define({
    about:
      'where reclaim mlocks a large folio that it finds in a VM_LOCKED VMA: inside the page-table lock, or after it (large folios are mlocked since v6.7)',
    values: ['in-page-table-lock', 'after-page-table-lock'],
    history: [
      { since: 'v3.12', value: 'in-page-table-lock', commit: '' },
      { since: 'v6.7', value: 'after-page-table-lock', commit: '' },
      { since: 'v6.18', value: 'in-page-table-lock', commit: '' },
    ],
    patches: {},
  }),
  'migration-drains-mlock': define({
    about:
      'where migration drains the mlock batch that it has filled itself: nowhere, once after the rmap walk, or at each entry inside the page-table lock. There is no such batch before v5.18',
    values: ['never', 'after-walk', 'in-page-table-lock'],
    history: [
      { since: 'v3.12', value: 'never', commit: '' },
      { since: 'v5.18', value: 'in-page-table-lock', commit: 'b74355078b65' },
    ],
    patches: { 'mlock-batch-no-drain': 'never', 'mlock-drain-after-walk': 'after-walk' },
  }),
  'destination-drain': define({
    about:
      'when migration drains the batches of this CPU after it has added the destination to the LRU: never, if the source was mapped, or if it had PG_mlocked when it was locked',
    values: ['never', 'mapped', 'mlocked'],
    history: [
      { since: 'v3.12', value: 'never', commit: '' },
      { since: 'v5.18', value: 'mapped', commit: 'c3096e6782b7' },
      { since: 'v6.7', value: 'mlocked', commit: 'eebb3dabbb5c' },
    ],
    patches: { 'mlock-late-destination': 'never' },
  }),
  'mlock-walk-guard': define({
    about:
      'whether mlock(2) keeps VM_IO set while it walks, so that others who map pages meanwhile do not count as well',
    values: ['none', 'VM_IO'],
    history: [
      { since: 'v3.12', value: 'none', commit: '' },
      { since: 'v5.18', value: 'VM_IO', commit: '34b6792380ce' },
    ],
    patches: { 'mlock-without-vm-io': 'none' },
  }),
} as const
