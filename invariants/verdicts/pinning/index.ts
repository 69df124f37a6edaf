/** The scenarios about long-term pins, in the order of the matrix. */
import { drainVsDeviceFaultScenario } from './drain-vs-device-fault.ts'
import { gupFastVsCollapseScenario } from './gup-fast-vs-collapse.ts'
import { gupFastVsForkScenario } from './gup-fast-vs-fork.ts'
import { gupFastVsSecretmemScenario } from './gup-fast-vs-secretmem.ts'
import { memfdPinVsMemfdPinScenario } from './memfd-pin-vs-memfd-pin.ts'
import { offlineVsFreeListScenario } from './offline-vs-free-list.ts'
import { pinActivateBatchScenario } from './pin-activate-batch.ts'
import { pinMlockBatchScenario } from './pin-mlock-batch.ts'
import { pinVsGetScenario } from './pin-vs-get.ts'
import { pinVsIsolationScenario } from './pin-vs-isolation.ts'
import { pinVsOfflineScenario } from './pin-vs-offline.ts'
import { pinVsPinScenario } from './pin-vs-pin.ts'

export const pinning = [
  pinVsIsolationScenario,
  pinVsOfflineScenario,
  pinMlockBatchScenario,
  pinActivateBatchScenario,
  pinVsPinScenario,
  pinVsGetScenario,
  gupFastVsForkScenario,
  gupFastVsCollapseScenario,
  gupFastVsSecretmemScenario,
  memfdPinVsMemfdPinScenario,
  offlineVsFreeListScenario,
  drainVsDeviceFaultScenario,
]
