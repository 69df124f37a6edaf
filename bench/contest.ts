/** One model, all tools: alternating runs, counts compared before times are. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, measure, median, type Run } from './measure.ts'
import type { BenchModel } from './models.ts'
import type { Report, Tool } from './tool.ts'

/** What the runs of one tool on one model came to. */
export interface Score {
  readonly tool: string
  /** medians */
  readonly seconds: number
  readonly cpuSeconds: number | null
  readonly searchSeconds: number | null
  readonly peak: number | null
  /** bytes for each state as the tool counts them */
  readonly stateBytes: number | null
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
  readonly runs: { readonly run: Run; readonly report: Report }[]
}

type Counted = Report & { readonly tool: string }

function assertSameCounts({ title }: BenchModel, first: Counted, other: Counted): void {
  const rounded = other.digits === undefined ? first.generated : Number(first.generated.toPrecision(other.digits))
  if (first.distinct !== other.distinct) {
    throw new Error(`${title}: ${first.tool} counts ${first.distinct} states, ${other.tool} ${other.distinct}`)
  }
  if (rounded !== other.generated) {
    throw new Error(`${title}: ${first.tool} generates ${first.generated} states, ${other.tool} ${other.generated}`)
  }
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
    if (command !== null) entrants.push({ tool, command, runs: [] })
  }
  let counts: Counted | null = null
  for (let turn = 0; turn < runs; turn++) {
    for (const { tool, command, runs: done } of entrants) {
      tell(`${model.name}: ${tool.name}, run ${turn + 1} of ${runs}`)
      const run = await measure(command)
      const report = tool.read(run.output)
      counts ??= { ...report, tool: tool.name }
      assertSameCounts(model, counts, { ...report, tool: tool.name })
      done.push({ run, report })
    }
  }
  return {
    model,
    distinct: counts!.distinct,
    generated: counts!.generated,
    scores: entrants.map(({ tool, runs: done }) => ({
      tool: tool.name,
      seconds: median(done.map(({ run }) => run.seconds)),
      cpuSeconds: medianOf(done.map(({ run }) => run.cpuSeconds)),
      searchSeconds: medianOf(done.map(({ report }) => report.searchSeconds)),
      peak: medianOf(done.map(({ run }) => run.peak)),
      stateBytes: medianOf(done.map(({ report }) => report.stateBytes ?? null)),
    })),
  }
}

/** The median of what is known, null where nothing is. */
function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : median(known)
}
