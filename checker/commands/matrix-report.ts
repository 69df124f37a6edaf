/** What `mmcheck matrix` prints: scenario by scenario as their rows are done, and the summary at the end. */
import type { Answer, Scenario } from '../catalogue.ts'
import { EXIT, type ExitCode, exitCodeOfKind, gravest } from '../exit-codes.ts'
import { WIDTH, wrap } from '../report/text.ts'
import type { Verdict } from '../verdict.ts'
import { compare, differences } from './expectation.ts'
import type { Io } from './io.ts'
import type { MatrixFlags } from './matrix.ts'
import { findings, findingText, knownRaces, MARKS, type Row, verdictTable } from './matrix-text.ts'
import { grouped, seconds } from './numbers.ts'
import { saveTraces } from './save.ts'
import type { Target } from './target.ts'
import { verdictJson } from './verdict-json.ts'
import { badTraces, faultText, STEPS_NOTE } from './verdict-text.ts'

/** Prints each scenario as soon as all of its rows, and those of the scenarios before it, are there. */
export class MatrixReport {
  readonly #targets: readonly Target[]
  /** what is printed below the verdicts, for each target that has it */
  readonly #appendices: readonly (Answer | undefined)[]
  readonly #flags: MatrixFlags
  readonly #io: Io
  readonly #verdicts: (Verdict | undefined)[]
  #printed = 0

  constructor(targets: readonly Target[], appendices: readonly (Answer | undefined)[], flags: MatrixFlags, io: Io) {
    this.#targets = targets
    this.#appendices = appendices
    this.#flags = flags
    this.#io = io
    this.#verdicts = targets.map(() => undefined)
  }

  async add(at: number, verdict: Verdict): Promise<void> {
    this.#verdicts[at] = verdict
    if (this.#flags.out !== undefined) {
      for (const folder of await saveTraces(this.#flags.out, this.#targets[at], badTraces(verdict)))
        this.#io.err(`saved: ${folder}/\n`)
    }
    this.#printWhatIsDone()
  }

  #printWhatIsDone(): void {
    for (;;) {
      const end = this.#endOfScenario(this.#printed)
      const verdicts = this.#verdicts.slice(this.#printed, end)
      if (end === this.#printed || verdicts.some((verdict) => verdict === undefined)) return
      this.#print(this.#rows(this.#printed, end))
      this.#printed = end
    }
  }

  #endOfScenario(from: number): number {
    const other = this.#targets.findIndex(({ scenario }, at) => at >= from && scenario !== this.#targets[from].scenario)
    return other < 0 ? this.#targets.length : other
  }

  #rows(from: number, to: number): Row[] {
    return this.#targets.slice(from, to).flatMap((target, at) => {
      const verdict = this.#verdicts[from + at]
      return verdict === undefined ? [] : [{ target, verdict }]
    })
  }

  #print(rows: readonly Row[]): void {
    const appendixOf = ({ target }: Row) => this.#appendices[this.#targets.indexOf(target)]
    if (!this.#flags.json) {
      this.#io.out(scenarioText(rows[0].target.scenario!, rows, this.#flags, this.#io))
      for (const row of rows) {
        const appendix = appendixOf(row)
        if (appendix !== undefined) this.#io.out(`${appendix.text.trimEnd()}\n\n`)
      }
      return
    }
    for (const row of rows) {
      const { target, verdict } = row
      const more = { differences: differences(target, verdict), expected: compare(target, verdict) }
      this.#io.out(verdictJson(target, verdict, { ...more, ...appendixOf(row)?.json }))
    }
  }

  /** Prints what an interrupt left unprinted, and the summary; the exit code of it all. */
  end(time: number): ExitCode {
    for (let from = this.#printed; from < this.#targets.length; from = this.#endOfScenario(from)) {
      const rows = this.#rows(from, this.#endOfScenario(from))
      if (rows.length > 0) this.#print(rows)
    }
    this.#targets.forEach(({ name, kernel }, at) => {
      if (this.#verdicts[at] === undefined) this.#io.err(`not checked after the interrupt: ${name} on ${kernel}\n`)
    })
    const rows = this.#rows(0, this.#targets.length)
    if (!this.#flags.json) this.#io.out(summary(rows, time, this.#io))
    const stopped = this.#io.interrupt.signal.aborted ? [EXIT.stopped] : []
    return gravest([...rows.map(exitCode), ...stopped])
  }
}

/** As expected is 0 even where a claim is violated; what was not finished is not as expected. */
function exitCode({ target, verdict }: Row): ExitCode {
  if (verdict.kind === 'error') return EXIT.wrong
  if (differences(target, verdict).length > 0) return EXIT.violated
  return verdict.outcome.complete ? EXIT.expected : exitCodeOfKind('incomplete')
}

function scenarioText(scenario: Scenario, rows: readonly Row[], flags: MatrixFlags, { colour, columns }: Io): string {
  const differ = rows.flatMap(({ target, verdict }) => differences(target, verdict))
  const found = findings(rows, !flags.races)
  const hidden = found.filter(({ expected }) => expected && !flags.races)
  const shown = found.filter((finding) => !hidden.includes(finding))
  const parts = [
    [
      ...wrap(`${scenario.name}: ${scenario.about}`, WIDTH, 2).map(colour.bold),
      ...wrap(`bounds: ${rows[0]?.target.bounds ?? scenario.bounds({})}`, WIDTH, 2),
      colour.dim(STEPS_NOTE),
      ...(flags.claim.length === 0 ? [] : [`only these claims were checked: ${flags.claim.join(', ')}`]),
    ].join('\n'),
    verdictTable(rows, colour, columns).join('\n'),
    differ
      .flatMap((line) => wrap(`${MARKS.differs} ${line}`, WIDTH, 2))
      .map(colour.red)
      .join('\n'),
    knownRaces(hidden).join('\n'),
    ...shown.map((finding) => findingText(finding, colour)),
    ...rows.map(({ verdict }) => faultText(verdict, colour).trimEnd()),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n\n`
}

function summary(rows: readonly Row[], time: number, { colour }: Io): string {
  const all = rows.flatMap(({ target, verdict }) =>
    compare(target, verdict).map((each, at) => ({ ...each, found: verdict.claims[at].verdict })),
  )
  const open = all.filter(({ found }) => found === 'open').length
  const unknown = all.filter(({ expected, found }) => expected === null && found !== 'open').length
  const differ = rows.reduce((sum, { target, verdict }) => sum + differences(target, verdict).length, 0)
  const expected = all.filter(
    ({ asExpected, expected, found }) => asExpected && expected !== null && found !== 'open',
  ).length
  const total = rows.reduce((sum, { verdict }) => sum + verdict.outcome.distinct, 0)
  const counts = [
    `${expected} of ${all.length} verdicts as expected`,
    ...(differ === 0 ? [] : [`${differ} not as expected (${MARKS.differs})`]),
    ...(unknown === 0 ? [] : [`${unknown} of which nothing is expected (${MARKS.unknown})`]),
    ...(open === 0 ? [] : [`${open} not decided`]),
  ]
  const paint = differ + open > 0 ? colour.red : colour.green
  return `${paint(counts.join(', '))}; ${grouped(total)} states in ${seconds(time)}\n`
}
