/** The scenarios about mlock, in the order of the matrix. */
import { mlockAllWaysScenario } from './mlock-all-ways.ts'
import { mlockBatchVsMunlockScenario } from './mlock-batch-vs-munlock.ts'
import { mlockByPageScenario } from './mlock-by-page.ts'
import { mlockDrainScenario } from './mlock-drain.ts'
import { mlockDrainRepeatedScenario } from './mlock-drain-repeated.ts'
import { mlockLateEntryScenario } from './mlock-late-entry.ts'
import { mlockMigratedCountScenario } from './mlock-migrated-count.ts'
import { mlockReturnsScenario } from './mlock-returns.ts'
import { mlockTwoVmasScenario } from './mlock-two-vmas.ts'
import { mlockUndercountScenario } from './mlock-undercount.ts'
import { mlockVsMigrationScenario } from './mlock-vs-migration.ts'
import { munlockFailedMigrationScenario } from './munlock-failed-migration.ts'
import { munlockNrMlockScenario } from './munlock-nr-mlock.ts'
import { munlockPutbackScenario } from './munlock-putback.ts'
import { munlockVsReclaimScenario } from './munlock-vs-reclaim.ts'
import { reclaimMlocksLateScenario } from './reclaim-mlocks-late.ts'

export const mlock = [
  mlockDrainScenario,
  mlockDrainRepeatedScenario,
  munlockPutbackScenario,
  munlockFailedMigrationScenario,
  mlockVsMigrationScenario,
  mlockMigratedCountScenario,
  mlockReturnsScenario,
  munlockNrMlockScenario,
  mlockByPageScenario,
  mlockBatchVsMunlockScenario,
  mlockLateEntryScenario,
  mlockTwoVmasScenario,
  munlockVsReclaimScenario,
  reclaimMlocksLateScenario,
  mlockUndercountScenario,
  mlockAllWaysScenario,
]
