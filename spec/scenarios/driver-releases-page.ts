/** A driver releases a page of its own at any time, also while compaction has it isolated or is moving it. */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { bootPool, type Pool, type PoolMemory, poolCompaction, poolMemory, poolTask } from '../drivers/page-pool.ts'
import type { Kernel } from '../kernels.ts'

export const constants = {} satisfies Constants

/** The bounds in words. */
export const boundsFor = (): string =>
  '1 page of a driver and 1 free, 1 task that migrates, 1 that releases and takes pages'

/** The memory, and where the tasks stand. */
export type Scene = Pool & {
  compaction: { pc: string; src: number | null; dst: number | null }
  driver: { pc: string; page: number | null }
}

/** The model on a kernel, with the claims that `claimsOn` makes. */
export function driverReleasesPage(
  { settings }: Kernel,
  claimsOn: (mm: PoolMemory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = poolMemory(settings)
  return model(
    'driver-releases-page',
    { state: mm.state, processes: { compaction: poolCompaction(mm, settings), driver: poolTask(mm, settings) } },
    { init: bootPool, claims: claimsOn(mm) as readonly Claim<object>[], waive },
  )
}
