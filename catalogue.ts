/** What this repository offers to the command line: the kernels, their switches, and the scenarios with their verdicts. */
import type { Catalogue, Scenario } from './checker/catalogue.ts'
import { findings } from './counterexamples/findings.ts'
import * as pinVsIsolation from './invariants/verdicts/pin-vs-isolation.ts'
import { kernels } from './spec/kernels.ts'
import { boundsFor, constants } from './spec/scenarios/pin-vs-isolation.ts'
import { type Switch, switches } from './spec/switches.ts'

const findingIn = (scenario: string) => (variant: string, claim: string) => {
  const found = findings.find((each) => each.scenario === scenario && each.kernel === variant && each.claim === claim)
  return found === undefined ? null : `counterexamples/${found.folder}`
}

const scenarios: readonly Scenario[] = [
  {
    name: 'pin-vs-isolation',
    area: 'pinning',
    about: 'a long-term pin of pages in ZONE_MOVABLE while compaction isolates and moves them',
    bounds: (settings) => boundsFor({ ...constants, ...settings }),
    variants: pinVsIsolation.rows,
    constants,
    expected: pinVsIsolation.expected,
    source: (variant, settings) => {
      pinVsIsolation.build(variant, settings)
      return {
        module: import.meta.resolve('./invariants/verdicts/pin-vs-isolation.ts'),
        name: 'build',
        args: [variant, settings],
      }
    },
    finding: findingIn('pin-vs-isolation'),
  },
]

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
  scenarios,
  claims: pinVsIsolation.build('v6.1', {}).claims.map(({ name, sentence, source }) => ({ name, sentence, source })),
}
