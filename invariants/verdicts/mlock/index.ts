/** The scenarios about mlock, in the order of the matrix. */
import { mlockDrainScenario } from './mlock-drain.ts'
import { munlockPutbackScenario } from './munlock-putback.ts'

export const mlock = [mlockDrainScenario, munlockPutbackScenario]
