/** How every report words the parts of a trace, so that a table and a picture of it say the same. */
import type { Change, Evidence, Trace, TraceKind } from '../trace/trace.ts'
import { oneLine } from './text.ts'

/** What the end of a trace of this kind is called. */
export const ENDINGS: Readonly<Record<TraceKind, string>> = {
  violation: 'violated',
  witness: 'reached',
  deadlock: 'deadlock',
  fault: 'fault',
}

/** The heading of a column. Steps of the model itself have neither title nor process. */
export function heading(trace: Trace, column: Trace['columns'][number]): string {
  return oneLine(column.title) || oneLine(column.process) || oneLine(trace.model)
}

/** `pin leak: a long-term pin is never in ZONE_MOVABLE`. */
export function headline(trace: Trace): string {
  return [trace.model, trace.sentence].map(oneLine).filter(Boolean).join(': ')
}

/** `PG_lru 1->0`. */
export const changed = ({ variable, from, to }: Change): string => oneLine(`${variable} ${from}->${to}`)

/** `F0.zone = MOVABLE`. */
export const valued = ({ variable, value }: { variable: string; value: string }): string =>
  oneLine(`${variable} = ${value}`)

/** Who gave a piece of evidence its value: `(initially)`, or `written by pinner 'gup_slow: pin' (step 3)`. */
export function origin(trace: Trace, { writtenBy }: Evidence): string {
  if (writtenBy === null) return '(initially)'
  const { process, label } = trace.steps[writtenBy]
  return oneLine(`written by ${process} '${label}' (step ${writtenBy + 1})`)
}

/** The number of something, in words that agree with it. */
export const counted = (count: number, noun: string): string =>
  count === 1 ? `1 ${noun}` : `${count} ${noun}${/(?:s|sh|ch|x)$/.test(noun) ? 'es' : 's'}`

/** The conjuncts that name more than the sentence does, as a heading; empty where the sentence says it all. */
export function conjunctHeading(trace: Trace, { name, args }: { name: string; args: string }): string {
  const named = name === trace.sentence || name === trace.claim ? '' : oneLine(name)
  const forArgs = oneLine(args) === '' ? '' : `for ${oneLine(args)}`
  return [named, forArgs].filter(Boolean).join(', ')
}

/** The initial values that a reader of the trace needs: of variables that change in it, or that decided the verdict. */
export function initialValues(trace: Trace): Trace['initial']['values'] {
  const mentioned = [
    ...trace.steps.flatMap((step) => step.changes.map((change) => change.variable)),
    ...trace.failed.flatMap((conjunct) => conjunct.evidence.map((evidence) => evidence.variable)),
  ]
  // Evidence may be a part of a variable: the element `prepared{rm0}` of the set `prepared`.
  const covers = (variable: string, part: string) =>
    part === variable || (part.startsWith(variable) && /^[.[{]/.test(part.slice(variable.length)))
  return trace.initial.values.filter(({ variable }) => mentioned.some((part) => covers(variable, part)))
}

/** `initially`, and which initial state it is where the model has several named ones. */
export function initialHeading(trace: Trace): string {
  const name = oneLine(trace.initial.name)
  return name === '' || name === 'initial' ? 'initially' : `initially (${name})`
}
