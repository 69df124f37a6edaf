/**
 * `npm run growth`: how time and memory grow with the number of states. Measures two-phase commit of growing size, one
 * process each, keeps the figures in docs/growth.json, and draws docs/growth-*.svg from them. With --draw it only draws;
 * with --from FILE a finished run (the output of `check --json --stats`) is taken over instead of being repeated.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Sample } from '../checker/engine/statistics.ts'
import { machineText } from './machine.ts'
import { measure } from './measure.ts'
import { checkCommand, root } from './mmcheck.ts'
import { replaceBetween } from './pages.ts'
import { plot } from './plot.ts'

const TARGET = 'examples/two-phase.ts'
const DATA = join(root, 'docs', 'growth.json')
const STANDARD_SIZES = [6, 7, 8, 9, 10]
/** Below this many states nothing is said: the start of the process is all that could be seen. */
const FROM_STATES = 10_000
/** Points of a curve are at least this factor apart. */
const APART = 1.1

interface Run {
  readonly size: number
  readonly workers: number
  readonly machine: string
  readonly distinct: number
  readonly generated: number
  readonly seconds: number
  /** of the whole process */
  readonly cpuSeconds: number | null
  readonly peak: number | null
  readonly samples: readonly Sample[]
}

function runOf(output: string, size: number, cpuSeconds: number | null, peak: number | null): Run {
  const { complete, distinct, generated, seconds, workers, statistics } = JSON.parse(output)
  if (!complete) throw new Error(`two-phase commit with ${size} resource managers was not explored to the end`)
  const samples = thinned((statistics.samples as Sample[]).filter((sample) => sample.distinct >= FROM_STATES))
  return { size, workers, machine: machineText(), distinct, generated, seconds, cpuSeconds, peak, samples }
}

/** The samples that a curve shows, and the last one. */
function thinned(samples: readonly Sample[]): Sample[] {
  const kept: Sample[] = []
  samples.forEach((sample, at) => {
    const far = sample.distinct >= APART * (kept.at(-1)?.distinct ?? 0)
    if (far || at === samples.length - 1)
      kept.push({
        ...sample,
        seconds: Number(sample.seconds.toFixed(3)),
        cpuSeconds: Number(sample.cpuSeconds?.toFixed(3)),
      })
  })
  return kept
}

/** CPU time over states, up to the end of the process. */
function timesOf({ samples, distinct, cpuSeconds }: Run): (readonly [number, number])[] {
  const end = cpuSeconds === null ? [] : [[distinct, cpuSeconds] as const]
  const before = samples.filter((sample) => sample.distinct < distinct && sample.cpuSeconds !== undefined)
  return [...before.map((sample) => [sample.distinct, sample.cpuSeconds] as const), ...end]
}

function draw(runs: readonly Run[]): void {
  const name = ({ size, workers }: Run) => `${size} resource managers${workers > 1 ? `, ${workers} workers` : ''}`
  const largest = runs.slice(-4)
  const pictures = {
    'growth-time': {
      title: 'Two-phase commit: states found after so many seconds of CPU time',
      x: 'states',
      y: 'CPU seconds',
      series: largest.map((run) => ({
        name: name(run),
        points: timesOf(run),
      })),
    },
    'growth-memory': {
      title: 'Two-phase commit: states and hash table, in megabytes',
      x: 'states',
      y: 'megabytes',
      series: largest.map((run) => ({
        name: name(run),
        points: run.samples.map(({ distinct, bytes }) => [distinct, bytes / 1e6] as const),
      })),
    },
  }
  for (const [file, picture] of Object.entries(pictures))
    writeFileSync(join(root, 'docs', `${file}.svg`), plot(picture))
}

/** The runs as a table for the page. */
function tableOf(runs: readonly Run[]): string {
  const rows = runs.map(({ size, workers, distinct, generated, seconds, cpuSeconds, peak, samples }) => [
    `${size}`,
    `${workers}`,
    distinct.toLocaleString('en-US'),
    generated.toLocaleString('en-US'),
    seconds.toFixed(1),
    cpuSeconds?.toFixed(1) ?? '',
    cpuSeconds === null ? '' : (generated / cpuSeconds / 1e6).toFixed(0),
    `${((samples[samples.length - 1]?.bytes ?? 0) / distinct).toFixed(1)}`,
    peak === null ? '' : (peak / 1e6).toFixed(0),
  ])
  const head = [
    'RMs',
    'workers',
    'states',
    'generated',
    'search s',
    'CPU s',
    'M generated / CPU s',
    'B/state',
    'peak MB',
  ]
  return [head, head.map(() => '--:'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

const known = (): Run[] => {
  try {
    return JSON.parse(readFileSync(DATA, 'utf8')) as Run[]
  } catch {
    return []
  }
}

const { values } = parseArgs({
  options: {
    draw: { type: 'boolean', default: false },
    size: { type: 'string', multiple: true },
    workers: { type: 'string', default: '1' },
    from: { type: 'string' },
    cpu: { type: 'string' },
    peak: { type: 'string' },
  },
})
const runs = new Map(known().map((run) => [`${run.size} ${run.workers}`, run]))
const keep = (run: Run) => runs.set(`${run.size} ${run.workers}`, run)
const sizes = values.size?.map(Number) ?? STANDARD_SIZES
if (values.from !== undefined) {
  const given = (text: string | undefined) => (text === undefined ? null : Number(text))
  keep(runOf(readFileSync(values.from, 'utf8'), sizes[0], given(values.cpu), given(values.peak)))
} else if (!values.draw) {
  for (const size of sizes) {
    process.stderr.write(`two-phase commit, ${size} resource managers\n`)
    const run = await measure(checkCommand(TARGET, { RMs: size }, '--stats', '--workers', values.workers))
    keep(runOf(run.output, size, run.cpuSeconds, run.peak))
  }
}
const all = [...runs.values()].sort((a, b) => a.size - b.size || a.workers - b.workers)
writeFileSync(DATA, `${JSON.stringify(all, null, 2)}\n`)
draw(all)
const page = join(root, 'docs', 'growth.md')
writeFileSync(page, replaceBetween(readFileSync(page, 'utf8'), 'growth', tableOf(all)))
console.log(tableOf(all))
