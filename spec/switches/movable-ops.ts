/**
 * Design decisions about pages that are not on the LRU and still movable: how the framework knows them (eras N0 to N4), how
 * the balloon and zsmalloc use it, and what a driver that maps its pages to user space does. [U]: commit from memory.
 */
import { define } from './switch.ts'

const framework = {
  'movable-tag': define({
    about:
      'how a movable driver page is known: a flag of its mapping, PageBalloon, a tagged pointer in page->mapping to an address_space or to its operations (68f2736a8583 [U]), or a page type that stays until the page is freed',
    values: ['mapping-flag', 'page-balloon', 'mapping-tag', 'movable-operations', 'page-type'],
    history: [
      { since: 'v3.12', value: 'mapping-flag', commit: '' },
      { since: 'v3.18', value: 'page-balloon', commit: 'd6d86c0a7f8d' },
      { since: 'v4.8', value: 'mapping-tag', commit: 'bda807d44454' },
      { since: 'v6.0', value: 'movable-operations', commit: '68f2736a8583' },
      { since: 'v6.17', value: 'page-type', commit: '84caf98838a3' },
    ],
    patches: {},
  }),
  'released-page-keeps-tag': define({
    about: 'whether a page still looks movable to a test without the page lock after its driver has released it',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v4.8', value: 'yes', commit: 'bda807d44454' },
    ],
    patches: { 'clear-movable-tag': 'no' },
  }),
  'destination-kind-from': define({
    about:
      'where migration learns that a destination it has unlocked is no LRU page: a return code, the destination, or the source',
    values: ['return-code', 'destination', 'source'],
    history: [
      { since: 'v3.12', value: 'return-code', commit: '' },
      { since: 'v3.18', value: 'destination', commit: 'd6d86c0a7f8d' },
      { since: 'v5.0', value: 'source', commit: 'e0a352fabce6' },
    ],
    patches: {},
  }),
  'isolated-flag': define({
    about: 'which bit says that a movable page is isolated: that of PG_reclaim, or one of its own',
    values: ['PG_reclaim', 'own'],
    history: [{ since: 'v3.12', value: 'PG_reclaim', commit: '' }],
    patches: { 'unmap-movable-own-flag': 'own' },
  }),
  'isolated-flag-update': define({
    about: 'whether the isolated flag is cleared by an atomic operation or by a load and a store of the flags word',
    values: ['load-store', 'atomic'],
    history: [
      { since: 'v3.12', value: 'load-store', commit: '' },
      { since: 'v5.18', value: 'atomic', commit: '356ea3865687' },
    ],
    patches: {},
  }),
  'dirty-movable-page': define({
    about:
      'what set_page_dirty does to a movable page: page_mapping sees through the tag and PG_reclaim is cleared, or the page has no mapping (68f2736a8583 [U])',
    values: ['clears-PG_reclaim', 'has-no-mapping'],
    history: [
      { since: 'v3.12', value: 'clears-PG_reclaim', commit: '' },
      { since: 'v6.0', value: 'has-no-mapping', commit: '68f2736a8583' },
    ],
    patches: {},
  }),
  'unlock-wakes': define({
    about:
      'when unlocking a page looks for sleepers: always, or if PG_waiters says that there are some (62906027091f [U])',
    values: ['always-looks', 'if-PG_waiters'],
    history: [
      { since: 'v3.12', value: 'always-looks', commit: '' },
      { since: 'v4.10', value: 'if-PG_waiters', commit: '62906027091f' },
    ],
    patches: {},
  }),
  'isolate-tests-slab': define({
    about:
      'where isolation tests for a slab page, whose fields overlay the tag: nowhere, before it looks at the tag, after it, or both',
    values: ['no', 'before-tag', 'after-tag', 'both'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v6.2', value: 'both', commit: '8b8817630ae8' },
    ],
    patches: {},
  }),
  'movable-page-may-be-mapped': define({
    about:
      'whether a movable page can get into a user page table: a page with a type cannot, the type lies over _mapcount',
    values: ['yes', 'no'],
    history: [
      { since: 'v3.12', value: 'yes', commit: '' },
      { since: 'v6.17', value: 'no', commit: '84caf98838a3' },
    ],
    patches: {},
  }),
  'movable-mapping': define({
    about:
      'whether making a page movable replaces page->mapping, by which a reverse map walk finds its page-table entries',
    values: ['replaced', 'kept'],
    history: [{ since: 'v3.12', value: 'replaced', commit: '' }],
    patches: { 'unmap-movable': 'kept', 'unmap-movable-own-flag': 'kept' },
  }),
  'unmap-movable': define({
    about: 'whether migration unmaps a movable page before it calls the driver, and maps it again afterwards',
    values: ['skipped', 'done'],
    history: [{ since: 'v3.12', value: 'skipped', commit: '' }],
    patches: { 'unmap-movable': 'done', 'unmap-movable-own-flag': 'done' },
  }),
  'free-clears-mlocked': define({
    about: 'who clears PG_mlocked of a page that is freed: the release of a folio, or the allocator, whoever frees it',
    values: ['folio-release', 'allocator'],
    history: [
      { since: 'v3.12', value: 'folio-release', commit: '' },
      { since: 'v6.12', value: 'allocator', commit: '66edc3a5894c' },
    ],
    patches: {},
  }),
}

