/** One model, all tools: alternating runs, counts compared before times are. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, measure, median } from './measure.ts'
import type { BenchModel } from './models.ts'
import type { Report, Tool } from './tool.ts'

/** What the runs of one tool on one model came to. */
export interface Score {
  readonly tool: string
  /** medians */
  readonly seconds: number
  readonly searchSeconds: number | null
  readonly peak: number | null
}

export interface Result {
  readonly model: BenchModel
  readonly distinct: number
  readonly generated: number
  /** the first is the one that the others are compared with */
  readonly scores: readonly Score[]
}

interface Entrant {
  readonly tool: Tool
  readonly command: Command
  readonly seconds: number[]
  readonly searchSeconds: number[]
  readonly peaks: number[]
}

/** Runs every tool `runs` times in turn. Throws as soon as two of them do not count the same. */
export async function contest(
  model: BenchModel,
  tools: readonly Tool[],
  runs: number,
  folder: string,
  tell: (message: string) => void,
): Promise<Result> {
  const entrants: Entrant[] = []
  for (const [at, tool] of tools.entries()) {
    const own = join(folder, `${model.name}-${at}`)
    mkdirSync(own)
    tell(`${model.name}: preparing ${tool.name}`)
    const command = await tool.prepare(model, own)
    if (command !== null) entrants.push({ tool, command, seconds: [], searchSeconds: [], peaks: [] })
  }
  let counts: (Report & { tool: string }) | null = null
  for (let turn = 0; turn < runs; turn++) {
    for (const { tool, command, seconds, searchSeconds, peaks } of entrants) {
      tell(`${model.name}: ${tool.name}, run ${turn + 1} of ${runs}`)
      const run = await measure(command)
      const report = tool.read(run.output)
      counts ??= { ...report, tool: tool.name }
      for (const key of ['distinct', 'generated'] as const) {
        if (report[key] === counts[key]) continue
        throw new Error(
          `${model.title}: ${counts.tool} counts ${counts[key]} ${key} states, ${tool.name} ${report[key]}`,
        )
      }
      seconds.push(run.seconds)
      if (report.searchSeconds !== null) searchSeconds.push(report.searchSeconds)
      if (run.peak !== null) peaks.push(run.peak)
    }
  }
  return {
    model,
    distinct: counts!.distinct,
    generated: counts!.generated,
    scores: entrants.map(({ tool, seconds, searchSeconds, peaks }) => ({
      tool: tool.name,
      seconds: median(seconds),
      searchSeconds: searchSeconds.length === 0 ? null : median(searchSeconds),
      peak: peaks.length === 0 ? null : median(peaks),
    })),
  }
}
