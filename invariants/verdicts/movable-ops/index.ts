/** The scenarios about movable pages of drivers, in the order of the matrix. */
import { driverMappedPageScenario } from './driver-mapped-page.ts'

export const movableOps = [driverMappedPageScenario]
