/**
 * A counterexample the way kernel developers write races in changelogs: a column for each process, a row for each step,
 * what it changed beside it, and below the table what is violated, by which values, written by whom.
 */
import type { Trace } from '../trace/trace.ts'
import { explanation } from './explanation.ts'
import { changed, heading, headline, initialHeading, initialValues, valued } from './phrases.ts'
import type { Layout, Row } from './race-layout.ts'
import { layout } from './race-layout.ts'
import type { Colours, Span } from './text.ts'
import { oneLine, PLAIN, place, tie, WIDTH, widest, width, wrap } from './text.ts'

/** The race table of a trace: lines of at most 72 characters, each ended by a newline. Without colours it is plain text. */
export function raceTable(trace: Trace, options: { colour?: Colours } = {}): string {
  const colour = options.colour ?? PLAIN
  const parts = [header(trace, colour), initially(trace, colour), table(trace, colour), explanation(trace, colour)]
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** The sentence, and flush right what distinguishes this model from its siblings. */
function header(trace: Trace, colour: Colours): string[] {
  const lines = wrap(headline(trace), WIDTH)
  const variant = wrap(oneLine(trace.variant), WIDTH)
  const at = WIDTH - widest(variant)
  const last = lines[lines.length - 1]
  const beside = variant.length === 1 && width(last) + 2 <= at
  const bold = (line: string): Span => ({ at: 0, text: line, paint: colour.bold })
  return [
    ...lines.slice(0, -1).map((line) => place([bold(line)])),
    place([bold(last), { at, text: beside ? variant[0] : '' }]),
    ...(beside ? [] : variant.map((text) => place([{ at, text }]))),
  ].filter((line) => line !== '')
}

function initially(trace: Trace, colour: Colours): string[] {
  const values = initialValues(trace).map((each) => tie(valued(each)))
  if (values.length === 0) return []
  return wrap(`${initialHeading(trace)}: ${values.join(', ')}`, WIDTH, 2).map(colour.dim)
}

function table(trace: Trace, colour: Colours): string[] {
  if (trace.steps.length === 0) return loopLines(trace, 0, colour)
  const rows = trace.steps.map(({ process, label, note, changes }) => ({
    column: trace.columns.findIndex((column) => column.process === process),
    label: oneLine(label),
    changes: [...(note === '' ? [] : [oneLine(note)]), ...changes.map(changed)],
  }))
  const headings = trace.columns.map((column) => heading(trace, column))
  const digits = String(rows.length).length
  const form = layout(headings, rows, digits + 2)
  // The steps that wrote the values which decided the verdict stand out.
  const decisive = new Set(trace.failed.flatMap((each) => each.evidence.map((evidence) => evidence.writtenBy)))
  return [
    ...headingLines(form, colour),
    ...rows.flatMap((row, at) => {
      const before = trace.loop === at ? loopLines(trace, at, colour) : []
      const number = { at: 0, text: String(at + 1).padStart(digits), paint: colour.dim }
      // Listed, a process is named where it takes over, so that the context switches can be seen.
      const name = form.kind === 'listed' && rows[at - 1]?.column !== row.column ? headings[row.column] : ''
      return [...before, ...rowLines(form, row, name, number, decisive.has(at) ? colour.bold : (text) => text, colour)]
    }),
    ...loopLines(trace, trace.steps.length, colour),
  ]
}

/** What a behaviour without end does from a point of the table on: the line that marks the place. */
function loopLines({ loop, steps }: Trace, at: number, colour: Colours): string[] {
  if (loop === null) return []
  const rule = (text: string) => [colour.dim(`-- ${text} ${'-'.repeat(Math.max(2, WIDTH - text.length - 4))}`)]
  if (loop === at) return at === steps.length ? rule('for ever: nothing happens any more') : rule('for ever:')
  return at === steps.length ? rule(`back to step ${loop + 1}`) : []
}

/** The headings, standing on their underlines. The last column owns the space of the changes, too. */
function headingLines({ columns, end }: Layout, colour: Colours): string[] {
  const widthOf = (column: number) => (column === columns.length - 1 ? end - columns[column].at : columns[column].width)
  const wrapped = columns.map((column, at) => wrap(column.heading, widthOf(at)))
  const height = Math.max(...wrapped.map((lines) => lines.length))
  const lines = Array.from({ length: height }, (_, line) =>
    place(
      columns.map(({ at }, column) => {
        const text = wrapped[column][line - height + wrapped[column].length] ?? ''
        return { at, text, paint: colour.bold }
      }),
    ),
  )
  const rules = columns.map(({ at }, column) => ({ at, text: '-'.repeat(widthOf(column)), paint: colour.dim }))
  return [...lines, place(rules)]
}

function rowLines(
  form: Layout,
  row: Row,
  name: string,
  number: Span,
  paint: (text: string) => string,
  colour: Colours,
): string[] {
  const column = form.kind === 'listed' ? 1 : row.column
  const own = form.columns[column]
  const toTheEnd = row.changes.length === 0 && (form.kind === 'listed' || column === form.columns.length - 1)
  const limit = toTheEnd ? form.end - own.at : own.width
  const names = wrap(name, form.columns[0].width)
  const labels = wrap(row.label, limit, limit > 12 ? 2 : 0)
  const changes = changeLines(row.changes, form.changesAt, own.at)
  const collides = (label: string, change?: Span) => change !== undefined && own.at + width(label) + 2 > change.at
  // Beside the label from the first line on that leaves room, below it where none does.
  let skip = 0
  while (labels.slice(skip).some((label, at) => collides(label, changes[at]))) skip++
  const height = Math.max(names.length, labels.length, skip + changes.length)
  return Array.from({ length: height }, (_, line) =>
    place([
      line === 0 ? number : { at: 0, text: '' },
      { at: form.columns[0].at, text: names[line] ?? '', paint: colour.bold },
      { at: own.at, text: labels[line] ?? '', paint },
      { ...(changes[line - skip] ?? { at: 0, text: '' }), paint: colour.cyan },
    ]),
  )
}

/** Changes in their own column, as many on a line as fit; one that is too long for it has lines from further left on. */
function changeLines(changes: readonly string[], changesAt: number, labelAt: number): Span[] {
  const lines: { at: number; text: string }[] = []
  for (const change of changes) {
    const line = lines[lines.length - 1]
    if (changesAt + width(change) > WIDTH) {
      const at = Math.max(WIDTH - width(change), Math.min(labelAt + 4, WIDTH - 36))
      for (const text of wrap(change, WIDTH - at, 2)) lines.push({ at, text })
    } else if (line?.at === changesAt && changesAt + width(`${line.text}, ${change}`) <= WIDTH) {
      line.text += `, ${change}`
    } else lines.push({ at: changesAt, text: change })
  }
  return lines
}
