/**
 * A table that fits. Where its columns have no room beside each other, headings become narrower, then cells shorter; and
 * what has no room even so stands in tables below, each with the first column, which says what the rows are.
 */
import { type Paint, place, type Span, widest, wrap } from './text.ts'

export interface Cell {
  readonly text: string
  /** the same in fewer characters, where there are any */
  readonly short?: string
  readonly paint?: Paint
}

export interface Column {
  readonly heading: string
  readonly cells: readonly Cell[]
  readonly right?: boolean
}

interface TableStyle {
  /** the most characters that a line may have; a first column and one more have as many as they need */
  readonly limit: number
  readonly heading: Paint
  readonly rule: Paint
}

const GAP = 2

/** How a table may be made narrower, the widest first. A heading longer than `most`, its cells and its words is wrapped. */
const WAYS = [
  { most: 12, short: false },
  { most: 10, short: false },
  { most: 12, short: true },
  { most: 10, short: true },
]
type Way = (typeof WAYS)[number]

interface Laid {
  readonly heading: readonly string[]
  readonly width: number
  readonly cells: readonly Cell[]
  readonly right: boolean
}

/** The lines of the table; an empty line stands between the parts of one that has been divided. */
export function stackedTable(first: Column, rest: readonly Column[], style: TableStyle): string[] {
  const key = lay(first, WAYS[0])
  const parts = WAYS.map((way) => divided(key, rest, way, style.limit)).reduce((best, each) =>
    each.length < best.length ? each : best,
  )
  return parts.flatMap((columns, at) => [...(at > 0 ? [''] : []), ...linesOf([key, ...columns], style)])
}

function lay({ heading, cells, right = false }: Column, { most, short }: Way): Laid {
  const shown = short ? cells.map((cell) => ({ ...cell, text: cell.short ?? cell.text })) : cells
  const content = widest(shown.map(({ text }) => text))
  const wrapped = wrap(heading, Math.max(most, content, widest(heading.split(/(?<=-)/))))
  return { heading: wrapped, width: Math.max(widest(wrapped), content), cells: shown, right }
}

/** The columns in their order, as many of them together as fit behind the first one. */
function divided(key: Laid, rest: readonly Column[], way: Way, limit: number): Laid[][] {
  const parts: Laid[][] = [[]]
  let end = key.width
  for (const column of rest.map((each) => lay(each, way))) {
    const last = parts[parts.length - 1]
    if (last.length > 0 && end + GAP + column.width > limit) {
      parts.push([column])
      end = key.width + GAP + column.width
    } else {
      last.push(column)
      end += GAP + column.width
    }
  }
  return parts
}

function linesOf(columns: readonly Laid[], { heading, rule }: TableStyle): string[] {
  const starts = columns.map((_, at) => columns.slice(0, at).reduce((sum, { width }) => sum + width + GAP, 0))
  const line = (cells: readonly Cell[]): string =>
    place(
      cells.map(({ text, paint }, at): Span => {
        const shift = columns[at].right ? columns[at].width - text.length : 0
        return { at: starts[at] + shift, text, ...(paint && { paint }) }
      }),
    )
  const height = Math.max(...columns.map((column) => column.heading.length))
  return [
    ...Array.from({ length: height }, (_, at) =>
      line(
        columns.map((column) => ({ text: column.heading[at - height + column.heading.length] ?? '', paint: heading })),
      ),
    ),
    line(columns.map(({ width }) => ({ text: '-'.repeat(width), paint: rule }))),
    ...columns[0].cells.map((_, row) => line(columns.map(({ cells }) => cells[row]))),
  ]
}
