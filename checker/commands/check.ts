/** `mmcheck check`: the verdict on single targets, with the race table of everything that went wrong. */
import type { Catalogue } from '../catalogue.ts'
import { EXIT, type ExitCode, exitCodeOf, gravest } from '../exit-codes.ts'
import { SpecError } from '../language/errors.ts'
import { raceTable } from '../report/race-table.ts'
import { WIDTH, wrap } from '../report/text.ts'
import type { Verdict } from '../verdict.ts'
import { asShown, errorJson, errorText } from './errors.ts'
import type { Io } from './io.ts'
import type { SearchFlags } from './options.ts'
import { runCheck } from './run.ts'
import { saveTraces } from './save.ts'
import { parseSettings } from './settings.ts'
import { isSpecFile } from './spec-file.ts'
import { statsJson, statsLines } from './stats-text.ts'
import { findClaims, openTarget, type Target } from './target.ts'
import { verdictJson } from './verdict-json.ts'
import {
  badTraces,
  claimLines,
  doubtLines,
  faultText,
  STEPS_NOTE,
  statisticsLines,
  waiverLines,
} from './verdict-text.ts'

interface Job {
  readonly target: Target
  readonly claims: readonly string[] | undefined
}

/** Checks each target; nothing is checked unless every one of them can be. */
export async function checkCommand(
  names: readonly string[],
  flags: SearchFlags,
  catalogue: Catalogue,
  io: Io,
): Promise<ExitCode> {
  const { jobs, failed } = await openAll(names, flags, catalogue, io)
  if (failed) return EXIT.wrong
  requireOneSearch(jobs, flags)
  const codes: ExitCode[] = []
  for (const [at, job] of jobs.entries()) {
    if (at > 0 && io.interrupt.signal.aborted) {
      io.err(
        `not checked after the interrupt: ${jobs
          .slice(at)
          .map(({ target }) => headerOf(target))
          .join(', ')}\n`,
      )
      codes.push(EXIT.stopped)
      break
    }
    const verdict = await runCheck(job.target, job.claims, flags, io)
    codes.push(exitCodeOf(verdict))
    if (flags.json)
      io.out(
        verdictJson(job.target, verdict, {
          ...notChecked(job),
          ...(flags.stats && { statistics: statsJson(verdict) }),
        }),
      )
    else io.out((at === 0 ? '' : '\n') + verdictText(job, verdict, at === 0, flags.stats ?? false, io))
    if (flags.out !== undefined) {
      for (const folder of await saveTraces(flags.out, job.target, badTraces(verdict))) {
        const line = `saved: ${folder}/\n`
        if (flags.json) io.err(line)
        else io.out(line)
      }
    }
  }
  return gravest(codes)
}

/** A checkpoint is that of one search, by the engine that can save. */
function requireOneSearch(jobs: readonly Job[], { checkpoint, checkpointEvery, resume, engine }: SearchFlags): void {
  if (checkpoint === undefined) {
    if (!resume && checkpointEvery === undefined) return
    throw new SpecError(
      `${resume ? '--resume' : '--checkpoint-every'} needs --checkpoint`,
      'the directory of the checkpoint is given with --checkpoint DIR',
      'add --checkpoint DIR',
    )
  }
  if (engine === 'reference') {
    throw new SpecError(
      '--checkpoint does not go with --engine reference',
      'the reference engine is for comparison and saves nothing',
      'leave --engine out',
    )
  }
  if (jobs.length > 1) {
    throw new SpecError(
      `--checkpoint ${checkpoint} is given for ${jobs.length} searches`,
      'a checkpoint is that of one target, on one kernel',
      `check them one by one, each with a directory of its own: ${jobs.map(({ target }) => headerOf(target)).join('; ')}`,
    )
  }
}

async function openAll(names: readonly string[], flags: SearchFlags, catalogue: Catalogue, io: Io) {
  const jobs: Job[] = []
  let failed = false
  const settings = parseSettings(flags.set)
  if (flags.kernel.length > 0 && names.every(isSpecFile)) {
    throw new SpecError(
      `--kernel ${flags.kernel[0]} means nothing here`,
      'a spec file has no kernels; scenarios have',
      'leave --kernel out, or name a scenario: mmcheck list scenarios',
    )
  }
  for (const name of names) {
    try {
      for (const target of await openTarget(name, flags.kernel, settings, catalogue)) {
        jobs.push({ target, claims: findClaims(flags.claim, target) })
      }
    } catch (thrown) {
      failed = true
      const error = asShown(thrown)
      if (flags.json) io.out(errorJson(error, name))
      io.err(errorText(error))
    }
  }
  return { jobs, failed }
}

/** The claims that a `--claim` filter leaves out. */
function notChecked({ target, claims }: Job): { notChecked?: readonly string[] } {
  if (claims === undefined) return {}
  return { notChecked: target.model.claims.map(({ name }) => name).filter((name) => !claims.includes(name)) }
}

function headerOf({ model, scenario, variant, name }: Target): string {
  const title = scenario === null ? model.name : name
  return variant === '' ? title : `${title}, ${variant}`
}

function verdictText(job: Job, verdict: Verdict, first: boolean, stats: boolean, { colour }: Io): string {
  const { target } = job
  const left = notChecked(job).notChecked ?? []
  const parts = [
    [
      colour.bold(headerOf(target)),
      ...(target.scenario === null ? [] : wrap(`bounds: ${target.bounds}`, WIDTH, 2)),
      ...(target.model.constraint === null
        ? []
        : ['only states that satisfy the constraint of the model are explored']),
      ...(first ? [colour.dim(STEPS_NOTE)] : []),
    ].join('\n'),
    [
      ...claimLines(verdict, target.model.deadlock, target.bounds, colour),
      ...(left.length === 0 ? [] : wrap(`  not checked, because of --claim: ${left.join(', ')}`, WIDTH, 4)),
      ...doubtLines(verdict.trust, colour),
    ].join('\n'),
    ...badTraces(verdict).map((trace) => raceTable(trace, { colour }).trimEnd()),
    faultText(verdict, colour).trimEnd(),
    waiverLines(verdict.trust, colour).join('\n'),
    statisticsLines(verdict, colour).join('\n'),
    ...(stats ? [statsLines(verdict, colour).join('\n')] : []),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}
