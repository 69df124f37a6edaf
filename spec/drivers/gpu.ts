/**
 * A driver whose movable page user space has mapped, in the variants D0 to D5 of the question of 2016: its fault handler, a
 * user who stores through the mapping, and a task that holds a reference it got from the page table. How the page is moved is
 * in gpu-migrate.ts.
 */
import { match } from 'ts-pattern'
import {
  bool,
  choose,
  constant,
  note,
  oneOf,
  optional,
  process,
  type ScalarDomain,
  type StateOf,
  step,
  stepsIf,
  union,
  when,
} from '../../checker/language/index.ts'
import { bootPages, movablePages, putPage } from '../movable-pages.ts'
import type { Settings } from '../switches/index.ts'

/** One page in use, and a free one for each task that migrates; a buffer of one page; one user address that may map it. */
export function gpuMemory(settings: Settings, compactors: number) {
  const mm = movablePages({
    pages: 1 + compactors,
    settings,
    contents: true,
    otherRefs: 2 + compactors,
    isolators: 1 + compactors,
  })
  const { pages } = mm
  const state = {
    ...mm.state,
    /** which page the driver, and so its device, uses at present */
    buffer: pages,
    /** who holds the lock under which the driver moves a page; its fault handler takes it too where it waits */
    driverLock: driverLockDomain(settings),
    /** whether the driver looks for unexpected references: fixed at the start */
    checksRefs: checksDomain(settings),
    pte: union({ none: {}, present: { page: pages, dirty: bool }, migration: { page: pages } }),
    /** the user's TLB entry, which outlives the page-table entry until it is flushed */
    tlb: optional(pages),
    /** a dirty tag set in the page-cache tree of the file, where the page is not */
    strayDirtyTag:
      settings['driver-set-dirty'] === 'page-cache' && dirtySeesMapping(settings) ? bool : constant<boolean>(false),
  }
  return { ...mm, state }
}

export type GpuMemory = ReturnType<typeof gpuMemory>
export type Gpu = StateOf<GpuMemory['state']>

/** Where nobody says whether the driver looks at the refcount, both kinds of driver are explored. */
function checksDomain(settings: Settings): ScalarDomain<boolean> {
  return match(settings['driver-checks-refs'])
    .with('either', () => bool)
    .with('no', () => constant<boolean>(false))
    .with('before-zap', 'yes', () => constant<boolean>(true))
    .exhaustive()
}

/** Whether a fault has the lock of the driver until the page-table entry is there. For a bare PFN it always has. */
const keepsLock = (settings: Settings): boolean =>
  settings['driver-fault-waits'] === 'yes' &&
  (settings['driver-maps'] === 'pfn' || settings['driver-fault-locks'] === 'page-inside-driver')

type DriverLock = 'free' | 'migrate_page' | 'fault'

function driverLockDomain(settings: Settings): ScalarDomain<DriverLock> {
  const mapped = settings['movable-page-may-be-mapped'] === 'yes'
  return mapped && keepsLock(settings)
    ? oneOf<DriverLock[]>('free', 'migrate_page', 'fault')
    : (oneOf('free', 'migrate_page') as ScalarDomain<DriverLock>)
}

/** The driver's page in use, not mapped yet. */
export function bootGpu(s: Gpu, checksRefs: boolean): void {
  bootPages(s, 1, { contents: true })
  s.buffer = 0
  s.driverLock = 'free'
  s.checksRefs = checksRefs
  s.pte = { kind: 'none' }
  s.tlb = null
  s.strayDirtyTag = false
}

/** The page-table entry maps this page. */
export const maps = (s: Gpu, p: number): boolean => s.pte.kind === 'present' && s.pte.page === p

/** A store through a reference, a mapping or the TLB: the page has the newest contents, and no other has. */
function store(s: Gpu, p: number): void {
  for (const each of s.page.keys()) s.page[each].newest = each === p
}

/** Whether set_page_dirty finds an address_space behind the page: its own, or the driver's through the tag. */
export function dirtySeesMapping(settings: Settings): boolean {
  return settings['movable-mapping'] === 'kept' || settings['dirty-movable-page'] === 'clears-PG_reclaim'
}

