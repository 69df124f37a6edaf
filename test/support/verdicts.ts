/** What tests of scenarios ask of a verdict: what became of each claim, and what is doubtful that nobody waived. */
import * as assert from 'uvu/assert'
import { check, type Model, type Verdict } from '../../checker/index.ts'
import { raceTable } from '../../checker/report/race-table.ts'

/** Every claim by name with its verdict. */
export const verdictsOf = (verdict: Verdict) =>
  Object.fromEntries(verdict.claims.map(({ name, verdict }) => [name, verdict]))

/** The steps of a counterexample, as `process: label`. */
export const stepsOf = (verdict: Verdict, claim: string): string[] =>
  verdict.claims.find(({ name }) => name === claim)!.trace!.steps.map(({ process, label }) => `${process}: ${label}`)

/** Checks a model and fails unless every claim comes out as expected and nothing is doubtful. */
export async function comesOutAs(model: Model, kernel: string, expected: Readonly<Record<string, string>>) {
  const verdict = await check(model, { variant: kernel })
  const shown = verdict.claims.map(({ trace }) => (trace?.kind === 'violation' ? raceTable(trace) : '')).join('\n')
  assert.equal(verdict.fault, null)
  assert.equal(verdict.deadlock, null)
  assert.equal(verdictsOf(verdict), expected, shown)
  assert.equal(
    verdict.trust.filter(({ waived }) => waived === null).map(({ text }) => text),
    [],
  )
  return verdict
}

/** The model with one step changed: `change` runs behind what the step does. */
export function mutated(model: Model, actor: string, label: string, change: (state: never) => void): Model {
  const step = model.instances.find((each) => each.label === label && each.actor === actor)!
  const other = {
    ...step,
    run(state: object) {
      step.run(state)
      change(state as never)
    },
  }
  return { ...model, instances: model.instances.map((instance) => (instance === step ? other : instance)) }
}
