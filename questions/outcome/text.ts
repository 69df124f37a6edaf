/** Answers as people read them: the call, what it returns, and a line for each page. */

import { WIDTH } from '../../checker/report/text.ts'
import { callName, policyName, readsAs } from '../../spec/mbind/call.ts'
import type { Settings } from '../../spec/switches/index.ts'
import type { Outcome } from './answer.ts'
import type { Situation } from './read.ts'

const GAP = '  '

/** The answer to a question, in lines of at most 72 columns. */
export function outcomeText(situation: Situation, outcomes: readonly Outcome[], settings: Settings): string {
  const many = outcomes.length > 1
  const parts = outcomes.map((outcome, at) =>
    [many ? `outcome ${at + 1} of ${outcomes.length}: returns ${outcome.ret}` : `returns ${outcome.ret}`, '']
      .concat(pageTable(situation, outcome, settings))
      .join('\n'),
  )
  return `${[`mbind: ${callName(situation.call)}`, ...parts].join('\n\n')}\n`
}

function pageTable({ pages, vmas }: Situation, { policy, node }: Outcome, settings: Settings): string[] {
  const rows = pages.map(({ state, node: before }, page) => {
    const vma = vmas.find(({ off, n }) => off <= page && page < off + n)
    if (vma === undefined) return [String(page), 'hole', '', '', '']
    return [
      String(page),
      vma.kind,
      state,
      changed(
        before === null || node[page] === null ? '-' : String(before),
        node[page] === null ? '-' : String(node[page]),
      ),
      changed(policyName(readsAs(vma.policy, settings)), policyName(policy[page])),
    ]
  })
  return columns([['page', 'mapping', 'state', 'node', 'policy'], ...rows])
}

const changed = (before: string, after: string): string => (before === after ? before : `${before} -> ${after}`)

/** The cells below each other. The last one of a row, where the line would be too long, is continued before its arrow. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const start = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0)
  const pieces = (text: string) => (start + text.length > WIDTH ? text.split(/ (?=->)/) : [text])
  widths[widths.length - 1] = Math.max(
    ...rows.flatMap((row) => pieces(row[row.length - 1])).map(({ length }) => length),
  )
  const line = (row: readonly string[]): string[] => {
    const [first, ...more] = pieces(row[row.length - 1])
    const cells = [...row.slice(0, -1).map((cell, column) => cell.padEnd(widths[column])), first]
    return [cells.join(GAP).trimEnd(), ...more.map((piece) => ' '.repeat(start) + piece)]
  }
  return [...line(rows[0]), ...line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).flatMap(line)]
}
