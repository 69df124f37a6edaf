/**
 * A scenario on every kernel. Kernels that agree on the switches that one of them asks for have the same model; so one of
 * each such group is checked, and its verdicts are compared with what is expected on every kernel of the group.
 */
import type { Scenario } from '../../checker/catalogue.ts'
import { loadModel } from '../../checker/engine/source.ts'
import { check } from '../../checker/index.ts'
import { watched } from '../../invariants/watched-settings.ts'
import { type Kernel, kernels } from '../../spec/kernels.ts'
import type { SwitchName } from '../../spec/switches/index.ts'

export interface Group {
  /** the kernel that was checked, and all that are like it */
  readonly checked: string
  readonly kernels: readonly string[]
  readonly states: number
  /** what is not as expected, in words */
  readonly differences: readonly string[]
}

type Swept = Omit<Scenario, 'finding'>

/** The groups of kernels of a scenario, each checked; kernels of which the scenario says nothing are left out. */
export async function* sweep(scenario: Swept, of: readonly Kernel[] = kernels()): AsyncGenerator<Group> {
  let left = of.filter(({ name }) => scenario.silentOn?.(name, {}) == null)
  while (left.length > 0) {
    const [first] = left
    const asked = new Set<SwitchName>()
    const model = await loadModel(
      scenario.source(
        first.name,
        watched({}, (name) => asked.add(name)),
      ),
    )
    const verdict = await check(model, { variant: first.name, withoutTraces: true })
    const alike = left.filter(({ settings }) => [...asked].every((name) => settings[name] === first.settings[name]))
    left = left.filter((each) => !alike.includes(each))
    const found = Object.fromEntries(verdict.claims.map(({ name, verdict }) => [name, verdict]))
    const doubts = verdict.trust.filter(({ waived }) => waived === null).map(({ text }) => text)
    yield {
      checked: first.name,
      kernels: alike.map(({ name }) => name),
      states: verdict.outcome.distinct,
      differences: [
        ...(verdict.fault === null ? [] : [`${first.name}: ${verdict.fault.error.message}`]),
        ...(verdict.deadlock === null ? [] : [`${first.name}: a deadlock`]),
        ...doubts.map((text) => `${first.name}: ${text}`),
        ...alike.flatMap(({ name }) => unlike(name, found, scenario.expected(name) ?? {})),
      ],
    }
  }
}

/** Where the verdicts on a kernel are not those that are expected of it. */
function unlike(
  kernel: string,
  found: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, string>>,
): string[] {
  const claims = [...new Set([...Object.keys(found), ...Object.keys(expected)])]
  return claims
    .filter((claim) => found[claim] !== expected[claim])
    .map(
      (claim) => `${kernel}: '${claim}' is ${found[claim] ?? 'not claimed'}, expected: ${expected[claim] ?? 'nothing'}`,
    )
}
