/** Which claims are made of the scenario driver-mapped-page, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { dirtySeesMapping, maps } from '../../../spec/drivers/gpu.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, driverMappedPage, withDriver } from '../../../spec/scenarios/driver-mapped-page.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import {
  mappedPageMoves,
  migrationEnds,
  migrationEntryIsLocked,
  movedUnmapped,
  noLockCycle,
  noLostStore,
  noMappingOfFreePage,
  noStrayDirtyTag,
  userAndDriverAgree,
} from '../../driver-mappings.ts'
import { isolatedOnce, pageRefsConserved } from '../../movable-ops.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { beforeMovableOps, roomToSpare } from './waivers.ts'

/** The kernels that the matrix shows: the three eras in which the answer differs, and the four ways of mapping by a patch. */
export const rows = [
  'v4.8',
  'v6.0',
  'v6.17',
  'patch:driver-maps-pfn',
  'patch:unmap-movable',
  'patch:unmap-movable-own-flag',
  'patch:driver-zaps',
]

/** The model on a kernel, with switches and the variant of the driver set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on: given, values } = settle(kernelName, settings, constants)
  const byHand = Object.entries(settings).filter(([name]) => !(name in constants))
  const on = withDriver(given, values.driver, Object.fromEntries(byHand.map(([name, to]) => [name, String(to)])))
  return driverMappedPage(
    on,
    values,
    (mm) => [
      userAndDriverAgree(mm),
      noLostStore(),
      noMappingOfFreePage(mm),
      isolatedOnce(mm),
      movedUnmapped(),
      ...(on.settings['unmap-movable'] === 'done' ? [migrationEntryIsLocked(mm)] : []),
      ...(faultsLockPage(on.settings) ? [noLockCycle()] : []),
      noStrayDirtyTag(),
      pageRefsConserved(mm, (s, p) => (on.settings['driver-maps'] === 'page' && maps(s, p) ? 1 : 0)),
      migrationEnds(mm.state),
      mappedPageMoves(),
    ],
    waivers(on.settings),
  )
}

/** The variants of the question: how driver and core share the work of moving a mapped page. */
type Variant = 'D0' | 'D1' | 'D2' | 'D3' | 'D4' | 'D5'

/** The truth table. D2 to D4 keep user and driver together; only where the isolated flag survives are they sound. */
const TABLE: Readonly<Record<Variant, readonly Expectation[]>> = {
  //    agree       no lost store  no free page  unmapped    migration ends  moves
  D0: ['violated', 'violated', 'holds', 'violated', 'violated', 'reached'],
  D1: ['violated', 'violated', 'violated', 'violated', 'holds', 'reached'],
  D2: ['holds', 'holds', 'holds', 'holds', 'holds', 'reached'],
  D3: ['holds', 'holds', 'holds', 'holds', 'holds', 'reached'],
  D4: ['holds', 'holds', 'holds', 'holds', 'holds', 'reached'],
  D5: ['holds', 'holds', 'holds', 'holds', 'holds', 'unreached'],
}

function variantOf(settings: Settings): Variant {
  if (settings['movable-page-may-be-mapped'] === 'no') return 'D5'
  if (settings['unmap-movable'] === 'done') return settings['isolated-flag'] === 'own' ? 'D3' : 'D2'
  if (settings['driver-zaps'] !== 'no') return 'D4'
  return settings['driver-maps'] === 'pfn' ? 'D1' : 'D0'
}

/** What is expected of each claim on a kernel: the truth table, and whether dirtying a page can clear the isolated flag. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const variant = variantOf(settings)
  const [agree, lost, free, unmapped, ends, moves] = TABLE[variant]
  return {
    'user-and-driver-agree': agree,
    'no-lost-store': lost,
    'no-mapping-of-free-page': free,
    'isolated-once': faultsLockPage(settings) && dirtyingUnisolates(settings) ? 'violated' : 'holds',
    'moved-while-unmapped': unmapped,
    ...(settings['unmap-movable'] === 'done' && { 'migration-entry-is-locked': 'holds' as const }),
    ...(faultsLockPage(settings) && { 'no-lock-cycle': 'holds' as const }),
    'no-stray-dirty-tag': 'holds',
    'page-refs-conserved': 'holds',
    'migration-ends': ends,
    'mapped-page-moves': moves,
  }
}

/** A fault locks the page where it gets one, and not a PFN. */
const faultsLockPage = (settings: Settings): boolean =>
  settings['driver-maps'] === 'page' && settings['movable-page-may-be-mapped'] === 'yes'

/** Whether set_page_dirty on an isolated page clears the flag that says so. */
const dirtyingUnisolates = (settings: Settings): boolean =>
  dirtySeesMapping(settings) && settings['isolated-flag'] === 'PG_reclaim'

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(settings: Settings): Record<string, string> {
  const typed = 'a page with a type is never mapped on this kernel'
  const noEntry = 'this kernel does not unmap pages of drivers: there is no migration entry'
  return {
    ...roomToSpare,
    'pte.kind is never migration': noEntry,
    ...(settings['driver-checks-refs'] === 'no' &&
      settings['unmap-movable'] === 'skipped' && {
        "action 'compaction: not moved' is never enabled":
          'a driver that does not look at the refcount refuses nothing',
      }),
    ...(settings['driver-checks-refs'] === 'before-zap' && {
      'checksRefs never changes': 'the driver looks, only too early',
    }),
    ...(settings['movable-mapping'] === 'replaced' &&
      settings['unmap-movable'] === 'done' && {
        'pte.kind is never migration': 'the walk finds no mapping to replace by a migration entry',
        "the premise of 'migration-entry-is-locked' is never true": 'the walk finds no mapping to replace',
      }),
    ...(settings['driver-zaps'] === 'no' &&
      settings['unmap-movable'] === 'skipped' &&
      settings['driver-checks-refs'] === 'yes' && {
        'page[*].tag is never': 'a mapped page is never moved, so that it is never released',
      }),
    ...(settings['movable-page-may-be-mapped'] === 'no' && {
      pte: typed,
      tlb: typed,
      'user.page never changes': typed,
      "action 'user: ": typed,
      "action 'munmap: ": typed,
      "the premise of 'user-and-driver-agree' is never true": typed,
      "the premise of 'no-mapping-of-free-page' is never true": typed,
    }),
  }
}

export const driverMappedPageScenario = scenario({
  name: 'driver-mapped-page',
  area: 'movable-ops',
  about: 'compaction moves the page of a driver that user space has mapped',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  silentOn: beforeMovableOps,
  module: import.meta.url,
  build,
})
