/** The table of one scenario: a row for each kernel, a column for each claim, and the race of each violation below. */
import { match } from 'ts-pattern'
import { raceTable } from '../report/race-table.ts'
import { type Cell, stackedTable } from '../report/stacked-table.ts'
import type { Colours } from '../report/text.ts'
import { WIDTH, wrap } from '../report/text.ts'
import type { Trace } from '../trace/trace.ts'
import type { ClaimVerdict, Verdict } from '../verdict.ts'
import { compare } from './expectation.ts'
import { grouped } from './numbers.ts'
import type { Target } from './target.ts'
import { badTraces, good } from './verdict-text.ts'

/** One checked kernel of a scenario. */
export interface Row {
  readonly target: Target
  readonly verdict: Verdict
}

/** What stands behind a verdict that is not the expected one, and behind one of which nobody expected anything. */
export const MARKS = { differs: '!', unknown: '?' } as const

/** The widest that a table is where nobody says how wide it may be. */
const LINES = 100

/** The verdicts on all claims and kernels, a line for each kernel, in lines of at most `limit` characters. */
export function verdictTable(rows: readonly Row[], colour: Colours, limit = LINES): string[] {
  const claims = [...new Set(rows.flatMap(({ verdict }) => verdict.claims.map(({ name }) => name)))]
  const kernels = rows.map(({ target }): Cell => ({ text: target.kernel ?? '', paint: colour.bold }))
  const columns = claims.map((name) => ({ heading: name, cells: rows.map((row) => claimCell(row, name, colour)) }))
  const states = { heading: 'states', cells: rows.map(({ verdict }) => ({ text: covered(verdict) })), right: true }
  return stackedTable({ heading: 'kernel', cells: kernels }, [...columns, states], {
    limit,
    heading: colour.bold,
    rule: colour.dim,
  })
}

function claimCell({ target, verdict }: Row, name: string, colour: Colours): Cell {
  const claim = verdict.claims.find((each) => each.name === name)
  if (claim === undefined) return { text: '-', paint: colour.dim }
  const { asExpected, expected } = compare(target, verdict).find((each) => each.claim === name)!
  const mark = !asExpected ? ` ${MARKS.differs}` : expected === null ? ` ${MARKS.unknown}` : ''
  const paint = good(claim) === null || !asExpected ? colour.bold : good(claim) ? colour.green : colour.red
  return { text: cellText(claim, ' states') + mark, short: cellText(claim, '') + mark, paint }
}

function cellText({ verdict, trace }: ClaimVerdict, states: string): string {
  const length = trace === null ? '' : ` (${grouped(trace.length)}${states})`
  return match(verdict)
    .with('violated', () => `violated${length}`)
    .with('holds', 'reached', 'unreached', 'open', (word) => word)
    .exhaustive()
}

function covered({ outcome, kind }: Verdict): string {
  const count = grouped(outcome.distinct)
  if (kind === 'error') return `error at ${count}`
  if (kind === 'deadlock') return `deadlock in ${count}`
  return outcome.complete ? count : `stopped at ${count}`
}

/** One race, and the kernels on which it is the same. */
export interface Finding {
  readonly trace: Trace
  readonly variants: readonly string[]
  /** the folders that show it, where the scenario names any */
  readonly folders: readonly string[]
  /** whether every one of these kernels is expected to violate the claim */
  readonly expected: boolean
}

/** The violations of a scenario, each distinct race once; `apart`: once for the kernels that are expected to have it. */
export function findings(rows: readonly Row[], apart: boolean): Finding[] {
  const found = new Map<string, Finding>()
  for (const { target, verdict } of rows) {
    for (const trace of badTraces(verdict)) {
      const known = compare(target, verdict).find(({ claim }) => claim === trace.claim)?.expected === 'violated'
      const key = raceTable({ ...trace, variant: apart && known ? 'expected' : '' })
      // The gallery shows what happens by default, not what other settings lead to.
      const plain = Object.keys(target.settings).length === 0
      const folder = plain ? (target.scenario?.finding(target.kernel ?? '', trace.claim) ?? null) : null
      const before = found.get(key)
      found.set(key, {
        trace,
        variants: [...(before?.variants ?? []), target.variant],
        folders: [...new Set([...(before?.folders ?? []), ...(folder === null ? [] : [folder])])],
        expected: known && (before?.expected ?? true),
      })
    }
  }
  return [...found.values()]
}

/** The race table of a finding, and where it can be found again. */
export function findingText({ trace, variants, folders }: Finding, colour: Colours): string {
  const table = raceTable({ ...trace, variant: variants.join(', ') }, { colour }).trimEnd()
  if (folders.length === 0) return table
  return [table, '', ...wrap(`picture and replayable trace: ${paths(folders).join(', ')}`, WIDTH, 2)].join('\n')
}

/** One line for each claim that is violated as expected: where its races are shown. Empty where no folder has any. */
export function knownRaces(known: readonly Finding[]): string[] {
  const claims = [...new Set(known.map(({ trace }) => trace.claim))]
  return claims.flatMap((claim) => {
    const folders = known.filter(({ trace }) => trace.claim === claim).flatMap((each) => each.folders)
    return folders.length === 0 ? [] : wrap(`${claim}: ${[...new Set(paths(folders))].join(', ')}`, WIDTH, 2)
  })
}

const paths = (folders: readonly string[]): string[] =>
  folders.map((folder) => (folder.startsWith('counterexamples') ? folder : `counterexamples/${folder}`))
