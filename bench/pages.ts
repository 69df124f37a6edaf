/** Puts what was measured into the pages that show it, between markers. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Result, Score } from './contest.ts'
import { machineText } from './machine.ts'
import { root } from './mmcheck.ts'
import { models } from './models.ts'
import { tableText } from './table.ts'

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
  const head = ['', 'states', 'mmcheck', ...columns]
  const time = ({ cpuSeconds, seconds }: Score) => cpuSeconds ?? seconds
  const rows = shown.map(({ model, distinct, scores }) => {
    const own = scores[0]
    const find = (name: string) => scores.find(({ tool }) => tool === name)
    const times = (name: string) => {
      const other = find(name)
      return other === undefined ? '' : `${(time(other) / time(own)).toFixed(2)}x`
    }
    return [model.title, distinct.toLocaleString('en-US'), `${time(own).toFixed(1)} s`, ...columns.map(times)]
  })
  return [head, head.map((_, at) => (at === 0 ? '---' : '--:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

/** What is kept of a measurement until the next one of the same model. */
interface Kept extends Omit<Result, 'model'> {
  readonly name: string
  /** `2026-11-20, load 8.6` */
  readonly measured: string
}

const DATA = join(root, 'docs', 'bench.json')

/** Enters the results beside those of other models, and writes them into the pages. */
export function writePages(results: readonly Result[], runs: number): void {
  const [date, processor, load, node] = machineText()
    .split('\n')
    .map((line) => line.replace(/^\w+\s+/, ''))
  const kept = new Map((JSON.parse(readFileSync(DATA, 'utf8')) as Kept[]).map((each) => [each.name, each]))
  for (const { model, ...rest } of results) {
    kept.set(model.name, { name: model.name, measured: `${date}, load ${load.replace(' at the start', '')}`, ...rest })
  }
  const all = models.flatMap((model) => {
    const found = kept.get(model.name)
    return found === undefined ? [] : [{ ...found, model }]
  })
  writeFileSync(DATA, `${JSON.stringify([...kept.values()], null, 2)}\n`)
  const tables = all.map((each) => `${tableText(each)}\n  measured ${each.measured}`)
  const write = (page: string, body: string) => {
    const file = join(root, page)
    writeFileSync(file, replaceBetween(readFileSync(file, 'utf8'), 'bench', body))
  }
  const last = all
    .map(({ measured }) => measured)
    .sort()
    .at(-1)
    ?.split(',')[0]
  write('README.md', `${summary(all)}\n\nMeasured on ${processor}, node ${node}, ${last}.`)
  const head = `${processor}, node ${node}, ${runs} runs each, in turn; medians`
  write('docs/benchmarks.md', ['```text', head, '', tables.join('\n\n'), '```'].join('\n'))
}
