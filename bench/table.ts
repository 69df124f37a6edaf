/** Results as plain text. */
import type { Result, Score } from './contest.ts'

const HEAD = [
  '',
  'process s',
  'ratio',
  'CPU s',
  'ratio',
  'search s',
  'ratio',
  'M distinct/s',
  'M generated/s',
  'peak MB',
  'B/state',
  'of it states',
]
/** The least width of each column, so that the tables of all models look alike. */
const WIDTHS = [18, 9, 5, 6, 5, 8, 5, 12, 13, 7, 7, 12]

/** The table of a model. Ratios are times divided by those of the first tool: 2.00 took twice as long. */
export function tableText(result: Result): string {
  const rows = [HEAD, ...result.scores.map((score) => cells(score, result))]
  const widths = HEAD.map((_, at) => Math.max(WIDTHS[at], ...rows.map((row) => row[at].length)))
  const line = (row: readonly string[]) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[at]))).join('  ')
  return [titleOf(result), ...rows.map((row) => `  ${line(row).trimEnd()}`)].join('\n')
}

const titleOf = ({ model, distinct, generated }: Result): string =>
  `${model.title} (${model.name}): ${grouped(distinct)} distinct, ${grouped(generated)} generated`

function cells(
  { tool, seconds, cpuSeconds, searchSeconds, peak, stateBytes }: Score,
  { scores, distinct, generated }: Result,
): string[] {
  const [first] = scores
  const searched = searchSeconds ?? seconds
  const ratio = (own: number | null, other: number | null) => (own && other ? (own / other).toFixed(2) : '')
  return [
    tool,
    seconds.toFixed(2),
    ratio(seconds, first.seconds),
    cpuSeconds?.toFixed(2) ?? '',
    ratio(cpuSeconds, first.cpuSeconds),
    searchSeconds?.toFixed(2) ?? '',
    ratio(searchSeconds, first.searchSeconds),
    searched > 0 ? (distinct / searched / 1e6).toFixed(2) : '',
    searched > 0 ? (generated / searched / 1e6).toFixed(1) : '',
    peak === null ? '' : (peak / 1e6).toFixed(0),
    peak === null ? '' : (peak / distinct).toFixed(0),
    stateBytes?.toFixed(0) ?? '',
  ]
}

/** `1,745,408`. */
const grouped = (count: number): string => count.toLocaleString('en-US')
