/** `--stats`: what explains the speed of a run, in words and as an object. */
import type { Sample } from '../engine/statistics.ts'
import type { Colours } from '../report/text.ts'
import type { Verdict } from '../verdict.ts'
import { bytes, grouped, rate, seconds } from './numbers.ts'

/** Rows of the table over time. */
const ROWS = 12

/** Some lines about where successors ended, what tables learned, and how the run went. */
export function statsLines({ outcome, statistics }: Verdict, colour: Colours): string[] {
  const { generated, rejected, lookups, learned, questions, programs, loadFactor, samples } = statistics
  const misses = Math.min(outcome.distinct, lookups)
  const outside = rejected === 0 ? '' : `, ${grouped(rejected)} outside the constraint`
  return [
    colour.bold('statistics'),
    `  successors  ${grouped(generated)}: ${grouped(generated - rejected - lookups)} seen lately, ${grouped(lookups)} looked up${outside}`,
    `  hash table  ${grouped(lookups - misses)} hits, ${grouped(misses)} misses, load factor ${loadFactor.toFixed(2)}`,
    `  tables      ${grouped(learned)} contexts learned, ${grouped(questions)} questions of the kernel, its programs written ${grouped(programs)} times`,
    ...(samples.length === 0 ? [] : overTime(samples)),
  ]
}

/** The same for scripts. */
export function statsJson({ statistics }: Verdict): object {
  const { generated, rejected, lookups, learned, questions, programs, loadFactor, samples } = statistics
  return { generated, rejected, lookups, learned, questions, programs, loadFactor, samples }
}

/** A row for each doubling of the states, the last ones where there are many. */
function overTime(samples: readonly Sample[]): string[] {
  const doublings = samples.filter(
    ({ distinct }, at) =>
      at === samples.length - 1 || Math.log2(distinct) >> 0 < Math.log2(samples[at + 1].distinct) >> 0,
  )
  const rows = doublings.slice(-ROWS).map(({ level, seconds: time, distinct, generated, bytes: used }, at, all) => {
    const before = all[at - 1] ?? { seconds: 0, distinct: 0 }
    return [
      grouped(level),
      grouped(distinct),
      grouped(generated),
      seconds(time),
      rate(distinct - before.distinct, time - before.seconds),
      bytes(used),
    ]
  })
  const table = [['level', 'states', 'generated', 'after', 'since the row above', 'memory'], ...rows]
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)))
  return table.map((row) => `  ${row.map((cell, column) => cell.padStart(widths[column])).join('  ')}`)
}
