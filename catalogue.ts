/** What this repository offers to the command line: the kernels, their switches, and the scenarios with their verdicts. */
import type { Catalogue, Scenario } from './checker/catalogue.ts'
import { findings } from './counterexamples/findings/index.ts'
import { scenarios } from './invariants/verdicts/index.ts'
import { withoutScenarios } from './questions/catalogue.ts'

function findingOf(scenario: string, variant: string, claim: string): string | null {
  const all = findings.filter((each) => each.scenario === scenario && each.kernel === variant && each.claim === claim)
  const found = all.find(({ settings }) => settings === undefined) ?? all[0]
  return found === undefined ? null : `counterexamples/${found.folder}`
}

export const catalogue: Catalogue = {
  ...withoutScenarios,
  scenarios: scenarios.map(
    (each): Scenario => ({ ...each, finding: (variant, claim) => findingOf(each.name, variant, claim) }),
  ),
}
