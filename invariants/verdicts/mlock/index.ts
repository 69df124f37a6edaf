/** The scenarios about mlock, in the order of the matrix. */
import { mlockDrainScenario } from './mlock-drain.ts'
import { mlockVsMigrationScenario } from './mlock-vs-migration.ts'
import { munlockFailedMigrationScenario } from './munlock-failed-migration.ts'
import { munlockPutbackScenario } from './munlock-putback.ts'

export const mlock = [
  mlockDrainScenario,
  munlockPutbackScenario,
  munlockFailedMigrationScenario,
  mlockVsMigrationScenario,
]
