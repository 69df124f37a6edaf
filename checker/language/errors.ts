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

const LONGEST_VALUE = 120

/** How a value from a spec is shown in messages: short, on one line, never throwing. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean')
    return `${value}`
  const text = written(value).replace(/\s+/g, ' ')
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)} ...`
}

function written(value: unknown): string {
  try {
    if (value instanceof Set) return `Set { ${[...value].map(show).join(', ')} }`
    return JSON.stringify(value) ?? String(value)
  } catch {
    return `a value of type ${typeof value}`
  }
}
