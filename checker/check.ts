/** Checks a model: explores it, judges its claims, and finds the trace that shows each decision. */
import { match } from 'ts-pattern'
import type { StateFault } from './engine/explorer.ts'
import type { ClaimOutcome, Outcome } from './engine/outcome.ts'
import { referenceSearch } from './engine/reference.ts'
import { type Search, type SearchOptions, search } from './engine/search.ts'
import { onlyClaims } from './engine/source.ts'
import { noTally } from './engine/statistics.ts'
import type { Claim } from './language/claim.ts'
import { SpecError } from './language/errors.ts'
import type { Model } from './language/model.ts'
import { boundClaims } from './language/predicate.ts'
import { concretePath } from './trace/concrete.ts'
import { describe, type Heading, standstill } from './trace/describe.ts'
import { lassoPath } from './trace/lasso-path.ts'
import { refutation } from './trace/refuted.ts'
import { bestPath, type Path, type Target } from './trace/shortest.ts'
import type { Trace } from './trace/trace.ts'
import { judgeRefinements, type RefinementOutcome } from './verdict/refinement.ts'
import { judgeTemporal, type TemporalOutcome } from './verdict/temporal.ts'
import { trustFindings } from './verdict/trust.ts'
import type { ClaimVerdict, Verdict, VerdictKind } from './verdict.ts'

export interface CheckOptions extends SearchOptions {
  /** shown in headers: a kernel, or constants */
  readonly variant?: string
  /** names of the claims to check; all when absent */
  readonly claims?: readonly string[]
  readonly engine?: 'tables' | 'reference'
  /** leave out traces: only verdicts and counts */
  readonly withoutTraces?: boolean
}

/** The verdict on a model. Faults of the spec are part of it; nothing is thrown but faults of the checker itself. */
export async function check(whole: Model, options: CheckOptions = {}): Promise<Verdict> {
  const model = onlyClaims(whole, options.claims)
  if (options.engine === 'reference') return referenceVerdict(model, options)
  const { source } = options
  const found = await search(model, {
    ...options,
    ...(source === undefined || options.claims === undefined ? {} : { source: { ...source, claims: options.claims } }),
  })
  try {
    return verdictOf(found, options)
  } finally {
    found.release()
  }
}

/** The verdict that a finished search amounts to. */
export function verdictOf(found: Search, options: CheckOptions = {}): Verdict {
  try {
    return assemble(found, options, found.outcome.complete ? judgeGraph(found) : NOTHING)
  } catch (thrown) {
    if (!(thrown instanceof SpecError)) throw thrown
    const fault = { error: thrown, level: 0 }
    return assemble({ ...found, outcome: { ...found.outcome, complete: false, fault } }, options, NOTHING)
  }
}

/** What is decided on the finished graph, behind the search. */
interface GraphOutcomes {
  readonly temporal: readonly TemporalOutcome[]
  readonly refinements: readonly RefinementOutcome[]
}

const NOTHING: GraphOutcomes = { temporal: [], refinements: [] }

function judgeGraph(found: Search): GraphOutcomes {
  const temporal = judgeTemporal(found)
  return { temporal, refinements: judgeRefinements(found, temporal[0]?.graph) }
}

