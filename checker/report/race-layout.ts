/** Where the columns of a race table stand: processes side by side while 72 characters suffice, else one below the other. */
import { WIDTH, widest } from './text.ts'

/** One step, ready to be set. */
export interface Row {
  /** index of the process's column */
  readonly column: number
  readonly label: string
  readonly changes: readonly string[]
}

export interface Column {
  readonly heading: string
  readonly at: number
  readonly width: number
}

export interface Layout {
  /** `side by side`: a column for each process; `listed`: the columns are process, step and changes */
  readonly kind: 'side by side' | 'listed'
  readonly columns: readonly Column[]
  /** where the changes start that fit there */
  readonly changesAt: number
  /** where the table ends */
  readonly end: number
}

/** The least gap between two columns, and the one that separates them well. */
const TIGHT = 2
const CLEAR = 4
/** Columns of labels become narrower so that changes of this width have their place beside them, not for wider ones. */
const CHANGES = 24
/** A change that is wider stands further left than the others. */
const WIDE = 32

const total = (widths: readonly number[]) => widths.reduce((sum, each) => sum + each, 0)
const longestWord = (texts: readonly string[]) => widest(texts.flatMap((text) => text.split(' ')))

/** Takes from the widest column first until all fit into the budget; none becomes smaller than its least width. */
function shrink(natural: readonly number[], least: readonly number[], budget: number): number[] {
  const widths = [...natural]
  while (total(widths) > budget) {
    const able = widths.map((each, at) => (each > least[at] ? each : 0))
    widths[able.indexOf(Math.max(...able))]--
  }
  return widths
}

function sideBySide(headings: readonly string[], rows: readonly Row[], margin: number): Layout | null {
  const last = headings.length - 1
  const labelsOf = (column: number) => rows.filter((row) => row.column === column).map((row) => row.label)
  // In the last column a label without changes may use the space of the changes, as the heading does.
  const open = [
    headings[last],
    ...rows.filter((row) => row.column === last && row.changes.length === 0).map((row) => row.label),
  ]
  const competing = headings.map((heading, at) =>
    at < last
      ? [heading, ...labelsOf(at)]
      : rows.filter((row) => row.column === last && row.changes.length > 0).map((row) => row.label),
  )
  // Up to three columns always fit, if need be with broken words; more than that only where no label must be broken.
  const cap = [0, 48, 30, 20][headings.length] ?? WIDTH
  const natural = competing.map((texts) => Math.min(widest(texts), WIDTH))
  const apart = natural.with(last, Math.min(widest(labelsOf(last)), WIDTH))
  const least = competing.map((texts, at) => (headings.length > 3 ? natural[at] : Math.min(longestWord(texts), cap)))
  const longest = widest(rows.flatMap((row) => row.changes))
  const together = widest(rows.map((row) => row.changes.join(', ')))
  const broken = Math.min(longestWord(open), cap)
  const attempts = [
    { wish: apart, least: apart, open: widest(open), changes: together },
    { wish: apart, least: apart, open: widest(open), changes: longest },
    { wish: natural, least: natural, open: widest(open), changes: together },
    { wish: natural, least: natural, open: widest(open), changes: longest },
    { wish: natural, least, open: broken, changes: Math.min(longest, CHANGES) },
    // Here the changes of the last column go below its labels.
    { wish: natural, least, open: broken, changes: 0 },
  ]
  for (const attempt of attempts) {
    for (const gap of [CLEAR, TIGHT]) {
      const behind = attempt.changes === 0 ? 0 : gap + attempt.changes
      const room = WIDTH - margin - gap * last - behind
      const withOpen = (widths: readonly number[]) => widths.with(last, Math.max(widths[last], attempt.open - behind))
      if (total(withOpen(attempt.least)) > room) continue
      let at = margin
      const columns = shrink(withOpen(attempt.wish), withOpen(attempt.least), room).map((each, column) => {
        const placed = { heading: headings[column], at, width: each }
        at += each + gap
        return placed
      })
      const changesAt = attempt.changes === 0 ? WIDTH - Math.min(longest, WIDE) : at
      const end = Math.max(together === 0 ? 0 : changesAt + together, columns[last].at + widest(open), at - gap)
      return { kind: 'side by side', columns, changesAt, end: Math.min(WIDTH, end) }
    }
  }
  return null
}

function listed(headings: readonly string[], rows: readonly Row[], margin: number): Layout {
  const labels = ['step', ...rows.map((row) => row.label)]
  const names = Math.min(widest(['process', ...headings]), 16)
  const at = margin + names + TIGHT
  const changes = Math.min(widest(['changes', ...rows.flatMap((row) => row.changes)]), CHANGES)
  const room = WIDTH - at - TIGHT - changes
  const label = Math.max(Math.min(longestWord(labels), 28), Math.min(widest(labels), room))
  const changesAt = at + label + TIGHT
  const columns = [
    { heading: 'process', at: margin, width: names },
    { heading: 'step', at, width: label },
    { heading: 'changes', at: changesAt, width: WIDTH - changesAt },
  ]
  return { kind: 'listed', columns, changesAt, end: WIDTH }
}

/** Chooses the layout for these rows; the first `margin` characters of each line stay free. */
export function layout(headings: readonly string[], rows: readonly Row[], margin: number): Layout {
  return sideBySide(headings, rows, margin) ?? listed(headings, rows, margin)
}
