/** A verdict in words: what was checked, what came out for each claim, why to doubt it, and what it cost. */
import { match } from 'ts-pattern'
import type { DeadlockRule } from '../language/model.ts'
import { raceTable } from '../report/race-table.ts'
import type { Colours } from '../report/text.ts'
import { oneLine, WIDTH, wrap } from '../report/text.ts'
import type { Trace } from '../trace/trace.ts'
import type { TrustFinding } from '../verdict/trust.ts'
import type { ClaimVerdict, Verdict } from '../verdict.ts'
import { STOP_REASONS } from '../verdict.ts'
import { errorText } from './errors.ts'
import { bytes, counted, grouped, rate, seconds, states } from './numbers.ts'

/** True of every verdict, and said once. */
export const STEPS_NOTE = 'every step is atomic and sequentially consistent'

const MARGIN = 12

/** The verdicts on the claims of a model, one below the other. `bounds` is what a proof is limited to. */
export function claimLines(verdict: Verdict, rule: DeadlockRule, bounds: string, colour: Colours): string[] {
  return [
    ...verdict.claims.flatMap((claim) => {
      const paint = good(claim) === null ? colour.bold : good(claim) ? colour.green : colour.red
      const title = claim.name === claim.sentence ? claim.name : `${claim.name}: ${claim.sentence}`
      return entry(claim.verdict, [title, meaning(claim, verdict, bounds)], paint)
    }),
    ...deadlockLines(verdict, rule, colour),
  ]
}

/** True for what a claim hopes for, false for the opposite, null while it is open. */
export function good({ verdict }: Pick<ClaimVerdict, 'verdict'>): boolean | null {
  return match(verdict)
    .with('holds', 'reached', () => true)
    .with('violated', 'unreached', () => false)
    .with('open', () => null)
    .exhaustive()
}

function meaning(
  { verdict: outcome, kind, trace }: ClaimVerdict,
  { outcome: { states: all } }: Verdict,
  bounds: string,
): string {
  const within = bounds === '' ? '' : bounds.length <= 40 ? ` (${bounds})` : ' within these bounds'
  const whole = kind === 'temporal' ? 'every fair behaviour' : kind === 'refinement' ? 'every behaviour' : null
  const shown =
    trace === null
      ? ''
      : `, ${trace.loop === null ? 'shortest trace' : 'up to the end of the loop'}: ${states(trace.length)}`
  return match(outcome)
    .with('holds', () => (whole === null ? `in all ${states(all)}` : `in ${whole} of ${states(all)}`) + within)
    .with('unreached', () => `in none of all ${states(all)}${within}`)
    .with('violated', () => `not in ${whole ?? 'all states'}${shown}`)
    .with('reached', () => `in some state${shown}`)
    .with(
      'open',
      () => `not decided: ${kind === 'reachable' ? 'reached' : 'violated'} in none of the ${states(all)} seen so far`,
    )
    .exhaustive()
}

function deadlockLines({ deadlock, kind, outcome }: Verdict, rule: DeadlockRule, colour: Colours): string[] {
  if (deadlock !== null || kind === 'deadlock') {
    const shown = deadlock === null ? '' : `, shortest trace: ${states(deadlock.length)}`
    return entry('deadlock', [`a state without a next step, which the model does not call final${shown}`], colour.red)
  }
  if (rule === 'off' || !outcome.complete) return []
  return entry('holds', [`no deadlock: in all ${states(outcome.states)}`], colour.green)
}

/** A word in the margin, and beside it lines that are wrapped. */
function entry(word: string, texts: readonly string[], paint: (text: string) => string): string[] {
  const lines = texts.flatMap((text) => wrap(oneLine(text), WIDTH - MARGIN))
  return lines.map(
    (line, at) => (at === 0 ? `  ${paint(word)}${' '.repeat(MARGIN - 2 - word.length)}` : ' '.repeat(MARGIN)) + line,
  )
}

/** The traces that show what went wrong, in the order of the claims. */
export function badTraces(verdict: Verdict): Trace[] {
  const claims = verdict.claims.flatMap(({ verdict: outcome, trace }) =>
    outcome === 'violated' && trace !== null ? [trace] : [],
  )
  return [...claims, ...(verdict.deadlock === null ? [] : [verdict.deadlock])]
}

