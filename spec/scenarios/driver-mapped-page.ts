/**
 * The question of June 2016 (linux-mm, "support non-lru movable page migration", v6v3 02/12): can a driver page that user
 * space has mapped be migrated? Compaction moves the page of a driver while a user stores to it, faults, and unmaps it.
 */
import { type Claim, type Constants, model, SpecError } from '../../checker/language/index.ts'
import { bootGpu, type Gpu, type GpuMemory, gpuMemory, gpuUser, gupHolder, unmapper } from '../drivers/gpu.ts'
import { gpuCompaction, otherIsolator } from '../drivers/gpu-migrate.ts'
import { type Kernel, withSettings } from '../kernels.ts'
import { labelsOf } from '../offline.ts'

/** `driver` takes one of the variants below in place of what the kernel and its patches say. */
export const constants = { driver: 'of-the-kernel', deep: false } satisfies Constants

/** How a driver and the core share the work of moving a mapped page, by the names D0 to D5. */
export const DRIVERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  D0: { 'driver-maps': 'page', 'driver-zaps': 'no', 'movable-mapping': 'replaced', 'unmap-movable': 'skipped' },
  D1: { 'driver-maps': 'pfn', 'driver-zaps': 'no', 'movable-mapping': 'replaced', 'unmap-movable': 'skipped' },
  D2: {
    'driver-maps': 'page',
    'driver-zaps': 'no',
    'driver-checks-refs': 'yes',
    'movable-mapping': 'kept',
    'unmap-movable': 'done',
    'isolated-flag': 'PG_reclaim',
  },
  D3: {
    'driver-maps': 'page',
    'driver-zaps': 'no',
    'driver-checks-refs': 'yes',
    'movable-mapping': 'kept',
    'unmap-movable': 'done',
    'isolated-flag': 'own',
  },
  D4: {
    'driver-maps': 'page',
    'driver-zaps': 'before-copy',
    'driver-checks-refs': 'yes',
    'movable-mapping': 'replaced',
    'unmap-movable': 'skipped',
  },
  D5: { 'movable-tag': 'page-type', 'movable-page-may-be-mapped': 'no' },
}

/** The kernel with a variant of the driver on it, and with what was set by hand on top. */
export function withDriver(on: Kernel, driver: string, byHand: Readonly<Record<string, string>>): Kernel {
  if (driver === constants.driver) return on
  if (!(driver in DRIVERS)) {
    throw new SpecError(
      `there is no driver variant '${driver}' here`,
      `the variants are ${Object.keys(DRIVERS).join(', ')}; D6, an mlocked mapping, is the scenario mlocked-driver-page`,
      'write for example --set driver=D3, and single switches of it beside that',
    )
  }
  return withSettings(on, { ...DRIVERS[driver], ...byHand })
}

/** The bounds in words. */
export const boundsFor = ({ deep }: typeof constants): string =>
  `1 driver page in use and ${deep ? '2 free, 1 user address, 2 tasks that migrate' : '1 free, 1 user address, 1 task that migrates'}, 1 that isolates, 1 that holds references`

/** The memory, and where the tasks stand. There is no holder of references where the mapping gives none. */
export type Scene = Gpu & {
  compaction: { pc: string; src: number | null }
  compaction2?: { pc: string; src: number | null }
  isolator: { src: number | null }
  user: { pc: string; page: number | null }
  gup?: { page: number | null }
}

/** The model on a kernel, with the claims that `claimsOn` makes. */
export function driverMappedPage(
  { settings }: Kernel,
  { deep }: typeof constants,
  claimsOn: (mm: GpuMemory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = gpuMemory(settings, deep ? 2 : 1)
  const compaction = gpuCompaction(mm, settings)
  const givesReferences = settings['driver-maps'] === 'page' && settings['movable-page-may-be-mapped'] === 'yes'
  return model(
    'driver-mapped-page',
    {
      state: mm.state,
      processes: {
        compaction,
        ...(deep ? { compaction2: gpuCompaction(mm, settings, 'compaction 2') } : {}),
        user: gpuUser(mm, settings),
        munmap: unmapper(mm, settings),
        isolator: otherIsolator(mm, settings),
        ...(givesReferences && { gup: gupHolder(mm) }),
      },
    },
    {
      init: {
        ...(mm.state.checksRefs.values.includes(true) && {
          'the driver looks at the refcount': (s: Gpu) => bootGpu(s, true),
        }),
        ...(mm.state.checksRefs.values.includes(false) && {
          'the driver does not look at the refcount': (s: Gpu) => bootGpu(s, false),
        }),
      },
      fairness: { weak: [{ anyOf: labelsOf('compaction', compaction, []) }] },
      claims: claimsOn(mm) as readonly Claim<object>[],
      projections: { 'who-uses-what': (s) => whoUsesWhat(s as Gpu) },
      waive,
    },
  )
}

/** Where the user and the driver stand, in words. */
function whoUsesWhat(s: Gpu): string {
  const user = s.pte.kind === 'none' ? 'nothing mapped' : s.pte.kind === 'migration' ? 'user waits' : 'user has'
  if (s.pte.kind !== 'present') return user
  return `${user} ${s.pte.page === s.buffer ? 'the page of the driver' : 'another page than the driver'}`
}
