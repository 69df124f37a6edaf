/** The scenarios about mbind(2), in the order of the matrix. */
import { mbindOneCallScenario } from './mbind-one-call.ts'
import { mbindOutcomesScenario } from './mbind-outcomes.ts'
import { mbindTwoVmasScenario } from './mbind-two-vmas.ts'
import { mbindVsFaultScenario } from './mbind-vs-fault.ts'

export const mbind = [mbindOutcomesScenario, mbindOneCallScenario, mbindTwoVmasScenario, mbindVsFaultScenario]
