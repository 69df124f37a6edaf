/** The scenarios about mlock, in the order of the matrix. */
import { munlockPutbackScenario } from './munlock-putback.ts'

export const mlock = [munlockPutbackScenario]
