/** What this repository offers to the command line: the kernels, their switches, and the scenarios with their verdicts. */
import type { Catalogue, Scenario } from './checker/catalogue.ts'
import { findings } from './counterexamples/findings.ts'
import * as pinVsIsolation from './invariants/verdicts/pin-vs-isolation.ts'
import * as pinVsOffline from './invariants/verdicts/pin-vs-offline.ts'
import { kernels } from './spec/kernels.ts'
import * as isolation from './spec/scenarios/pin-vs-isolation.ts'
import * as offline from './spec/scenarios/pin-vs-offline.ts'
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
    bounds: (settings) => isolation.boundsFor({ ...isolation.constants, ...settings }),
    variants: pinVsIsolation.rows,
    constants: isolation.constants,
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
  {
    name: 'pin-vs-offline',
    area: 'pinning',
    about: 'a long-term pin that may be held for ever while the memory below it is being offlined',
    bounds: (settings) => offline.boundsFor({ ...offline.constants, ...settings }),
    variants: pinVsIsolation.rows,
    constants: offline.constants,
    expected: pinVsOffline.expected,
    source: (variant, settings) => {
      pinVsOffline.build(variant, settings)
      return {
        module: import.meta.resolve('./invariants/verdicts/pin-vs-offline.ts'),
        name: 'build',
        args: [variant, settings],
      }
    },
    finding: findingIn('pin-vs-offline'),
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
  claims: [
    ...new Map(
      [pinVsIsolation.build('v6.1', {}), pinVsOffline.build('v6.1', {})]
        .flatMap(({ claims }) => claims)
        .map(({ name, sentence, source }) => [name, { name, sentence, source }]),
    ).values(),
  ],
}
