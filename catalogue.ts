/** What this repository offers to the command line: the kernels, their switches, and the scenarios with their verdicts. */
import type { Catalogue, Scenario } from './checker/catalogue.ts'
import { findings } from './counterexamples/findings/index.ts'
import { scenarios } from './invariants/verdicts/index.ts'
import { questions } from './questions/index.ts'
import { kernels } from './spec/kernels.ts'
import { type Switch, switches } from './spec/switches/index.ts'

function findingOf(scenario: string, variant: string, claim: string): string | null {
  const found = findings.find((each) => each.scenario === scenario && each.kernel === variant && each.claim === claim)
  return found === undefined ? null : `counterexamples/${found.folder}`
}

export const catalogue: Catalogue = {
  variants: kernels().map(({ name, about }) => ({ name, about })),
  switches: (Object.entries(switches) as [string, Switch<string>][]).map(
    ([name, { about, values, history, patches }]) => ({
      name,
      about,
      values,
      history: [
        ...history.map(({ since, value, commit }) => `${since}: ${value}${commit === '' ? '' : ` (${commit})`}`),
        ...Object.entries(patches).map(([patch, value]) => `patch:${patch}: ${value}`),
      ],
    }),
  ),
  scenarios: scenarios.map(
    (each): Scenario => ({ ...each, finding: (variant, claim) => findingOf(each.name, variant, claim) }),
  ),
  questions,
}
