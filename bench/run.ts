/**
 * `npm run bench`: mmcheck side by side with the peers that are installed, on the same state graphs. Prints ratios and
 * asserts no time; that the tools disagree on a count is the only thing that fails.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { contest, type Result } from './contest.ts'
import { machineText } from './machine.ts'
import { mmcheck, otherStyle } from './mmcheck.ts'
import { models } from './models.ts'
import { writePages } from './pages.ts'
import { peers } from './peers.ts'
import { tableText } from './table.ts'

const USAGE = `npm run bench -- [options]
  --full        the large models too, in about ten minutes
  --only NAME   models whose name contains this (repeatable): ${models.map(({ name }) => name).join(', ')}
  --runs K      runs of each tool on each model, 3 when absent
  --workers N   mmcheck with N workers as one more tool (default: 2; 1 for none)
  --write       enter the results into docs/bench.json, and put what it holds into README.md and docs/benchmarks.md
  --slow        peers that take minutes on a model, there too`

function options() {
  const number = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    options: {
      full: flag,
      slow: flag,
      help: flag,
      write: flag,
      runs: number,
      workers: number,
      only: { type: 'string', multiple: true },
    },
  })
  const count = (text: string | undefined, standard: number) => (text === undefined ? standard : Number(text))
  return { ...values, runs: count(values.runs, 3), workers: count(values.workers, 2) }
}

async function main(): Promise<number> {
  const { full, slow, help, only, runs, workers, write } = options()
  const wanted = models.filter(({ name, full: large }) =>
    only ? only.some((part) => name.includes(part)) : full || !large,
  )
  if (help || !(runs >= 1) || !(workers >= 1) || wanted.length === 0) {
    console.log(USAGE)
    return help ? 0 : 2
  }
  const present = peers.filter(({ missing }) => missing === null)
  const absent = peers.filter(({ missing }) => missing !== null)
  const ours = workers === 1 ? [mmcheck(1)] : [mmcheck(1), mmcheck(workers)]
  const results: Result[] = []
  console.log(
    `${machineText()}
runs     ${runs} each, in turn; medians; one thread unless the name says otherwise`,
  )
  const folder = mkdtempSync(join(tmpdir(), 'mmcheck-bench-'))
  try {
    for (const model of wanted) {
      const leaveOut = slow ? undefined : model.tooSlow
      const fast = present.filter(({ name }) => name !== leaveOut)
      const result = await contest(model, [...ours, ...fast, otherStyle], runs, folder, (text) =>
        process.stderr.write(`${text}\n`),
      )
      results.push(result)
      console.log(`\n${tableText(result)}`)
      if (leaveOut !== undefined) console.log(`  ${leaveOut} takes minutes and is left out without --slow`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  for (const { name, missing } of absent) console.log(`\nnot here: ${name} (${missing})`)
  if (write) writePages(results, runs)
  return 0
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})
