/** `mmcheck matrix`: every scenario on every kernel against its expected verdicts. */
import { availableParallelism } from 'node:os'
import type { Answer, Catalogue, Scenario } from '../catalogue.ts'
import { memoryLimit } from '../engine/memory.ts'
import type { ExitCode } from '../exit-codes.ts'
import type { Constants } from '../language/constants.ts'
import type { Io } from './io.ts'
import { MatrixReport } from './matrix-report.ts'
import type { SearchFlags } from './options.ts'
import { describe, spillText, statusLine } from './progress.ts'
import { checkRows } from './row-pool.ts'
import { runCheck, searchOptions } from './run.ts'
import { parseSettings, type RawSettings, typedSettings, unknownSetting } from './settings.ts'
import { unknownName } from './suggest.ts'
import { findKernel, newest, openScenario, type Target } from './target.ts'

export interface MatrixFlags extends SearchFlags {
  /** the larger bounds of the scenarios that have them */
  readonly deep?: boolean
  /** also the races of violations that are expected */
  readonly races?: boolean
  /** how many rows are checked at a time */
  readonly jobs?: number
}

/** Fewer rows than this are done before other threads have started. */
const WORTH_THREADS = 12

/** Checks scenarios, all or those of some areas, on their kernels; the exit code tells whether anything differs. */
export async function matrixCommand(
  areas: readonly string[],
  flags: MatrixFlags,
  catalogue: Catalogue,
  io: Io,
): Promise<ExitCode> {
  const began = performance.now()
  const settings = parseSettings(flags.set)
  const scenarios = selected(areas, catalogue)
  checkNames(scenarios, flags, settings, catalogue)
  const targets: Target[] = []
  for (const scenario of scenarios) {
    const kernels = flags.kernel.length > 0 ? flags.kernel : scenario.variants
    for (const kernel of kernels) {
      const set = settingsFor(scenario, flags, settings, catalogue)
      const silent = scenario.silentOn?.(kernel, set) ?? null
      // Of several scenarios, those that have nothing to say about a kernel are left out. One alone says why.
      if (silent !== null && scenarios.length > 1) io.err(`left out: ${scenario.name} on ${kernel}, ${silent}\n`)
      else targets.push(await openScenario(scenario, kernel, set))
    }
  }
  for (const target of targets) checkClaimNames(flags.claim, target)
  const report = new MatrixReport(targets, await appendices(targets, areas, flags), flags, io)
  if (jobsAtATime(targets, flags) === 1) await checkOneByOne(targets, flags, io, report)
  else await checkSideBySide(targets, flags, io, report)
  return report.end((performance.now() - began) / 1000)
}

/** Rows are independent, so they share the processors, unless a single search is to have them all. */
function jobsAtATime(targets: readonly Target[], { jobs, workers, engine }: MatrixFlags): number {
  if (jobs !== undefined) return jobs
  if (workers > 1 || engine === 'reference' || targets.length < WORTH_THREADS) return 1
  return availableParallelism()
}

async function checkOneByOne(
  targets: readonly Target[],
  flags: MatrixFlags,
  io: Io,
  report: MatrixReport,
): Promise<void> {
  for (const [at, target] of targets.entries()) {
    if (at > 0 && io.interrupt.signal.aborted) break
    await report.add(at, await runCheck(target, claimsOf(flags), flags, io))
  }
}

async function checkSideBySide(
  targets: readonly Target[],
  flags: MatrixFlags,
  io: Io,
  report: MatrixReport,
): Promise<void> {
  const began = performance.now()
  const threads = jobsAtATime(targets, flags)
  const line = statusLine(io, flags.quiet ?? false)
  let done = 0
  const { options: ours, end } = searchOptions(targets[0], { ...flags, quiet: true }, io)
  const { source: _source, signal: _signal, onProgress: _onProgress, onSpill: _onSpill, ...shared } = ours
  const maxMemory = Math.floor((shared.maxMemory ?? memoryLimit()) / Math.min(threads, targets.length))
  const claims = claimsOf(flags)
  const jobs = targets.map(({ source, variant }) => ({
    source,
    options: { ...shared, maxMemory, engine: flags.engine, variant, ...(claims === undefined ? {} : { claims }) },
  }))
  try {
    await checkRows(jobs, {
      threads,
      signal: io.interrupt.signal,
      onProgress(job, progress) {
        const { name, kernel } = targets[job]
        const title = `${done} of ${targets.length} rows; ${name} ${kernel}`
        line.tell(describe(title, progress), (performance.now() - began) / 1000)
      },
      onSpill(job, event) {
        const { name, kernel } = targets[job]
        line.end()
        io.err(`${name} ${kernel}: ${spillText(event)}`)
      },
      async onVerdict(job, verdict) {
        done++
        line.end()
        await report.add(job, verdict)
      },
    })
  } finally {
    line.end()
    end()
  }
}

/** What scenarios say beside their verdicts: of each kernel that was asked for by name, else of the newest one. */
function appendices(
  targets: readonly Target[],
  areas: readonly string[],
  { kernel: kernels }: MatrixFlags,
): Promise<(Answer | undefined)[]> {
  const wanted = ({ scenario, kernel }: Target) =>
    kernels.length > 0 || (areas.length > 0 && kernel === newest(scenario!.variants))
  return Promise.all(
    targets.map(async (target) =>
      wanted(target) ? target.scenario?.appendix?.(target.kernel!, target.settings) : undefined,
    ),
  )
}

const claimsOf = ({ claim }: MatrixFlags): readonly string[] | undefined => (claim.length > 0 ? claim : undefined)

function selected(areas: readonly string[], { scenarios }: Catalogue): Scenario[] {
  const matches = (scenario: Scenario, area: string) => scenario.area === area || scenario.name === area
  for (const area of areas) {
    if (scenarios.some((scenario) => matches(scenario, area))) continue
    const names = scenarios.flatMap((scenario) => [scenario.area, scenario.name])
    throw unknownName('area or scenario', area, names, 'mmcheck list scenarios shows every area and scenario')
  }
  return scenarios.filter((scenario) => areas.length === 0 || areas.some((area) => matches(scenario, area)))
}

function checkNames(
  scenarios: readonly Scenario[],
  flags: MatrixFlags,
  settings: RawSettings,
  catalogue: Catalogue,
): void {
  for (const kernel of flags.kernel) findKernel(kernel, null, catalogue)
  const constants: Constants = Object.assign({}, ...scenarios.map((scenario) => scenario.constants))
  for (const name of settings.keys()) {
    if (name in constants || catalogue.switches.some((each) => each.name === name)) continue
    throw unknownSetting(name, constants, catalogue.switches)
  }
}

/** The settings that a scenario knows; constants that only other scenarios have are left out. */
function settingsFor(scenario: Scenario, flags: MatrixFlags, raw: RawSettings, { switches }: Catalogue): Constants {
  const known = [...raw].filter(([name]) => name in scenario.constants || switches.some((each) => each.name === name))
  const deep = flags.deep && 'deep' in scenario.constants ? { deep: true } : {}
  return { ...deep, ...typedSettings(new Map(known), scenario.constants, switches) }
}

function checkClaimNames(names: readonly string[], { model, name: scenario }: Target): void {
  const own = model.claims.map(({ name }) => name)
  for (const name of names) {
    if (!own.includes(name)) throw unknownName('claim', name, own, `the claims of ${scenario} are ${own.join(', ')}`)
  }
}
