/** The scenarios about mbind(2), in the order of the matrix. */
import { mbindOutcomesScenario } from './mbind-outcomes.ts'

export const mbind = [mbindOutcomesScenario]
