/** The scenarios about mbind(2), in the order of the matrix. */
import { forkVsFaultScenario } from './fork-vs-fault.ts'
import { interleaveVsRebindScenario } from './interleave-vs-rebind.ts'
import { mbindOneCallScenario } from './mbind-one-call.ts'
import { mbindOutcomesScenario } from './mbind-outcomes.ts'
import { mbindTwoVmasScenario } from './mbind-two-vmas.ts'
import { mbindVsFaultScenario } from './mbind-vs-fault.ts'
import { mbindVsForkScenario } from './mbind-vs-fork.ts'
import { mbindVsFutexScenario } from './mbind-vs-futex.ts'
import { mbindVsIsolationScenario } from './mbind-vs-isolation.ts'
import { mbindVsMbindScenario } from './mbind-vs-mbind.ts'
import { mbindVsMunmapScenario } from './mbind-vs-munmap.ts'

export const mbind = [
  mbindOutcomesScenario,
  mbindOneCallScenario,
  mbindTwoVmasScenario,
  mbindVsFaultScenario,
  mbindVsMbindScenario,
  mbindVsIsolationScenario,
  mbindVsForkScenario,
  mbindVsMunmapScenario,
  mbindVsFutexScenario,
  interleaveVsRebindScenario,
  forkVsFaultScenario,
]