/** The race table of a fault, or its message alone. */
export function faultText({ fault }: Verdict, colour: Colours): string {
  if (fault === null) return ''
  const way = fault.trace === null ? '' : `\n${raceTable(fault.trace, { colour })}`
  return errorText(fault.error, colour) + way
}

/** Reasons to doubt a verdict that holds. */
export function doubtLines(findings: readonly TrustFinding[], colour: Colours): string[] {
  const doubts = findings.filter(({ waived }) => waived === null)
  if (doubts.length === 0) return []
  return [
    ...doubts.flatMap(({ text }) => entry('doubt', [text], colour.red)),
    ...entry('', ['A model that cannot do this proves little: correct it, or waive it with a reason.'], colour.red),
  ]
}

/** Reasons to doubt a verdict that the spec has an answer to. */
export function waiverLines(findings: readonly TrustFinding[], colour: Colours): string[] {
  const waivers = findings.filter(({ waived }) => waived !== null)
  return byReason(waivers).flatMap(([reason, texts]) => entry('waived', [`${some(texts)} (${reason})`], colour.dim))
}

/** Waived findings under the reason that they share, in the order in which the reasons first occur. */
function byReason(waivers: readonly TrustFinding[]): [string, string[]][] {
  const reasons = new Map<string, string[]>()
  for (const { text, waived } of waivers) reasons.set(waived!, [...(reasons.get(waived!) ?? []), text])
  return [...reasons]
}

/** A long list of things that do not happen for one reason is told by its first ones. */
const some = (texts: readonly string[]): string =>
  texts.length <= 3 ? texts.join('; ') : `${texts.slice(0, 2).join('; ')}; and ${texts.length - 2} more like these`

/** What was covered and what it cost. */
export function statisticsLines({ outcome, statistics, claims }: Verdict, colour: Colours): string[] {
  const { distinct, generated, depth } = outcome
  const { workers } = statistics
  const cost = [
    seconds(statistics.seconds),
    rate(distinct, statistics.seconds),
    memory(outcome.distinct, statistics),
    statistics.diskBytes === 0 ? '' : `${bytes(statistics.diskBytes)} on disk`,
    workers === 1 ? '1 worker' : `${workers} workers`,
  ]
  return [
    `${counted(outcome)}, ${grouped(generated)} generated, depth ${grouped(depth)}${outcome.complete ? ': all that can be reached' : ''}`,
    ...(outcome.stopped === null ? [] : wrap(stopText(outcome), WIDTH).map(colour.red)),
    ...(outcome.stopped === 'memory' ? wrap(memoryAdvice(claims), WIDTH) : []),
    colour.dim(cost.filter((part) => part !== '').join(', ')),
    ...(statistics.direct.length === 0
      ? []
      : wrap(`evaluated state by state, their tables being too large: ${statistics.direct.join(', ')}`, WIDTH, 2).map(
          colour.dim,
        )),
  ]
}

/** Of a few states, the number of bytes for each says nothing: most of the memory is waiting for more of them. */
function memory(distinct: number, { bytes: all, bytesPerState, diskBytes }: Verdict['statistics']): string {
  if (all === 0) return ''
  return distinct < 10_000 || diskBytes > 0
    ? `${bytes(all)} in all`
    : `${bytesPerState.toFixed(0)} bytes/state, ${bytes(all)} in all`
}

function stopText({ stopped, depth }: Verdict['outcome']): string {
  if (stopped === null) return ''
  // A limit on states or depth is looked at between levels; the others end the search within one.
  const whole = stopped === 'depth' || stopped === 'states' ? depth : Math.max(0, depth - 1)
  return `stopped before the end: ${STOP_REASONS[stopped]}; covered: every state of the first ${grouped(whole)} levels`
}

/** Why states did not go to disk. */
function memoryAdvice(claims: Verdict['claims']): string {
  const whole = claims.filter(({ kind }) => kind === 'temporal' || kind === 'refinement').map(({ name }) => name)
  return whole.length === 0
    ? 'raise --max-memory; or let states go to disk, without --no-spill'
    : `${whole.join(', ')}: judged on the whole graph, which must be in memory. Raise --max-memory, or name the other claims with --claim: for these, states may go to disk`
}