/** Takes the page out of the page table, under its lock: the dirty bit moves to the page, the reference goes. */
export function clearPte(s: Gpu, settings: Settings): void {
  if (s.pte.kind !== 'present') return
  const { page: p, dirty } = s.pte
  s.pte = { kind: 'none' }
  // A bare PFN has no struct page behind it: no dirty transfer, no reference.
  if (settings['driver-maps'] === 'pfn') return
  if (dirty && dirtySeesMapping(settings)) {
    // set_page_dirty clears PG_reclaim before it asks the mapping.
    if (settings['isolated-flag'] === 'PG_reclaim') s.page[p].isolated = false
    if (settings['driver-set-dirty'] === 'page-cache') s.strayDirtyTag = true
  }
  putPage(s, p)
}

/** The task that has mapped the buffer: it stores to it, and faults where nothing is mapped. */
export function gpuUser(mm: GpuMemory, settings: Settings) {
  const mappable = settings['movable-page-may-be-mapped'] === 'yes'
  const byPage = settings['driver-maps'] === 'page'
  return process(
    mm.state,
    { title: 'user', locals: { page: optional(mm.pages) }, start: { page: null } },
    {
      store: step('user: store', (s) => {
        const { pte } = s
        // A migration entry is waited for.
        when(s.tlb !== null || pte.kind !== 'migration')
        if (s.tlb === null && pte.kind === 'none') return 'vm_ops->fault'
        const p = s.tlb ?? (pte.kind === 'present' ? pte.page : null)
        s.tlb = p
        store(s, p!)
        if (pte.kind === 'present' && pte.page === p) s.pte = { kind: 'present', page: p, dirty: true }
        return 'store'
      }),
      'vm_ops->fault': step('driver: fault', (s, me) => {
        if (settings['driver-fault-waits'] === 'yes') {
          when(s.driverLock === 'free')
          if (keepsLock(settings)) s.driverLock = 'fault'
        }
        if (settings['movable-page-may-be-mapped'] === 'no') {
          note(s, 'a page with a type is refused: SIGBUS')
          return 'store'
        }
        me.page = s.buffer
        if (!byPage) return 'vmf_insert_pfn'
        s.page[s.buffer].refs++
        s.page[s.buffer].gets++
        return 'lock_page'
      }),
      ...stepsIf(mappable && byPage, {
        lock_page: step('mm/memory.c: __do_fault', (s: Gpu, me: { page: number | null }) => {
          when(!s.page[me.page!].PG_locked)
          s.page[me.page!].PG_locked = true
          return 'finish_fault'
        }),
        finish_fault: step('mm/memory.c: alloc_set_pte / finish_fault', (s: Gpu, me: { page: number | null }) => {
          const p = me.page!
          me.page = null
          s.page[p].gets--
          s.page[p].PG_locked = false
          if (keepsLock(settings)) s.driverLock = 'free'
          s.pte = { kind: 'present', page: p, dirty: false }
          return 'store'
        }),
      }),
      ...stepsIf(mappable && !byPage, {
        vmf_insert_pfn: step('mm/memory.c: vmf_insert_pfn', (s: Gpu, me: { page: number | null }) => {
          s.pte = { kind: 'present', page: me.page!, dirty: false }
          me.page = null
          if (keepsLock(settings)) s.driverLock = 'free'
          return 'store'
        }),
      }),
    },
  )
}

/** Another thread of the user: madvise(MADV_DONTNEED) or munmap takes the mapping away, at any time or never. */
export function unmapper(mm: GpuMemory, settings: Settings) {
  return process(
    mm.state,
    { title: 'munmap', locals: {}, start: {} },
    {
      zap_pte_range: step('mm/memory.c: zap_pte_range', (s) => {
        when(s.pte.kind === 'present')
        clearPte(s, settings)
        s.tlb = null
        return 'zap_pte_range'
      }),
    },
  )
}

/** A task that takes a reference through the page table, stores by it for a while, and lets go. A PFN gives none. */
export function gupHolder(mm: GpuMemory) {
  return process(
    mm.state,
    { title: 'GUP holder', locals: { page: optional(mm.pages) }, start: { page: null } },
    {
      get: step('mm/gup.c: follow_page_pte / gup_pte_range', (s, me) => {
        when(s.pte.kind === 'present')
        const p = s.pte.kind === 'present' ? s.pte.page : 0
        s.page[p].refs++
        s.page[p].gets++
        me.page = p
        return 'use'
      }),
      use: step('driver or user of the reference', (s, me) => {
        if (choose(s, ['store', 'put'] as const) === 'store') {
          store(s, me.page!)
          return 'use'
        }
        s.page[me.page!].gets--
        putPage(s, me.page!)
        me.page = null
        return 'get'
      }),
    },
  )
}
