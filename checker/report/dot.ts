/** Counterexamples and state graphs as Graphviz DOT. The text depends on the data alone. */
import type { Trace } from '../trace/trace.ts'
import { html, lines, quoted } from './dot-text.ts'
import { BAD, GOOD, ink, QUIET } from './palette.ts'
import { changed, ENDINGS, heading, headline, initialHeading, initialValues, valued } from './phrases.ts'
import type { StateGraph } from './state-graph.ts'
import { oneLine } from './text.ts'

// Graphviz knows the widths of its letters without any font being installed, and hardly any font is wider: whatever font
// a viewer puts in its place, labels fit their boxes.
const FONT = 'Verdana'

/** A counterexample from top to bottom: states are nodes, steps are edges in the colour of their process. */
export function traceDot(trace: Trace): string {
  const ending = trace.kind === 'witness' ? GOOD : BAD
  const last = trace.steps.length
  const columnOf = trace.steps.map((step) => trace.columns.findIndex((column) => column.process === step.process))
  return document('trace', [
    `graph [fontname="${FONT}" fontsize=13 labelloc=t labeljust=l bgcolor=white pad=0.2 ranksep=0.25 nodesep=0.5];`,
    `graph [label=<${title(trace)}>];`,
    `node [fontname="${FONT}" fontsize=11 color="${QUIET.line}" penwidth=1.2];`,
    `edge [fontname="${FONT}" fontsize=11 penwidth=2 arrowsize=0.8];`,
    ...(last === 0
      ? []
      : [`s0 [shape=box style="rounded,filled" fillcolor="${QUIET.fill}" label=<${start(trace)}>];`, ...legend(trace)]),
    ...trace.steps.slice(1).map((_, at) => `s${at + 1} [shape=circle width=0.32 fixedsize=true label="${at + 1}"];`),
    `s${last} [shape=box peripheries=2 style=filled fillcolor="${ending.fill}" color="${ending.line}" label=<${end(trace)}>];`,
    ...trace.steps.map(
      (_, at) => `s${at} -> s${at + 1} [color="${ink(columnOf[at]).colour}" label=<${step(trace, at, columnOf[at])}>];`,
    ),
    // The part of a behaviour that is repeated for ever, closed by an arrow back to where it begins.
    ...(trace.loop === null
      ? []
      : [`s${last} -> s${trace.loop} [color="${ending.line}" style=dashed constraint=false label=" for ever "];`]),
  ])
}

/** A state graph or quotient. An arrow from a dot leads to initial nodes; final ones have a double border. */
export function graphDot(graph: StateGraph, title: string): string {
  return document('states', [
    `graph [fontname="${FONT}" fontsize=13 labelloc=t bgcolor=white pad=0.2 label=${quoted(title)}];`,
    `node [fontname="${FONT}" fontsize=11 shape=box style="rounded,filled" fillcolor="${QUIET.fill}" color="${QUIET.line}"];`,
    `edge [fontname="${FONT}" fontsize=10 color="${QUIET.line}" fontcolor="${QUIET.text}" arrowsize=0.7];`,
    ...graph.nodes.flatMap(({ id, text, initial, final, count }) => [
      `n${id} [label=${quoted(count === 1 ? text : `${text}\n(${count} states)`)}${
        final ? ` peripheries=2 fillcolor="${GOOD.fill}"` : ''
      }];`,
      ...(initial
        ? [`start${id} [shape=point width=0.12 fillcolor="${QUIET.line}" label=""];`, `start${id} -> n${id};`]
        : []),
    ]),
    // The blanks keep a label clear of its edge and of its neighbours.
    ...graph.edges.map(({ from, to, labels }) =>
      labels.length === 0 ? `n${from} -> n${to};` : `n${from} -> n${to} [label=${quoted(labels.join('\n'), ' ')}];`,
    ),
  ])
}

const document = (name: string, statements: readonly string[]) =>
  `digraph ${name} {\n${statements.map((statement) => `  ${statement}\n`).join('')}}\n`

const table = (rows: readonly string[], spacing = 0) =>
  `<table border="0" cellborder="0" cellspacing="${spacing}" cellpadding="2">${rows.join('')}</table>`
const cell = (content: string) => `<td align="left" balign="left">${content}</td>`
const row = (...contents: readonly string[]) => `<tr>${contents.map(cell).join('')}</tr>`
const bold = (content: string) => (content === '' ? '' : `<b>${content}</b>`)
const grey = (content: string) => (content === '' ? '' : `<font color="${QUIET.text}">${content}</font>`)

/** The name of a process on its colour. */
function chip(column: number, name: string): string {
  const { colour, on } = ink(column)
  return `<td align="left" cellpadding="4" bgcolor="${colour}"><font color="${on}">${html(name)}</font></td>`
}

function title(trace: Trace): string {
  const variant = oneLine(trace.variant) === '' ? [] : [row(grey(lines(trace.variant, 60)))]
  return table([row(bold(lines(headline(trace), 60))), ...variant, '<tr><td height="6"></td></tr>'])
}

/** Beside the initial state, where nothing else is. */
function legend(trace: Trace): string[] {
  const rows = trace.columns.map((column, at) => `<tr>${chip(at, heading(trace, column))}</tr>`)
  return [
    `legend [shape=plain label=<${table(rows, 3)}>];`,
    '{ rank=same; s0; legend; }',
    's0 -> legend [style=invis];',
  ]
}

function start(trace: Trace): string {
  return table([
    row(bold(html(initialHeading(trace)))),
    ...initialValues(trace).map((each) => row(lines(valued(each), 40))),
  ])
}

function end(trace: Trace): string {
  const evidence = new Set(trace.failed.flatMap((conjunct) => conjunct.evidence.map(valued)))
  return table([row(bold(ENDINGS[trace.kind])), ...[...evidence].map((each) => row(lines(each, 40)))])
}

function step(trace: Trace, at: number, column: number): string {
  const { process, label, note, changes } = trace.steps[at]
  const name = oneLine(process) || heading(trace, trace.columns[column])
  return table([
    `<tr><td> </td>${chip(column, name)}<td></td>${cell(bold(lines(label, 48)))}</tr>`,
    ...[...(note === '' ? [] : [note]), ...changes.map(changed)].map((text) => row('', '', '', grey(lines(text, 50)))),
  ])
}
