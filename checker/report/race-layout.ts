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

/** One way to share a line. */
interface Demand {
  /** the widths that labels would like, and those that they need; the last column apart from its open texts */
  readonly wish: readonly number[]
  readonly least: readonly number[]
  /** what the texts need that may use the space of the changes behind the last column */
  readonly open: number
  /** what the changes need; 0 lets those of the last column stand below its labels */
  readonly changes: number
}

/** The ways to set these rows side by side, the most readable one first. */
function demands(headings: readonly string[], rows: readonly Row[]): Demand[] {
  const last = headings.length - 1
  // Where nothing stands beside it, a text in the last column may run on to the end of the line.
  const isOpen = (row: Row) => row.column === last && row.changes.length === 0
  const open = [headings[last], ...rows.filter(isOpen).map((row) => row.label)]
  const labels = headings.map((_, at) =>
    rows.filter((row) => row.column === at && !isOpen(row)).map((row) => row.label),
  )
  const texts = labels.map((each, at) => (at < last ? [headings[at], ...each] : each))
  const natural = texts.map((each) => Math.min(widest(each), WIDTH))
  const apart = natural.with(last, Math.min(widest([...labels[last], ...open.slice(1)]), WIDTH))
  // Up to three columns always fit, if need be with broken words; more than that only where no label must be broken.
  const cap = [0, 48, 30, 20][headings.length] ?? WIDTH
  const least = texts.map((each, at) => (headings.length > 3 ? natural[at] : Math.min(longestWord(each), cap)))
  const longest = widest(rows.flatMap((row) => row.changes))
  const together = widest(rows.map((row) => row.changes.join(', ')))
  const wrapped = Math.min(longestWord(open), cap)
  return [
    { wish: apart, least: apart, open: widest(open), changes: together },
    { wish: apart, least: apart, open: widest(open), changes: longest },
    { wish: natural, least: natural, open: widest(open), changes: together },
    { wish: natural, least: natural, open: widest(open), changes: longest },
    { wish: natural, least, open: wrapped, changes: Math.min(longest, CHANGES) },
    { wish: natural, least, open: wrapped, changes: 0 },
  ]
}

/** The width of each column, or null where the demand exceeds the line. */
function share(demand: Demand, margin: number, gap: number): number[] | null {
  const last = demand.wish.length - 1
  const behind = demand.changes === 0 ? 0 : gap + demand.changes
  const room = WIDTH - margin - gap * last - behind
  const [wish, least] = [demand.wish, demand.least].map((widths) =>
    widths.with(last, Math.max(widths[last], demand.open - behind)),
  )
  return total(least) > room ? null : shrink(wish, least, room)
}

function sideBySide(headings: readonly string[], rows: readonly Row[], margin: number): Layout | null {
  const longest = widest(rows.flatMap((row) => row.changes))
  const together = widest(rows.map((row) => row.changes.join(', ')))
  for (const demand of demands(headings, rows)) {
    for (const gap of [CLEAR, TIGHT]) {
      const widths = share(demand, margin, gap)
      if (widths === null) continue
      const columns = widths.map((width, column) => ({
        heading: headings[column],
        at: margin + total(widths.slice(0, column)) + gap * column,
        width,
      }))
      const { at, width } = columns[columns.length - 1]
      const changesAt = demand.changes === 0 ? WIDTH - Math.min(longest, WIDE) : at + width + gap
      const open = rows.filter((row) => row.column === columns.length - 1).map((row) => row.label)
      const end = Math.max(
        together === 0 ? 0 : changesAt + together,
        at + width,
        at + widest([...headings.slice(-1), ...open]),
      )
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
