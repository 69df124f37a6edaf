/** The scenarios about mbind(2), in the order of the matrix. */
import { forkVsFaultScenario } from './fork-vs-fault.ts'
import { interleaveVsRebindScenario } from './interleave-vs-rebind.ts'
import { mbindContractScenario } from './mbind-contract.ts'
import { mbindOneCallScenario } from './mbind-one-call.ts'
import { mbindOutOfMemoryScenario } from './mbind-out-of-memory.ts'
import { mbindOutcomesScenario } from './mbind-outcomes.ts'
import { mbindTwiceScenario } from './mbind-twice.ts'
import { mbindTwoVmasScenario } from './mbind-two-vmas.ts'
import { mbindVsFaultScenario } from './mbind-vs-fault.ts'
import { mbindVsForkScenario } from './mbind-vs-fork.ts'
import { mbindVsFutexScenario } from './mbind-vs-futex.ts'
import { mbindVsIsolationScenario } from './mbind-vs-isolation.ts'
import { mbindVsMbindScenario } from './mbind-vs-mbind.ts'
import { mbindVsMunmapScenario } from './mbind-vs-munmap.ts'
import { mbindVsPinScenario } from './mbind-vs-pin.ts'
import { migratePagesScenario } from './migrate-pages.ts'
import { migratePagesArgumentsScenario } from './migrate-pages-arguments.ts'

export const mbind = [
  mbindOutcomesScenario,
  mbindOneCallScenario,
  mbindContractScenario,
  mbindTwiceScenario,
  mbindOutOfMemoryScenario,
  migratePagesScenario,
  migratePagesArgumentsScenario,
  mbindTwoVmasScenario,
  mbindVsFaultScenario,
  mbindVsMbindScenario,
  mbindVsIsolationScenario,
  mbindVsPinScenario,
  mbindVsForkScenario,
  mbindVsMunmapScenario,
  mbindVsFutexScenario,
  interleaveVsRebindScenario,
  forkVsFaultScenario,
]
