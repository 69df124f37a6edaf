/** The scenarios about long-term pins, in the order of the matrix. */
import { cmaVsBatchScenario } from './cma-vs-batch.ts'
import { cmaVsShortPinScenario } from './cma-vs-short-pin.ts'
import { drainVsDeviceFaultScenario } from './drain-vs-device-fault.ts'
import { gupFastVsCollapseScenario } from './gup-fast-vs-collapse.ts'
import { gupFastVsForkScenario } from './gup-fast-vs-fork.ts'
import { gupFastVsMigrationScenario } from './gup-fast-vs-migration.ts'
import { gupFastVsSecretmemScenario } from './gup-fast-vs-secretmem.ts'
import { memfdPinVsMemfdPinScenario } from './memfd-pin-vs-memfd-pin.ts'
import { offlineFailsScenario } from './offline-fails.ts'
import { offlineVsFreeListScenario } from './offline-vs-free-list.ts'
import { pinActivateBatchScenario } from './pin-activate-batch.ts'
import { pinMlockBatchScenario } from './pin-mlock-batch.ts'
import { pinVsCmaScenario } from './pin-vs-cma.ts'
import { pinVsFaultScenario } from './pin-vs-fault.ts'
import { pinVsGetScenario } from './pin-vs-get.ts'
import { pinVsIsolationScenario } from './pin-vs-isolation.ts'
import { pinVsOfflineScenario } from './pin-vs-offline.ts'
import { pinVsPinScenario } from './pin-vs-pin.ts'
import { pinZeroPageScenario } from './pin-zero-page.ts'
import { pinsInOppositeOrderScenario } from './pins-in-opposite-order.ts'
import { reclaimVsBatchScenario } from './reclaim-vs-batch.ts'
import { shortPinVsOfflineScenario } from './short-pin-vs-offline.ts'

export const pinning = [
  pinVsIsolationScenario,
  pinVsOfflineScenario,
  pinMlockBatchScenario,
  pinActivateBatchScenario,
  pinVsPinScenario,
  pinsInOppositeOrderScenario,
  pinVsGetScenario,
  pinVsCmaScenario,
  cmaVsBatchScenario,
  cmaVsShortPinScenario,
  pinVsFaultScenario,
  pinZeroPageScenario,
  gupFastVsMigrationScenario,
  shortPinVsOfflineScenario,
  offlineFailsScenario,
  reclaimVsBatchScenario,
  gupFastVsForkScenario,
  gupFastVsCollapseScenario,
  gupFastVsSecretmemScenario,
  memfdPinVsMemfdPinScenario,
  offlineVsFreeListScenario,
  drainVsDeviceFaultScenario,
]