function assemble(found: Search, options: CheckOptions, { temporal, refinements }: GraphOutcomes): Verdict {
  const { model, outcome } = found
  const variant = options.variant ?? ''
  const traced = (target: Target, heading: Omit<Heading, 'variant'>, claim: number): Trace | null => {
    // Under symmetry a fault may mean that the spec breaks it: then there is nothing that a trace could be trusted to show.
    const doubtful = found.explorer.symmetry !== null && outcome.fault !== null
    const path = options.withoutTraces || doubtful ? null : bestPath(found, target)
    if (path === null) return null
    const about = model.claims[claim]
    const failing =
      about.kind === 'refinement' ? [] : boundClaims(model, about.kind).filter((bound) => bound.claim === claim)
    return describe(found, path, { ...heading, variant }, heading.kind === 'violation' ? failing : [])
  }
  const claims = model.claims.map((claim, at): ClaimVerdict => {
    const judged = temporal.find((each) => each.claim === at)
    if (judged !== undefined) {
      const trace = options.withoutTraces ? null : lassoTrace(found, claim, judged, variant)
      return {
        ...claimVerdict(claim, outcome.claims[at], trace),
        verdict: judged.lasso === null ? 'holds' : 'violated',
      }
    }
    const refinement = refinements.find((each) => each.claim === at)
    if (refinement !== undefined) {
      const trace = options.withoutTraces ? null : refutationTrace(found, claim, refinement, variant)
      return {
        ...claimVerdict(claim, outcome.claims[at], trace),
        verdict: refinement.refuted === null ? 'holds' : 'violated',
      }
    }
    const status = outcome.claims[at]
    const heading = { sentence: claim.sentence, claim: claim.name, source: claim.source }
    const trace = match(status)
      .with({ status: 'violated' }, ({ level }) =>
        traced(claimTarget(found, claim, at, level), { kind: 'violation', ...heading }, at),
      )
      .with({ status: 'reached' }, ({ level }) =>
        traced(claimTarget(found, claim, at, level), { kind: 'witness', ...heading }, at),
      )
      .with({ status: 'holds' }, { status: 'unreached' }, { status: 'open' }, () => null)
      .exhaustive()
    return claimVerdict(claim, status, trace)
  })
  const doubts = [...temporal, ...refinements].flatMap(({ doubt }) => doubt ?? [])
  const trust = outcome.complete ? trustFindings(model, found.coverage, doubts) : []
  return {
    kind: kindOf(outcome, claims),
    model: model.name,
    variant,
    outcome,
    statistics: found.statistics,
    claims,
    deadlock: deadlockTrace(found, variant, options),
    fault: outcome.fault === null ? null : { error: outcome.fault.error, trace: faultTrace(found, variant, options) },
    trust,
  }
}

/** A lasso as a trace: the stem, then the steps of the cycle, the last of which leads back to where it began. */
function lassoTrace(
  found: Search,
  claim: Claim<object>,
  { lasso, graph, claim: at, args }: TemporalOutcome,
  variant: string,
): Trace | null {
  if (lasso === null) return null
  const failing = boundClaims(found.model, 'temporal').filter((bound) => bound.claim === at && bound.args === args)
  const trace = describe(found, lassoPath(found, graph, lasso), violationOf(claim, variant), failing)
  return { ...trace, loop: lasso.stemEdges.length }
}

const violationOf = ({ sentence, name, source }: Claim<object>, variant: string): Heading => ({
  kind: 'violation',
  sentence,
  claim: name,
  source,
  variant,
})

/** The trace to an initial state or step that the abstract model does not have, or a lasso that it does not allow. */
function refutationTrace(
  found: Search,
  claim: Claim<object>,
  { refuted, graph, correspondence }: RefinementOutcome,
  variant: string,
): Trace | null {
  if (refuted === null) return null
  const { abstract, map } = correspondence
  const path = match(refuted)
    .with({ kind: 'initial' }, ({ level }) => {
      const test = (words: Int32Array, base: number) => !abstract.initial.has(map(words, base))
      return bestPath(found, { kind: 'states', level, test })
    })
    .with({ kind: 'step' }, ({ level }) => {
      const test = (before: Int32Array, base: number, out: Int32Array, at: number) =>
        !abstract.allows(map(before, base), map(out, at))
      return bestPath(found, { kind: 'steps', level, test })
    })
    .with({ kind: 'fairness' }, ({ lasso }) => lassoPath(found, graph, lasso))
    .exhaustive()
  if (path === null) return null
  const loop = refuted.kind === 'fairness' ? refuted.lasso.stemEdges.length : null
  const trace = describe(found, path, violationOf(claim, variant), [])
  return { ...trace, loop, ...refutation(correspondence, path, loop) }
}

function claimVerdict(
  { name, sentence, source, kind }: Claim<object>,
  outcome: ClaimOutcome,
  trace: Trace | null,
): ClaimVerdict {
  return { name, sentence, source, kind, verdict: outcome.status, trace }
}

function claimTarget({ explorer, fault }: Search, claim: Claim<object>, at: number, level: number): Target {
  const { inspector } = explorer
  // In a spec that is at fault the claim may throw where the search did not come to ask: that decides nothing.
  const lenient = (test: () => boolean): boolean => {
    try {
      return test()
    } catch (thrown) {
      if (fault === null) throw thrown
      return false
    }
  }
  return claim.kind === 'step'
    ? {
        kind: 'steps',
        level,
        test: (before, base, out, to) => lenient(() => inspector.stepViolates(at, before, base, out, to)),
      }
    : { kind: 'states', level, test: (words, base) => lenient(() => inspector.decides(at, words, base)) }
}

