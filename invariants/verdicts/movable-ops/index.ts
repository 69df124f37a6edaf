/** The scenarios about movable pages of drivers, in the order of the matrix. */
import { balloonDeflateScenario } from './balloon-deflate.ts'
import { balloonInflateFailsScenario } from './balloon-inflate-fails.ts'
import { driverMappedPageScenario } from './driver-mapped-page.ts'
import { driverReleasesPageScenario } from './driver-releases-page.ts'
import { isolatedFlagWakeupScenario } from './isolated-flag-wakeup.ts'
import { mlockedDriverPageScenario } from './mlocked-driver-page.ts'
import { slabLooksMovableScenario } from './slab-looks-movable.ts'
import { zsPoolDestroyScenario } from './zs-pool-destroy.ts'
import { zspageEmptiedScenario } from './zspage-emptied.ts'

export const movableOps = [
  driverMappedPageScenario,
  mlockedDriverPageScenario,
  driverReleasesPageScenario,
  balloonDeflateScenario,
  balloonInflateFailsScenario,
  zspageEmptiedScenario,
  zsPoolDestroyScenario,
  isolatedFlagWakeupScenario,
  slabLooksMovableScenario,
]
