/**
 * Design decisions of the kernel that changed over time. Each is a switch with a history: since which release, or in
 * which unmerged patch, it has which value, and the commit that changed it. Releases are computed from these histories.
 */
import type { Release } from './releases.ts'

/** From `since` on the switch has this value; `commit` is what changed it. */
export interface Turn<V extends string> {
  readonly since: Release
  readonly value: V
  readonly commit: string
}

export interface Switch<V extends string> {
  readonly about: string
  readonly values: readonly V[]
  /** oldest first; the first turn is the value in the oldest release that the model knows */
  readonly history: readonly Turn<V>[]
  /** what unmerged patches set it to */
  readonly patches: Readonly<Record<string, V>>
}

const define = <const V extends string>(text: Switch<V>): Switch<V> => text

export const switches = {
  unpinnable: define({
    about: 'which folios may not be pinned long-term (folio_is_longterm_pinnable)',
    values: ['cma', 'cma+movable'],
    history: [
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
      { since: 'v5.1', value: 'none-isolated', commit: '9a4e9f3b2d73' },
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
      { since: 'v5.1', value: 'keep-pins', commit: '9a4e9f3b2d73' },
      { since: 'v5.13', value: 'fail', commit: 'd1e153fea2a8' },
    ],
    patches: {},
  }),
  'drain-when': define({
    about:
      'what makes the check drain the LRU batches before it isolates: PG_lru is clear, or the refcount is not as expected',
    values: ['lru-clear', 'refs-unexpected'],
    history: [
      { since: 'v5.1', value: 'lru-clear', commit: '9a4e9f3b2d73' },
      { since: 'v6.17', value: 'refs-unexpected', commit: '98c6d259319e' },
    ],
    patches: {},
  }),
  'offline-disables-lru-cache': define({
    about:
      'whether memory offlining keeps the LRU batches empty while it works (lru_cache_disable), or drains them once',
    values: ['no', 'yes'],
    history: [
      { since: 'v5.1', value: 'no', commit: '' },
      { since: 'v5.13', value: 'yes', commit: 'd479960e44f2' },
    ],
    patches: {},
  }),
  'unmap-sees-pins': define({
    about: 'whether unmapping for migration refuses an exclusive anonymous page that may be pinned',
    values: ['no', 'yes'],
    history: [
      { since: 'v5.1', value: 'no', commit: '' },
      { since: 'v5.19', value: 'yes', commit: '6c287605fd56' },
    ],
    patches: {},
  }),
} as const

export type SwitchName = keyof typeof switches

/** A value for every switch: what makes one kernel differ from another. */
export type Settings = { readonly [K in SwitchName]: (typeof switches)[K]['values'][number] }