function kindOf(outcome: Outcome, claims: readonly ClaimVerdict[]): VerdictKind {
  if (outcome.fault !== null) return 'error'
  if (claims.some(({ verdict }) => verdict === 'violated' || verdict === 'unreached')) return 'violated'
  if (outcome.deadlock !== null) return 'deadlock'
  return claims.some(({ verdict }) => verdict === 'open') || (!outcome.complete && outcome.stopped !== null)
    ? 'incomplete'
    : 'holds'
}

function deadlockTrace(found: Search, variant: string, options: CheckOptions): Trace | null {
  const { deadlock } = found.outcome
  if (deadlock === null || options.withoutTraces) return null
  if (found.explorer.symmetry !== null && found.outcome.fault !== null) return null
  const test = (words: Int32Array, base: number) => found.explorer.deadlocked(words, base)
  const path = bestPath(found, { kind: 'states', level: deadlock, test })
  if (path === null) return null
  const heading: Heading = {
    kind: 'deadlock',
    sentence: 'some step is possible, or the model may end here',
    claim: '',
    source: '',
    variant,
  }
  return { ...describe(found, path, heading, []), failed: standstill(found, path) }
}

function faultTrace(found: Search, variant: string, options: CheckOptions): Trace | null {
  const { fault } = found
  if (fault === null || fault.id === 0 || options.withoutTraces) return null
  // The spec cannot be trusted to be run again on the states in between, so the trace follows the recorded parents.
  const path = parentPath(found, fault)
  return path === null
    ? null
    : describe(found, path, { kind: 'fault', sentence: fault.error.message, claim: '', source: '', variant }, [])
}

/** The path to the state of a fault along the parents that the search recorded. */
function parentPath(found: Search, fault: StateFault): Path | null {
  const { space, explorer, levels } = found
  const words = (of: number) => space.log.slice(of * space.stride, of * space.stride + space.words)
  const chain = [fault.id]
  while (chain.length < fault.level && space.parent(chain[0]) !== 0) chain.unshift(space.parent(chain[0]))
  if (!levels[0]?.some(({ from, to }) => chain[0] >= from && chain[0] < to)) return pathTo(found, fault)
  const instances: number[] = []
  try {
    for (let at = 1; at < chain.length; at++) {
      let found = -1
      explorer.successors(chain[at - 1], (instance, out, base) => {
        if (found < 0 && explorer.idOf(out, base) === chain[at]) found = instance
      })
      if (found < 0) return null
      instances.push(found)
    }
    const path = { states: chain.map(words), instances }
    return explorer.symmetry === null ? path : concretePath(found, path, null)
  } catch {
    return null
  }
}

/** The same where parents are not recorded. A state that was at fault with what it leads to is a level nearer. */
function pathTo(found: Search, { words, level }: StateFault): Path | null {
  if (words === null) return null
  const { states } = found
  const key = states.keyOf(words, 0)
  const same = (other: Int32Array, base: number) => states.keyOf(other, base) === key
  try {
    for (const length of level === 1 ? [1] : [level - 1, level]) {
      const path =
        length === 1
          ? bestPath(found, { kind: 'states', level: 1, test: same })
          : bestPath(found, { kind: 'steps', level: length, test: (_before, _base, out, at) => same(out, at) })
      if (path !== null) return path
    }
    return null
  } catch {
    return null
  }
}

/** The reference engine gives verdicts and counts, and no traces. */
function referenceVerdict(model: Model, options: CheckOptions): Verdict {
  const began = performance.now()
  const outcome = referenceSearch(model, options)
  const claims = model.claims.map((claim, at) => claimVerdict(claim, outcome.claims[at], null))
  return {
    kind: kindOf(outcome, claims),
    model: model.name,
    variant: options.variant ?? '',
    outcome,
    statistics: {
      seconds: (performance.now() - began) / 1000,
      workers: 1,
      bytes: 0,
      diskBytes: 0,
      bytesPerState: 0,
      bitsPerState: 0,
      ...noTally,
      samples: [],
      loadFactor: 0,
      direct: [],
    },
    claims,
    deadlock: null,
    fault: outcome.fault === null ? null : { error: outcome.fault.error, trace: null },
    trust: [],
  }
}
