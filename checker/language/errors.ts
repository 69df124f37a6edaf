/**
 * The one error that a user of the checker sees. It says what is wrong, why that probably happened and what to do;
 * the command line prints those three lines and never a stack trace.
 */
export class SpecError extends Error {
  override readonly name = 'SpecError'
  readonly why: string
  readonly hint: string

  /** `what` is one sentence about the mistake; `why` its likely reason; `hint` what to do about it. */
  constructor(what: string, why: string, hint: string) {
    super(what)
    this.why = why
    this.hint = hint
  }

  /** The same mistake, with where it happened (an action, a claim, a state) put in front. */
  within(where: string): SpecError {
    return new SpecError(`${where}: ${this.message}`, this.why, this.hint)
  }
}

/** How a value from a spec is shown in messages: short, on one line, never throwing. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean')
    return `${value}`
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value)
  }
}
