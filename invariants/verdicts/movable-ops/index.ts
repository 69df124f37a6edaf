/** The scenarios about movable pages of drivers, in the order of the matrix. */
import { balloonDeflateScenario } from './balloon-deflate.ts'
import { balloonInflateFailsScenario } from './balloon-inflate-fails.ts'
import { driverMappedPageScenario } from './driver-mapped-page.ts'
import { zsPoolDestroyScenario } from './zs-pool-destroy.ts'
import { zspageEmptiedScenario } from './zspage-emptied.ts'

export const movableOps = [
  driverMappedPageScenario,
  balloonDeflateScenario,
  balloonInflateFailsScenario,
  zspageEmptiedScenario,
  zsPoolDestroyScenario,
]
