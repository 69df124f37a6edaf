/**
 * Saved counterexamples: a trace as JSON, with what is needed to build its model again. Files come from other people and
 * other versions, so that reading one takes nothing for granted.
 */
import { SpecError, show } from '../language/errors.ts'
import type { Alternative, Change, Trace } from '../trace/trace.ts'
import { damaged, dictionary, list, natural, nullable, object, setting, text, word } from './json-shape.ts'

/** How to build the model of a trace again: what was checked, on which kernel, with which switches and constants. */
export interface TraceOrigin {
  readonly target: string
  readonly kernel?: string
  readonly settings?: Readonly<Record<string, string | number | boolean>>
}

/** What a trace file holds. */
export interface SavedTrace {
  readonly origin: TraceOrigin
  readonly trace: Trace
}

const FORMAT = 'mmcheck trace'
const VERSION = 1

const changeShape = object<Change>({ variable: text, from: text, to: text })

const traceShape = object<Trace>(
  {
    kind: word('violation', 'witness', 'deadlock', 'fault'),
    model: text,
    sentence: text,
    claim: text,
    source: text,
    variant: text,
    length: natural,
    contextSwitches: natural,
    columns: list(object({ process: text, title: text })),
    initial: object<Trace['initial']>({ name: text, values: list(object({ variable: text, value: text })) }),
    steps: list(
      object<Trace['steps'][number]>({
        process: text,
        label: text,
        anchor: text,
        note: text,
        changes: list(changeShape),
      }),
    ),
    loop: nullable(natural),
    failed: list(
      object<Trace['failed'][number]>({
        name: text,
        args: text,
        evidence: list(object({ variable: text, value: text, writtenBy: nullable(natural) })),
      }),
    ),
    instead: object<NonNullable<Trace['instead']>>({
      heading: text,
      steps: list(object<Alternative>({ label: text, changes: list(changeShape) })),
    }),
  },
  ['instead'],
)

const originShape = object<TraceOrigin>({ target: text, kernel: text, settings: dictionary(setting) }, [
  'kernel',
  'settings',
])

/** The text of a trace file. The order of its keys is fixed, so that files of two runs can be compared. */
export function traceToJson(trace: Trace, origin: TraceOrigin): string {
  const saved = {
    format: FORMAT,
    version: VERSION,
    origin: originShape(origin, 'origin'),
    trace: consistent(traceShape(trace, 'trace')),
  }
  return `${JSON.stringify(saved, null, 2)}\n`
}

/** Reads the text of a trace file. Throws a SpecError that names the place of the first mistake. */
export function parseTraceFile(text: string): SavedTrace {
  const file = parsed(text)
  const { format, version, origin, trace, ...others } = file
  if (format !== FORMAT) {
    throw new SpecError(
      `the file is no saved counterexample: format is ${show(format)}`,
      `a saved counterexample says "format": "${FORMAT}"`,
      'give a file that mmcheck wrote',
    )
  }
  if (version !== VERSION) {
    throw new SpecError(
      `version is ${show(version)}, which cannot be read`,
      `this mmcheck reads version ${VERSION} of the format`,
      'replay the file with the mmcheck that wrote it, or save the counterexample again',
    )
  }
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    throw damaged(
      unknown,
      'is not a known field',
      'a saved counterexample has the fields format, version, origin, trace',
    )
  }
  return { origin: originShape(origin, 'origin'), trace: consistent(traceShape(trace, 'trace')) }
}

function parsed(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    throw new SpecError(
      `the file is not JSON: ${(thrown as Error).message}`,
      'it was cut off or edited, or it is a file of another kind',
      'give a file that mmcheck wrote',
    )
  }
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** Refuses a trace whose parts do not refer to each other as they must. */
function consistent(trace: Trace): Trace {
  const { steps } = trace
  if (trace.length !== steps.length + 1) {
    throw damaged('trace.length', `is ${trace.length}`, `${steps.length} steps make ${steps.length + 1} states`)
  }
  const processes = new Set(trace.columns.map((column) => column.process))
  steps.forEach(({ process }, at) => {
    if (!processes.has(process)) {
      throw damaged(`trace.steps[${at}].process`, `is ${show(process)}`, 'every process has an entry in trace.columns')
    }
  })
  trace.failed.forEach(({ evidence }, conjunct) => {
    evidence.forEach(({ writtenBy }, at) => {
      if (writtenBy !== null && writtenBy >= steps.length) {
        const path = `trace.failed[${conjunct}].evidence[${at}].writtenBy`
        throw damaged(path, `is ${writtenBy}`, `steps are numbered from 0 to ${steps.length - 1}`)
      }
    })
  })
  return trace
}
