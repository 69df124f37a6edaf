/**
 * Temporal claims against a judgement by brute force, on random tiny specs. To hunt with other specs than those of a normal
 * run, set SPEC_SEED and SPEC_RUNS; to run a single one again, SPEC_SEED and SPEC_PATH as a failure prints them.
 */
import fc from 'fast-check'
import { List } from 'immutable'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/check.ts'
import { type ReferenceState, referenceInitials, referenceSuccessors } from '../checker/engine/reference.ts'
import { openDraft } from '../checker/language/draft.ts'
import type { Model } from '../checker/language/model.ts'
import { replay } from '../checker/trace/replay.ts'
import type { Trace } from '../checker/trace/trace.ts'
import {
  type Edge,
  type Fair,
  fairSets,
  type Graph,
  isViolated,
  type Lasso,
  mistakes,
  type Question,
  saysSomething,
} from './support/reference-liveness.ts'
import {
  buildTiny,
  type Seen,
  type TinyClaim,
  type TinySpec,
  tinyFairness,
  tinyGiven,
  tinyGoal,
  tinySpecs,
  tinyTrigger,
} from './support/tiny-spec.ts'

const RUNS = Number(process.env.SPEC_RUNS ?? 1500)
/** Sets of states are tried one by one, so that there may not be many states. */
const MOST_STATES = 9

/** The graph as the reference engine sees it, with what the claims see of each state. */
interface Explored extends Graph {
  readonly seen: readonly Seen[]
}

function explore(model: Model): Explored | null {
  let shown: ReferenceState = List()
  const { state } = openDraft(model.domain, { read: (cell) => shown.get(cell)!, write: () => {} })
  const view = state as { place: number; p?: { pc: string } }
  const allowed = (next: ReferenceState) => {
    shown = next
    return model.constraint === null || model.constraint(state)
  }
  const successorsBy = model.instances.map((instance) => referenceSuccessors({ ...model, instances: [instance] }))
  const states: ReferenceState[] = []
  const numberOf = (next: ReferenceState): number => {
    const known = states.findIndex((each) => each.equals(next))
    return known >= 0 ? known : states.push(next) - 1
  }
  const initial = referenceInitials(model).filter(allowed).map(numberOf)
  const edges: Edge[] = []
  for (let from = 0; from < states.length; from++) {
    if (states.length > MOST_STATES) return null
    successorsBy.forEach((successorsOf, by) => {
      for (const { state: next } of successorsOf(states[from])) {
        if (!allowed(next)) continue
        const to = numberOf(next)
        if (to !== from) edges.push({ from, to, by })
      }
    })
  }
  const seen = states.map((each): Seen => {
    shown = each
    return { place: view.place, first: !('p' in view) || view.p!.pc === 'one' }
  })
  return { states: states.length, initial, edges, seen }
}

function questionOf(graph: Explored, claim: TinyClaim, argument: number): Question {
  const on = (test: (seen: Seen) => boolean) => (state: number) => test(graph.seen[state])
  return {
    form: claim.form,
    goal: on(tinyGoal(claim, argument)),
    trigger: on(tinyTrigger(claim, argument)),
    given: on(tinyGiven(claim)),
  }
}

/** Every behaviour that a trace may be: it leaves out program counters, so that there may be several. */
function behavioursOf(model: Model, graph: Explored, trace: Trace): Lasso[] {
  // Where there is one place only, the trace says nothing of it.
  const place = trace.initial.values.find(({ variable }) => variable === 'place')?.value ?? '0'
  let lassos: { states: number[]; edges: Edge[] }[] = graph.initial
    .filter((state) => String(graph.seen[state].place) === place)
    .map((state) => ({ states: [state], edges: [] }))
  for (const { process, label, changes } of trace.steps) {
    const [change] = changes
    lassos = lassos.flatMap(({ states, edges }) => {
      const from = states[states.length - 1]
      return graph.edges
        .filter((edge) => {
          const { actor, label: own } = model.instances[edge.by]
          const to = change?.to ?? String(graph.seen[from].place)
          return edge.from === from && actor === process && own === label && String(graph.seen[edge.to].place) === to
        })
        .map((edge) => ({ states: [...states, edge.to], edges: [...edges, edge] }))
    })
  }
  return lassos.map((lasso) => ({ ...lasso, loop: trace.loop! }))
}

async function assertAgreement(spec: TinySpec): Promise<void> {
  const model = buildTiny(spec)
  const graph = explore(model)
  fc.pre(graph !== null && graph.states > 0)
  const fair = tinyFairness(spec).map(
    ({ strength, steps }): Fair => ({
      strength,
      counts: (by) => steps.includes(`${model.instances[by].actor} ${model.instances[by].label}`),
    }),
  )
  const sets = fairSets(graph, fair)
  const verdict = await check(model)
  assert.is(verdict.fault, null, verdict.fault?.error.message)
  for (const [at, claim] of spec.claims.entries()) {
    const questions = claim.goals.map((_, argument) => questionOf(graph, claim, argument))
    const violated = questions.some((question) => isViolated(graph, sets, question))
    const { verdict: found, trace, name } = verdict.claims[at]
    assert.is(found, violated ? 'violated' : 'holds', `${claim.form}, claim ${at}`)
    const doubted = verdict.trust.some(({ text }) => text.includes(`premise of '${name}'`))
    assert.is(doubted, !violated && !questions.some((question) => saysSomething(graph, sets, question)), 'vacuity')
    if (!violated) continue
    const argument = claim.goals.length === 1 ? 0 : Number(/^x=(\d)$/.exec(trace!.failed[0].args)![1])
    const wrong = behavioursOf(model, graph, trace!).map((lasso) => mistakes(graph, fair, questions[argument], lasso))
    assert.ok(
      wrong.some((each) => each.length === 0),
      `${claim.form}: ${JSON.stringify(wrong)} ${JSON.stringify(trace, null, 1)}`,
    )
    assert.equal(await replay(model, trace!), trace)
  }
}

test('verdicts, counterexamples and doubts are those of brute force', async () => {
  await fc.assert(fc.asyncProperty(tinySpecs, assertAgreement), {
    seed: Number(process.env.SPEC_SEED ?? 1),
    ...(process.env.SPEC_PATH !== undefined && { path: process.env.SPEC_PATH }),
    numRuns: RUNS,
    includeErrorInReport: true,
  })
})

test.run()
