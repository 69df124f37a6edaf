/** Tests that every scenario has: each row as expected, with nothing that puts the proof in doubt. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../checker/index.ts'
import type { Constants, Model } from '../../checker/language/index.ts'
import { raceTable } from '../../checker/report/race-table.ts'
import type { Verdict } from '../../checker/verdict.ts'

interface Entry {
  readonly build: (kernel: string, settings: Constants) => Model
  readonly expected: (kernel: string) => object
  readonly rows: readonly string[]
}

/** The verdict of each claim, by name. */
export const verdicts = (verdict: Verdict): Record<string, string> =>
  Object.fromEntries(verdict.claims.map(({ name, verdict }) => [name, verdict]))

/** The steps of the trace of a claim, as `process: label`. */
export const steps = (verdict: Verdict, claim: string): string[] =>
  verdict.claims.find(({ name }) => name === claim)!.trace!.steps.map(({ process, label }) => `${process}: ${label}`)

/** One test for each row: verdicts as expected, no deadlock, and no doubt that nobody has waived. */
export function testRows({ build, expected, rows }: Entry, settings: Constants = {}): void {
  for (const kernel of rows) {
    const with_ = Object.entries(settings).map(([name, value]) => `, ${name}=${value}`)
    test(`${kernel}${with_.join('')}`, async () => {
      const verdict = await check(build(kernel, settings), { variant: kernel })
      const shown = verdict.claims.map(({ trace }) => (trace?.kind === 'violation' ? raceTable(trace) : '')).join('\n')
      assert.equal(verdict.fault, null)
      assert.equal(verdict.deadlock, null)
      assert.equal(verdicts(verdict), expected(kernel), shown)
      assert.equal(
        verdict.trust.filter(({ waived }) => waived === null).map(({ text }) => text),
        [],
      )
    })
  }
}
