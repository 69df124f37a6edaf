/** Design decisions about long-term pins, what races with them, memory offlining and CMA. [U]: commit from memory. */
import { define } from './switch.ts'

/** How a long-term pin treats folios that must not stay where they are (`__gup_longterm_locked` and what it calls). */
const longterm = {
  unpinnable: define({
    about: 'which folios may not be pinned long-term (folio_is_longterm_pinnable)',
    values: ['none', 'cma', 'cma+movable', 'cma+movable+isolate'],
    history: [
      { since: 'v3.12', value: 'none', commit: '' },
      { since: 'v5.1', value: 'cma', commit: '9a4e9f3b2d73' },
      { since: 'v5.13', value: 'cma+movable', commit: 'd1e153fea2a8' },
      { since: 'v5.19', value: 'cma+movable+isolate', commit: '1c563432588d' },
    ],
    patches: { 'longterm-movable-v3': 'cma+movable' },
  }),
  'decide-by': define({
    about:
      'what tells the check on pinned pages that there is nothing to do: the list of isolated folios is empty, or no unpinnable folio was seen',
    values: ['list', 'count'],
    history: [
      { since: 'v3.12', value: 'list', commit: '' },
      { since: 'v6.1', value: 'count', commit: '67e139b02d99' },
      { since: 'v6.14', value: 'list', commit: '1aaf8c122918' },
      { since: 'v6.16', value: 'count', commit: '517f496e1e61' },
    ],
    patches: {},
  }),
  'on-isolation-failure': define({
    about:
      'what an unpinnable folio that cannot be isolated means to the check: nothing, start over, or an error (-EBUSY, as v1 of 517f496e1e61 had it)',
    values: ['accept', 'retry', 'error'],
    history: [
      { since: 'v3.12', value: 'accept', commit: '' },
      { since: 'v5.13', value: 'retry', commit: 'd1e153fea2a8' },
      { since: 'v6.14', value: 'accept', commit: '1aaf8c122918' },
      { since: 'v6.16', value: 'retry', commit: '517f496e1e61' },
    ],
    patches: {},
  }),
  'on-migration-failure': define({
    about: 'what a long-term pin does when a folio cannot be migrated away',
    values: ['keep-pins', 'fail'],
    history: [
      { since: 'v3.12', value: 'keep-pins', commit: '' },
      { since: 'v5.13', value: 'fail', commit: 'd1e153fea2a8' },
    ],
    patches: {},
  }),
  'isolation-test': define({
    about: 'how collecting reads the result of folio_isolate_lru, which is 0 for success there; v6.1 has it inverted',
    values: ['right', 'inverted'],
    history: [
      { since: 'v3.12', value: 'right', commit: '' },
      { since: 'v6.1', value: 'inverted', commit: '67e139b02d99' },
      { since: 'v6.2', value: 'right', commit: 'aa1e6a932ca6' },
    ],
    patches: { 'isolation-test-fixed': 'right' },
  }),
  'drain-when': define({
    about:
      'what makes the check drain the batches before it isolates: PG_lru is clear, the refcount is not the expected one plus one, or plus the pin; or the batches are disabled throughout (lru_cache_disable)',
    values: ['lru-clear', 'refs-unexpected', 'pin-refs-unexpected', 'disabled'],
    history: [
      { since: 'v3.12', value: 'lru-clear', commit: '' },
      { since: 'v6.17', value: 'refs-unexpected', commit: '98c6d259319e' },
    ],
    patches: {
      'exact-pin-refs': 'pin-refs-unexpected',
      'wait-for-refcount': 'pin-refs-unexpected',
      'pin-disables-lru-cache': 'disabled',
    },
  }),
  'pin-waits-for-refs': define({
    about:
      'whether migration for a long-term pin sleeps after each attempt, up to a second, until unexpected references are gone',
    values: ['no', 'yes'],
    history: [{ since: 'v3.12', value: 'no', commit: '' }],
    patches: { 'wait-for-refcount': 'yes' },
  }),
  'pin-destination': define({
    about: 'where a folio that is in the way of a long-term pin is migrated to; v5.9 to v5.12 allow ZONE_MOVABLE',
    values: ['not-movable', 'anywhere'],
    history: [
      { since: 'v3.12', value: 'not-movable', commit: '' },
      { since: 'v5.9', value: 'anywhere', commit: '' },
      { since: 'v5.13', value: 'not-movable', commit: 'c991ffef7bce' },
    ],
    patches: { 'longterm-movable-v3': 'not-movable' },
  }),
  'pin-faults-avoid': define({
    about:
      'where a page that is first touched by a long-term pin is not allocated (PF_MEMALLOC_PIN, before v5.13 PF_MEMALLOC_NOCMA, d7fefcc8de91 [U])',
    values: ['nothing', 'cma', 'cma+movable'],
    history: [
      { since: 'v3.12', value: 'nothing', commit: '' },
      { since: 'v5.1', value: 'cma', commit: 'd7fefcc8de91' },
      { since: 'v5.13', value: 'cma+movable', commit: '8e3560d963d2' },
    ],
    patches: { 'longterm-movable-v3': 'cma+movable' },
  }),
  'helper-array': define({
    about:
      'the array of folios that the check allocates beside pages[], and what becomes of the pins where that fails. It came with 53ba78de064b [U], and v6.12 does without it (94efde1d1539 [U])',
    values: ['none', 'leaks-pins', 'unpins'],
    history: [
      { since: 'v3.12', value: 'none', commit: '' },
      { since: 'v6.11', value: 'leaks-pins', commit: '53ba78de064b' },
      { since: 'v6.12', value: 'none', commit: '94efde1d1539' },
    ],
    patches: { 'unpin-on-nomem': 'unpins' },
  }),
  'error-path-null-entries': define({
    about:
      'what the error path of the check does with entries of the array whose pins it has dropped before (v6.12: 94efde1d1539 [U])',
    values: ['skipped', 'dereferenced'],
    history: [
      { since: 'v3.12', value: 'skipped', commit: '' },
      { since: 'v6.12', value: 'dereferenced', commit: '94efde1d1539' },
      { since: 'v6.13', value: 'skipped', commit: 'a1268be280d8' },
    ],
    patches: {},
  }),
  'zero-page-pinnable': define({
    about: 'whether the zero page may be pinned long-term wherever it lies',
    values: ['yes', 'no'],
    history: [{ since: 'v3.12', value: 'yes', commit: '' }],
    patches: { 'longterm-movable-v3': 'no', 'isolate-unpinnable-rc': 'no', 'device-coherent-rc': 'no' },
  }),
  'zero-page-counts-pins': define({
    about: 'whether a pin of the zero page changes its refcount (since v6.5 it does not: c8070b787519 [U])',
    values: ['yes', 'no'],
    history: [
      { since: 'v3.12', value: 'yes', commit: '' },
      { since: 'v6.5', value: 'no', commit: 'c8070b787519' },
    ],
    patches: {},
  }),
  'memfd-pin-after-lost-race': define({
    about:
      'what memfd_pin_folios (since v6.11) keeps when another task was faster to create the folio: the error pointer, or nothing',
    values: ['error-pointer', 'nothing'],
    history: [
      { since: 'v3.12', value: 'error-pointer', commit: '' },
      { since: 'v6.12', value: 'nothing', commit: 'ce645b9fdc78' },
    ],
    patches: {},
  }),
} as const

