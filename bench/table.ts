/** Results as one plain-text table. */
import type { Result, Score } from './contest.ts'

const HEAD = ['', 'process s', 'ratio', 'search s', 'ratio', 'M distinct/s', 'M generated/s', 'peak MB', 'B/state']

/** The table of all results. Ratios are times divided by those of the first tool: 2.00 took twice as long. */
export function tableText(results: readonly Result[]): string {
  const blocks = results.map((result) => ({ title: titleOf(result), rows: result.scores.map((s) => cells(s, result)) }))
  const rows = blocks.flatMap((block) => block.rows)
  const widths = HEAD.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at].length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[at])))
      .join('  ')
      .trimEnd()
  return blocks
    .map(({ title, rows }) => [title, ...[HEAD, ...rows].map((row) => `  ${line(row)}`)].join('\n'))
    .join('\n\n')
}

const titleOf = ({ model, distinct, generated }: Result): string =>
  `${model.title} (${model.name}): ${grouped(distinct)} distinct, ${grouped(generated)} generated`

function cells({ tool, seconds, searchSeconds, peak }: Score, { scores, distinct, generated }: Result): string[] {
  const [first] = scores
  const searched = searchSeconds ?? seconds
  const ratio = (own: number | null, other: number | null) => (own && other ? (own / other).toFixed(2) : '')
  return [
    tool,
    seconds.toFixed(2),
    ratio(seconds, first.seconds),
    searchSeconds?.toFixed(2) ?? '',
    ratio(searchSeconds, first.searchSeconds),
    searched > 0 ? (distinct / searched / 1e6).toFixed(2) : '',
    searched > 0 ? (generated / searched / 1e6).toFixed(1) : '',
    peak === null ? '' : (peak / 1e6).toFixed(0),
    peak === null ? '' : (peak / distinct).toFixed(0),
  ]
}

/** `1,745,408`. */
const grouped = (count: number): string => count.toLocaleString('en-US')
