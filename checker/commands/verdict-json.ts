/** A verdict as one line of JSON, for scripts. The keys of the first group stay for good; others may be added. */
import type { Trace } from '../trace/trace.ts'
import type { Verdict } from '../verdict.ts'
import type { Target } from './target.ts'

/** The parts of a trace that scripts may rely on. */
export function traceJson({ length, steps, loop }: Trace): object {
  return {
    length,
    steps: steps.map(({ process, label, changes }) => ({ process, label, changes })),
    // Only of behaviours without end: the number of steps before the part that is repeated.
    ...(loop === null ? {} : { loop }),
  }
}

/** The object for a target; `extra` keys come last. */
export function verdictJson(target: Target, verdict: Verdict, extra: object = {}): string {
  const { outcome, statistics, fault } = verdict
  return `${JSON.stringify({
    model: verdict.model,
    kernel: target.kernel,
    verdict: verdict.kind,
    distinct: outcome.distinct,
    states: outcome.states,
    generated: outcome.generated,
    depth: outcome.depth,
    seconds: Number(statistics.seconds.toFixed(3)),
    workers: statistics.workers,
    claims: verdict.claims.map((claim) => ({
      name: claim.name,
      kind: claim.kind,
      verdict: claim.verdict,
      ...(claim.trace === null ? {} : { trace: traceJson(claim.trace) }),
    })),
    target: target.name,
    settings: target.settings,
    bounds: target.bounds,
    complete: outcome.complete,
    stopped: outcome.stopped,
    bytesPerState: Number(statistics.bytesPerState.toFixed(1)),
    bytes: statistics.bytes,
    diskBytes: statistics.diskBytes,
    trust: verdict.trust,
    ...(verdict.deadlock === null ? {} : { deadlock: traceJson(verdict.deadlock) }),
    ...(fault === null ? {} : { message: fault.error.message, why: fault.error.why, hint: fault.error.hint }),
    ...(fault === null || fault.trace === null ? {} : { trace: traceJson(fault.trace) }),
    ...extra,
  })}\n`
}
