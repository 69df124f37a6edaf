/**
 * What a driver and the core owe each other so that a mapped driver page can be migrated: each obligation with the setting
 * that drops it and the claims that then fail. All together are sufficient, each is necessary; docs/driver-checklist.md
 * says the same in words, and the tests compare the two with what the checker finds.
 */

export interface Obligation {
  /** as the checklist says it */
  readonly text: string
  readonly scenario: 'driver-mapped-page' | 'driver-releases-page'
  readonly kernel: string
  /** the sound design that it is part of, as settings of the scenario */
  readonly design: Readonly<Record<string, string>>
  /** the one setting that drops it */
  readonly without: Readonly<Record<string, string>>
  /** the claims that are violated without it, and no others */
  readonly breaks: readonly string[]
}

const mapped = { scenario: 'driver-mapped-page' } as const

/** The core unmaps the page and maps it again, as it does with file folios. */
export const CORE_UNMAPS = { ...mapped, kernel: 'v4.8', design: { driver: 'D3' } }
/** The driver unmaps the page itself, in its migrate callback. */
export const DRIVER_ZAPS = { ...mapped, kernel: 'v6.0', design: { driver: 'D4' } }
/** The same on kernels whose set_page_dirty sees through the tag. */
export const DRIVER_ZAPS_BEFORE_6_0 = { ...mapped, kernel: 'v4.8', design: { driver: 'D4', 'isolated-flag': 'own' } }
/** The driver unmaps the page itself, of which user space has a bare PFN: no references, no dirty bit. */
export const DRIVER_ZAPS_PFN = {
  ...mapped,
  kernel: 'v4.8',
  design: { driver: 'D4', 'driver-maps': 'pfn', 'driver-checks-refs': 'no' },
}

/** Any driver, while the core sees what was released; and since v6.17, when it does not. */
export const RELEASES = { scenario: 'driver-releases-page', kernel: 'v4.8', design: {} } as const
export const RELEASES_SINCE_6_17 = { scenario: 'driver-releases-page', kernel: 'v6.17', design: {} } as const

/** The designs that are sound: with every obligation met, every claim holds. */
export const soundDesigns = [
  CORE_UNMAPS,
  DRIVER_ZAPS,
  DRIVER_ZAPS_BEFORE_6_0,
  DRIVER_ZAPS_PFN,
  RELEASES,
  RELEASES_SINCE_6_17,
]

export const obligations: readonly Obligation[] = [
  {
    text: 'The reverse map still finds the page',
    ...CORE_UNMAPS,
    without: { 'movable-mapping': 'replaced' },
    breaks: ['migration-ends'],
  },
  {
    text: 'The core unmaps the page before it calls the driver',
    ...CORE_UNMAPS,
    without: { 'unmap-movable': 'skipped' },
    breaks: ['migration-ends'],
  },
  {
    text: 'The isolated flag is a bit that dirtying does not clear',
    ...CORE_UNMAPS,
    without: { 'isolated-flag': 'PG_reclaim' },
    breaks: ['isolated-once'],
  },
  {
    text: 'The page has a set_page_dirty of the driver',
    ...CORE_UNMAPS,
    without: { 'driver-set-dirty': 'page-cache' },
    breaks: ['no-stray-dirty-tag'],
  },
  {
    text: 'migrate_page refuses a page with unexpected references',
    ...CORE_UNMAPS,
    without: { 'driver-checks-refs': 'no' },
    breaks: ['user-and-driver-agree', 'no-lost-store'],
  },
  {
    text: 'The fault handler waits for the lock under which migrate_page works',
    ...CORE_UNMAPS,
    without: { 'driver-fault-waits': 'no' },
    breaks: ['user-and-driver-agree', 'no-lost-store'],
  },
  {
    text: 'It does not keep that lock while it waits for the page lock',
    ...CORE_UNMAPS,
    without: { 'driver-fault-locks': 'page-inside-driver' },
    breaks: ['no-lock-cycle'],
  },
  {
    text: 'migrate_page unmaps the page',
    ...DRIVER_ZAPS,
    without: { 'driver-zaps': 'no' },
    breaks: ['migration-ends'],
  },
  {
    text: 'It does so before it copies',
    ...DRIVER_ZAPS,
    without: { 'driver-zaps': 'after-copy' },
    breaks: ['no-lost-store', 'moved-while-unmapped'],
  },
  {
    text: 'It flushes the TLB before it copies',
    ...DRIVER_ZAPS,
    without: { 'driver-flushes-tlb': 'after-copy' },
    breaks: ['no-lost-store'],
  },
  {
    text: 'It then refuses a page with unexpected references',
    ...DRIVER_ZAPS,
    without: { 'driver-checks-refs': 'no' },
    breaks: ['user-and-driver-agree', 'no-lost-store'],
  },
  {
    text: 'It looks at them after it has unmapped the page, not before',
    ...DRIVER_ZAPS,
    without: { 'driver-checks-refs': 'before-zap' },
    breaks: ['no-lost-store'],
  },
  {
    text: 'The fault handler waits for the lock under which it does all this',
    ...DRIVER_ZAPS,
    without: { 'driver-fault-waits': 'no' },
    breaks: ['user-and-driver-agree', 'no-lost-store'],
  },
  {
    text: 'It lets go of that lock before the page is locked',
    ...DRIVER_ZAPS,
    without: { 'driver-fault-locks': 'page-inside-driver' },
    breaks: ['no-lock-cycle'],
  },
  {
    text: 'Before v6.0, the isolated flag is a bit that dirtying does not clear',
    ...DRIVER_ZAPS_BEFORE_6_0,
    without: { 'isolated-flag': 'PG_reclaim' },
    breaks: ['isolated-once'],
  },
  {
    text: 'Before v6.0, the page has a set_page_dirty of the driver',
    ...DRIVER_ZAPS_BEFORE_6_0,
    without: { 'driver-set-dirty': 'page-cache' },
    breaks: ['no-stray-dirty-tag'],
  },
  {
    text: 'migrate_page zaps the PFN',
    ...DRIVER_ZAPS_PFN,
    without: { 'driver-zaps': 'no' },
    breaks: ['user-and-driver-agree', 'no-lost-store', 'no-mapping-of-free-page', 'moved-while-unmapped'],
  },
  {
    text: 'It zaps before it copies',
    ...DRIVER_ZAPS_PFN,
    without: { 'driver-zaps': 'after-copy' },
    breaks: ['no-lost-store', 'moved-while-unmapped'],
  },
  {
    text: 'It flushes before it copies',
    ...DRIVER_ZAPS_PFN,
    without: { 'driver-flushes-tlb': 'after-copy' },
    breaks: ['no-lost-store'],
  },
  {
    text: 'The fault handler keeps the lock of migrate_page until the PFN is in the page table',
    ...DRIVER_ZAPS_PFN,
    without: { 'driver-fault-waits': 'no' },
    breaks: ['user-and-driver-agree', 'no-lost-store', 'no-mapping-of-free-page', 'moved-while-unmapped'],
  },
  {
    text: 'Before v6.17, the driver releases a page under the page lock',
    ...RELEASES,
    without: { 'driver-release': 'without-page-lock' },
    breaks: ['callback-finds-its-data'],
  },
  {
    text: 'It leaves the list alone that an isolated page is on',
    ...RELEASES,
    without: { 'driver-release': 'off-any-list' },
    breaks: ['isolated-once'],
  },
  {
    text: 'Since v6.17, every callback looks whether the page is still owned',
    ...RELEASES_SINCE_6_17,
    without: { 'driver-callbacks-look': 'no' },
    breaks: ['callback-finds-its-data'],
  },
]
