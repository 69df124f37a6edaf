/** Puts what was measured into the pages that show it, between markers. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Result, Score } from './contest.ts'
import { machineText } from './machine.ts'
import { root } from './mmcheck.ts'

/** Replaces what stands between the markers `<!-- NAME -->` and `<!-- /NAME -->`. */
export function replaceBetween(text: string, name: string, body: string): string {
  const [before, rest] = text.split(`<!-- ${name} -->\n`)
  const after = rest?.split(`<!-- /${name} -->`)[1]
  if (after === undefined) throw new Error(`there are no markers <!-- ${name} --> and <!-- /${name} -->`)
  return `${before}<!-- ${name} -->\n${body}\n<!-- /${name} -->${after}`
}

const COLUMNS = ['C, prefetching', 'C, plain', 'SPIN', 'Rumur', 'TLC']

/** CPU time of mmcheck, and how many times as much the others take. */
export function summary(results: readonly Result[]): string {
  const shown = results.filter(({ scores }) => scores.some(({ tool }) => COLUMNS.includes(tool)))
  const columns = COLUMNS.filter((name) => shown.some(({ scores }) => scores.some(({ tool }) => tool === name)))
  const two = shown.flatMap(({ scores }) => scores.filter(({ tool }) => / workers$/.test(tool))).at(0)?.tool
  const head = ['', 'states', 'mmcheck', ...(two === undefined ? [] : [two.replace('mmcheck, ', '')]), ...columns]
  const time = ({ cpuSeconds, seconds }: Score) => cpuSeconds ?? seconds
  const rows = shown.map(({ model, distinct, scores }) => {
    const own = scores[0]
    const find = (name: string) => scores.find(({ tool }) => tool === name)
    const times = (name: string) => {
      const other = find(name)
      return other === undefined ? '' : `${(time(other) / time(own)).toFixed(2)}x`
    }
    const crew = two === undefined ? undefined : find(two)
    return [
      model.title,
      distinct.toLocaleString('en-US'),
      `${time(own).toFixed(1)} s`,
      ...(two === undefined ? [] : [crew === undefined ? '' : `${(crew.seconds / own.seconds).toFixed(2)}x`]),
      ...columns.map(times),
    ]
  })
  return [head, head.map((_, at) => (at === 0 ? '---' : '--:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

/** Writes the summary into the README and the tables into the page about benchmarks. */
export function writePages(results: readonly Result[], report: string): void {
  const write = (page: string, name: string, body: string) => {
    const file = join(root, page)
    writeFileSync(file, replaceBetween(readFileSync(file, 'utf8'), name, body))
  }
  const machine = machineText()
    .split('\n')
    .map((line) => line.replace(/^\w+\s+/, ''))
  const [date, processor, load, node] = machine
  write('README.md', 'bench', `${summary(results)}\n\nMeasured ${date} on ${processor}, node ${node}, load ${load}.`)
  write('docs/benchmarks.md', 'bench', `\`\`\`text\n${report}\n\`\`\``)
}
