/** The scenarios about long-term pins, in the order of the matrix. */
import { pinVsIsolationScenario } from './pin-vs-isolation.ts'
import { pinVsOfflineScenario } from './pin-vs-offline.ts'

export const pinning = [pinVsIsolationScenario, pinVsOfflineScenario]
