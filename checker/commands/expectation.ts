/** Verdicts compared with what a scenario expects of them. */
import type { Expectation } from '../catalogue.ts'
import type { Verdict } from '../verdict.ts'
import { states } from './numbers.ts'
import type { Target } from './target.ts'

/** How one verdict relates to its expectation. */
export interface Comparison {
  readonly claim: string
  readonly expected: Expectation | null
  /** false where it differs; a claim of which nobody said anything is as good as expected, but is counted apart */
  readonly asExpected: boolean
}

/** The claims of a verdict with what was expected of them. */
export function compare(target: Target, verdict: Verdict): Comparison[] {
  const expected = expectations(target)
  return verdict.claims.map(({ name, verdict: found }) => ({
    claim: name,
    expected: expected[name] ?? null,
    asExpected: found === 'open' || expected[name] === undefined || expected[name] === found,
  }))
}

/** Every way in which a verdict is not what it should be, in words. What a stop left open is no difference. */
export function differences(target: Target, verdict: Verdict): string[] {
  const where = `${target.name} on ${target.kernel}`
  const claims = compare(target, verdict).flatMap(({ claim, expected, asExpected }) => {
    if (asExpected) return []
    const found = verdict.claims.find(({ name }) => name === claim)!
    const shown = found.trace === null ? '' : ` (${states(found.trace.length)})`
    return [`${where}: '${claim}' is ${found.verdict}${shown}, expected: ${expected}`]
  })
  const deadlock =
    verdict.deadlock === null && verdict.kind !== 'deadlock'
      ? []
      : [`${where}: it deadlocks, which no scenario expects`]
  const trust = verdict.trust
    .filter(({ waived }) => waived === null)
    .map(({ text }) => `${where}: ${text}; correct or waive it`)
  const missing = Object.keys(expectations(target))
    .filter((name) => target.model.claims.every((claim) => claim.name !== name))
    .map((name) => `${where}: a verdict on '${name}' is expected, but the model does not claim it`)
  return [...claims, ...deadlock, ...trust, ...missing]
}

function expectations({ scenario, kernel }: Target): Readonly<Record<string, Expectation>> {
  return scenario === null || kernel === null ? {} : (scenario.expected(kernel) ?? {})
}
