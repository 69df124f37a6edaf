/** Errors as the command line shows them: what is wrong, why, and what to do. Never a bare stack trace. */
import { SpecError } from '../language/errors.ts'
import type { Colours } from '../report/text.ts'
import { PLAIN } from '../report/text.ts'

/** A SpecError in three lines (more where one of them has several). */
export function errorText(error: SpecError, colour: Colours = PLAIN): string {
  return [`${colour.red('error')}: ${error.message}`, `  why: ${error.why}`, `  to do: ${error.hint}`, ''].join('\n')
}

/** What a command throws, as the error to show: a fault of the checker itself becomes one that asks to report it. */
export function asShown(thrown: unknown): SpecError {
  if (thrown instanceof SpecError) return thrown
  const { message, code, stack } = thrown as NodeJS.ErrnoException
  if (thrown instanceof Error && code !== undefined && /^E[A-Z]+$/.test(code)) {
    return new SpecError(message, 'the operating system refused it', 'check the path and its permissions')
  }
  const details = process.env.MMCHECK_DEBUG ? `\n${stack ?? ''}` : ''
  return new SpecError(
    `internal error: ${thrown instanceof Error ? message : String(thrown)}${details}`,
    'this is a mistake in mmcheck, not in your spec',
    'please report it with the command that you gave; MMCHECK_DEBUG=1 shows where it happened',
  )
}

/** The object that `--json` prints in place of a verdict. */
export function errorJson(error: SpecError, target: string, kernel: string | null = null): string {
  return `${JSON.stringify({
    model: target,
    kernel,
    verdict: 'error',
    distinct: 0,
    generated: 0,
    depth: 0,
    seconds: 0,
    workers: 0,
    claims: [],
    message: error.message,
    why: error.why,
    hint: error.hint,
  })}\n`
}
