/** Exit codes: the one table of what the command line answers, for scripts. */
import { match } from 'ts-pattern'
import type { Verdict, VerdictKind } from './verdict.ts'

export const EXIT = {
  /** everything is as expected */
  expected: 0,
  /** a claim is violated, a verdict differs from its expectation, or nothing justifies to trust the proof */
  violated: 1,
  /** the spec or the command line is wrong */
  wrong: 2,
  /** stopped before the end */
  stopped: 3,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The exit code that goes with a kind of verdict. */
export function exitCodeOfKind(kind: VerdictKind): ExitCode {
  return match(kind)
    .with('holds', () => EXIT.expected)
    .with('violated', 'deadlock', () => EXIT.violated)
    .with('error', () => EXIT.wrong)
    .with('incomplete', () => EXIT.stopped)
    .exhaustive()
}

/** The exit code of a verdict: one that holds, but that a trust finding puts in doubt, counts as violated. */
export function exitCodeOf(verdict: Verdict): ExitCode {
  const code = exitCodeOfKind(verdict.kind)
  return code === EXIT.expected && verdict.trust.some(({ waived }) => waived === null) ? EXIT.violated : code
}

/** The exit code of several: what is wrong counts most, then what is violated, then what was not finished. */
export function gravest(codes: Iterable<ExitCode>): ExitCode {
  const all = new Set(codes)
  return [EXIT.wrong, EXIT.violated, EXIT.stopped].find((code) => all.has(code)) ?? EXIT.expected
}
