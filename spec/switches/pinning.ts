/** Design decisions about long-term pins and memory offlining. */
import { define } from './switch.ts'

export const pinning = {
  unpinnable: define({
    about: 'which folios may not be pinned long-term (folio_is_longterm_pinnable)',
    values: ['none', 'cma', 'cma+movable'],
    history: [
      { since: 'v3.12', value: 'none', commit: '' },
      { since: 'v5.1', value: 'cma', commit: '9a4e9f3b2d73' },
      { since: 'v5.13', value: 'cma+movable', commit: 'd1e153fea2a8' },
    ],
    patches: { 'longterm-movable-v3': 'cma+movable' },
  }),
  'keep-pins-when': define({
    about:
      'when the check on pinned pages is content: nothing was isolated, nothing isolated and no isolation failed, or nothing unpinnable seen',
    values: ['none-isolated', 'none-isolated-none-failed', 'none-collected'],
    history: [
      { since: 'v3.12', value: 'none-isolated', commit: '' },
      { since: 'v5.13', value: 'none-isolated-none-failed', commit: 'd1e153fea2a8' },
      { since: 'v6.1', value: 'none-collected', commit: '67e139b02d99' },
      { since: 'v6.14', value: 'none-isolated', commit: '1aaf8c122918' },
      { since: 'v6.16', value: 'none-collected', commit: '517f496e1e61' },
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
  'drain-when': define({
    about:
      'what makes the check drain the LRU batches before it isolates: PG_lru is clear, or the refcount is not as expected',
    values: ['lru-clear', 'refs-unexpected'],
    history: [
      { since: 'v3.12', value: 'lru-clear', commit: '' },
      { since: 'v6.17', value: 'refs-unexpected', commit: '98c6d259319e' },
    ],
    patches: {},
  }),
  'offline-disables-lru-cache': define({
    about:
      'whether memory offlining keeps the LRU batches empty while it works (lru_cache_disable), or drains them once',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v5.13', value: 'yes', commit: 'd479960e44f2' },
    ],
    patches: {},
  }),
} as const
