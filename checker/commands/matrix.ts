/** `mmcheck matrix`: every scenario on every kernel against its expected verdicts. */
import type { Catalogue, Scenario } from '../catalogue.ts'
import { EXIT, type ExitCode, exitCodeOfKind, gravest } from '../exit-codes.ts'
import type { Constants } from '../language/constants.ts'
import { WIDTH, wrap } from '../report/text.ts'
import { compare, differences } from './expectation.ts'
import type { Io } from './io.ts'
import { findings, findingText, knownRaces, MARKS, type Row, verdictTable } from './matrix-text.ts'
import { grouped, seconds } from './numbers.ts'
import type { SearchFlags } from './options.ts'
import { runCheck } from './run.ts'
import { saveTraces } from './save.ts'
import { parseSettings, type RawSettings, typedSettings, unknownSetting } from './settings.ts'
import { unknownName } from './suggest.ts'
import { findKernel, openScenario } from './target.ts'
import { verdictJson } from './verdict-json.ts'
import { badTraces, faultText, STEPS_NOTE } from './verdict-text.ts'

export interface MatrixFlags extends SearchFlags {
  /** the larger bounds of the scenarios that have them */
  readonly deep?: boolean
  /** also the races of violations that are expected */
  readonly races?: boolean
}

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
  const rows: Row[] = []
  for (const scenario of scenarios) {
    if (rows.length > 0 && io.interrupt.signal.aborted) {
      io.err(`not checked after the interrupt: ${scenario.name}\n`)
      continue
    }
    rows.push(...(await scenarioRows(scenario, settingsFor(scenario, flags, settings, catalogue), flags, io)))
  }
  if (!flags.json) io.out(summary(rows, (performance.now() - began) / 1000, io))
  const stopped = io.interrupt.signal.aborted ? [EXIT.stopped] : []
  return gravest([...rows.map(exitCode), ...stopped])
}

/** As expected is 0 even where a claim is violated; what was not finished is not as expected. */
function exitCode({ target, verdict }: Row): ExitCode {
  if (verdict.kind === 'error') return EXIT.wrong
  if (differences(target, verdict).length > 0) return EXIT.violated
  return verdict.outcome.complete ? EXIT.expected : exitCodeOfKind('incomplete')
}

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

async function scenarioRows(scenario: Scenario, settings: Constants, flags: MatrixFlags, io: Io): Promise<Row[]> {
  const kernels = flags.kernel.length > 0 ? flags.kernel : scenario.variants
  const rows: Row[] = []
  for (const kernel of kernels) {
    if (rows.length > 0 && io.interrupt.signal.aborted) {
      io.err(`not checked after the interrupt: ${scenario.name} on ${kernel}\n`)
      continue
    }
    const target = await openScenario(scenario, kernel, settings)
    const own = target.model.claims.map(({ name }) => name)
    for (const name of flags.claim) {
      if (!own.includes(name))
        throw unknownName('claim', name, own, `the claims of ${scenario.name} are ${own.join(', ')}`)
    }
    const row = { target, verdict: await runCheck(target, flags.claim.length > 0 ? flags.claim : undefined, flags, io) }
    rows.push(row)
    if (flags.json)
      io.out(
        verdictJson(target, row.verdict, {
          differences: differences(target, row.verdict),
          expected: compare(target, row.verdict),
        }),
      )
    if (flags.out !== undefined) {
      for (const folder of await saveTraces(flags.out, target, badTraces(row.verdict))) io.err(`saved: ${folder}/\n`)
    }
  }
  if (!flags.json) io.out(scenarioText(scenario, rows, flags, io))
  return rows
}

function scenarioText(scenario: Scenario, rows: readonly Row[], flags: MatrixFlags, { colour }: Io): string {
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
    verdictTable(rows, colour).join('\n'),
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