/** The lockless fast path of GUP, and those that change page tables under it. */
const fast = {
  'gup-fast-rechecks-pte': define({
    about: 'whether gup-fast reads the page-table entry again after it has taken its reference',
    values: ['yes', 'no'],
    history: [{ since: 'v3.12', value: 'yes', commit: '' }],
    patches: { 'gup-fast-no-recheck': 'no' },
  }),
  'gup-fast-rechecks-pmd': define({
    about: 'whether gup-fast reads the PMD again as well',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v6.1', value: 'yes', commit: '70cbc3cc78a9' },
    ],
    patches: {},
  }),
  'gup-fast-secretmem': define({
    about:
      'how gup-fast tells a secretmem folio (since v5.14): not at all where PG_lru is clear, or by its mapping alone',
    values: ['if-on-lru', 'by-mapping'],
    history: [
      { since: 'v3.12', value: 'if-on-lru', commit: '' },
      { since: 'v6.9', value: 'by-mapping', commit: '65291dcfcf89' },
    ],
    patches: {},
  }),
  'fork-copies-pinned': define({
    about: 'whether fork gives the child a copy of a page that may be pinned, at once (70e806e4e645 [U])',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v5.9', value: 'yes', commit: '70e806e4e645' },
    ],
    patches: {},
  }),
  'fork-write-protect-seq': define({
    about: 'whether gup-fast undoes its pins when fork was write-protecting pages meanwhile (write_protect_seq)',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v5.11', value: 'yes', commit: '57efa1fe5957' },
    ],
    patches: {},
  }),
} as const

/** Memory offlining, CMA allocation, and the batches and lists per CPU that are in their way. */
const vacating = {
  'lru-flag-in-batches': define({
    about: 'whether PG_lru stays set while a folio waits in an LRU batch other than lru_add',
    values: ['kept', 'cleared'],
    history: [
      { since: 'v3.12', value: 'kept', commit: '' },
      { since: 'v6.11', value: 'cleared', commit: '33dfe9204f29' },
      { since: 'v6.17', value: 'kept', commit: 'afb99e9f5004' },
    ],
    patches: {},
  }),
  'offline-disables-lru-cache': define({
    about:
      'whether memory offlining disables the LRU batches while it works (lru_cache_disable), or drains them in every round',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v5.13', value: 'yes', commit: 'd479960e44f2' },
    ],
    patches: {},
  }),
  'offline-error-enables-lru-cache': define({
    about: 'whether offlining that fails to isolate its range enables the LRU batches again',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v5.14', value: 'yes', commit: '946746d1ad92' },
    ],
    patches: {},
  }),
  'offline-pcp-lists': define({
    about: 'what memory offlining does about the free lists per CPU: drain them once, in every round, or disable them',
    values: ['drain-once', 'drain-each-round', 'disable'],
    history: [
      { since: 'v3.12', value: 'drain-once', commit: '' },
      { since: 'v5.9', value: 'drain-each-round', commit: '968318261221' },
      { since: 'v5.11', value: 'disable', commit: 'ec6e8c7e0314' },
    ],
    patches: {},
  }),
  'cma-lru-batches': define({
    about: 'what cma_alloc does about the LRU batches: drain them once, or disable them (lru_cache_disable)',
    values: ['drain-once', 'disable'],
    history: [
      { since: 'v3.12', value: 'drain-once', commit: '' },
      { since: 'v5.13', value: 'disable', commit: '361a2a229fa3' },
    ],
    patches: {},
  }),
  'device-private-locked': define({
    about:
      'what a fault on a locked device-private folio does: sleep, or return and be repeated (since v6.15 [U]). How it went before v6.15 is not told from sleeping',
    values: ['sleep', 'repeat'],
    history: [
      { since: 'v3.12', value: 'sleep', commit: '' },
      { since: 'v6.15', value: 'repeat', commit: '1afaeb8293c9' },
      { since: 'v7.0', value: 'sleep', commit: 'b570f37a2ce4' },
    ],
    patches: {},
  }),
} as const

export const pinning = { ...longterm, ...fast, ...vacating } as const