const balloon = {
  'balloon-dequeue': define({
    about:
      'how deflating picks a page: from the list without its lock, or with a second look, under the page lock, whether it was isolated meanwhile',
    values: ['unlocked-pick', 'rechecks'],
    history: [
      { since: 'v3.12', value: 'unlocked-pick', commit: '' },
      { since: 'v3.18', value: 'rechecks', commit: 'd6d86c0a7f8d' },
    ],
    patches: {},
  }),
  'balloon-inflate-fails': define({
    about:
      'what the VMware balloon returns when the old page was deflated and the host then refuses the new one: an error, or success',
    values: ['error', 'success'],
    history: [
      { since: 'v3.12', value: 'error', commit: '' },
      { since: 'v6.18', value: 'success', commit: '4ba5a8a7faa6' },
    ],
    patches: {},
  }),
}

const zsmalloc = {
  'zspage-while-isolated': define({
    about:
      'where a zspage is while a page of it is isolated: off its list, counted, and not to be freed; or where it was (c4549b871102 [U])',
    values: ['off-its-list', 'stays'],
    history: [
      { since: 'v3.12', value: 'off-its-list', commit: '' },
      { since: 'v5.17', value: 'stays', commit: 'c4549b871102' },
    ],
    patches: {},
  }),
  'zs-migrate-empty': define({
    about: 'whether a page of a zspage without objects is migrated, or refused (-EBUSY)',
    values: ['refused', 'done'],
    history: [
      { since: 'v3.12', value: 'refused', commit: '' },
      { since: 'v4.14', value: 'done', commit: '77ff465799c6' },
    ],
    patches: {},
  }),
  'zs-migrated-empty': define({
    about:
      'what migration does when the zspage that it puts back turns out to be empty: nothing, or queue the free worker',
    values: ['ignores', 'queues-free'],
    history: [
      { since: 'v3.12', value: 'ignores', commit: '' },
      { since: 'v5.3', value: 'queues-free', commit: '1a87aa03597e' },
    ],
    patches: {},
  }),
  'pool-destroy-waits-for': define({
    about:
      'what the end of a pool waits for before it flushes the free worker: nothing, isolated pages, or (z3fold, the wrong sense) that there are some. That zsmalloc waits for nothing again is c4549b871102 [U]',
    values: ['nothing', 'no-isolated-page', 'an-isolated-page'],
    history: [
      { since: 'v3.12', value: 'nothing', commit: '' },
      { since: 'v5.3', value: 'no-isolated-page', commit: '701d678599d0' },
      { since: 'v5.17', value: 'nothing', commit: 'c4549b871102' },
    ],
    patches: { 'z3fold-wait-negated': 'an-isolated-page' },
  }),
  'lock-zspage': define({
    about: 'how the free worker locks the pages of a zspage: along the chain as it is, or with migration locked out',
    values: ['along-the-chain', 'migration-locked-out'],
    history: [
      { since: 'v3.12', value: 'along-the-chain', commit: '' },
      { since: 'v5.19', value: 'migration-locked-out', commit: '2505a981114d' },
    ],
    patches: {},
  }),
}

const mappedDriver = {
  'driver-maps': define({
    about:
      'how a driver maps its page to user space: as a page, whose page-table entry holds a reference, or as a bare PFN',
    values: ['page', 'pfn'],
    history: [{ since: 'v3.12', value: 'page', commit: '' }],
    patches: { 'driver-maps-pfn': 'pfn' },
  }),
  'driver-checks-refs': define({
    about:
      'whether a driver that maps its page looks for unexpected references before it moves it: nobody says, so either; no; just before it zaps; or yes, once nothing is mapped',
    values: ['either', 'no', 'before-zap', 'yes'],
    history: [{ since: 'v3.12', value: 'either', commit: '' }],
    patches: { 'unmap-movable': 'yes', 'unmap-movable-own-flag': 'yes', 'driver-zaps': 'yes' },
  }),
  'driver-zaps': define({
    about: 'whether a driver takes its page out of user page tables itself while it moves it, and when',
    values: ['no', 'before-copy', 'after-copy'],
    history: [{ since: 'v3.12', value: 'no', commit: '' }],
    patches: { 'driver-zaps': 'before-copy' },
  }),
  'driver-flushes-tlb': define({
    about: 'when a driver that zaps flushes the TLB',
    values: ['before-copy', 'after-copy'],
    history: [{ since: 'v3.12', value: 'before-copy', commit: '' }],
    patches: {},
  }),
  'driver-fault-waits': define({
    about: 'whether the fault handler of a driver waits for the lock under which the driver moves a page',
    values: ['yes', 'no'],
    history: [{ since: 'v3.12', value: 'yes', commit: '' }],
    patches: {},
  }),
  'driver-fault-locks': define({
    about:
      'whether a fault handler that waits for the page lock has let go of the lock under which the driver moves a page, or keeps it',
    values: ['one-after-the-other', 'page-inside-driver'],
    history: [{ since: 'v3.12', value: 'one-after-the-other', commit: '' }],
    patches: {},
  }),
  'driver-set-dirty': define({
    about:
      'which set_page_dirty a driver page gets that keeps its mapping: one of the driver, or the one for page-cache pages',
    values: ['own', 'page-cache'],
    history: [{ since: 'v3.12', value: 'own', commit: '' }],
    patches: {},
  }),
}

const releasingDriver = {
  'driver-release': define({
    about:
      'how a driver releases a page that may be isolated: under the page lock and off its own list only, without the page lock, or off whichever list the page is on',
    values: ['as-asked', 'without-page-lock', 'off-any-list'],
    history: [{ since: 'v3.12', value: 'as-asked', commit: '' }],
    patches: {},
  }),
  'driver-callbacks-look': define({
    about:
      'whether the callbacks of a driver look whether it still owns the page; the core sees that itself up to v6.16',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v6.17', value: 'yes', commit: '84caf98838a3' },
    ],
    patches: {},
  }),
}

export const movableOps = { ...framework, ...balloon, ...zsmalloc, ...mappedDriver, ...releasingDriver } as const
