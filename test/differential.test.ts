/**
 * The fast engine against the textbook one, on random specs. To hunt with other specs than those of a normal run, set
 * SPEC_SEED, SPEC_RUNS and SPEC_STATES (the bound on states); to run a single one again, SPEC_SEED and SPEC_PATH as a
 * failure prints them.
 */
import fc from 'fast-check'
import { List } from 'immutable'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readField } from '../checker/engine/layout.ts'
import type { Bounds, Outcome } from '../checker/engine/outcome.ts'
import {
  type ReferenceState,
  referenceInitials,
  referenceSearch,
  referenceSuccessors,
} from '../checker/engine/reference.ts'
import { type Search, type SearchOptions, search } from '../checker/engine/search.ts'
import { openDraft } from '../checker/language/draft.ts'
import type { Model } from '../checker/language/model.ts'
import { buildGenerated, type SpecDescription } from './support/generated-spec.ts'
import { specDescriptions } from './support/spec-descriptions.ts'

const RUNS = Number(process.env.SPEC_RUNS ?? 300)
const parameters = (runs: number): fc.Parameters<unknown> => ({
  seed: Number(process.env.SPEC_SEED ?? 1),
  ...(process.env.SPEC_PATH !== undefined && { path: process.env.SPEC_PATH }),
  numRuns: runs,
  includeErrorInReport: true,
})

/** Small states are kept in WebAssembly memory too. */
const ALWAYS = { from: 0, to: Infinity }
const BOUNDS: Bounds = { maxStates: Number(process.env.SPEC_STATES ?? 80), maxDepth: 30 }

/** What engines must agree on. They may meet different faults of one level first, and count differently until then. */
function essence(outcome: Outcome): unknown {
  const { complete, stopped, distinct, generated, depth, claims, deadlock, fault } = outcome
  return fault === null
    ? { complete, stopped, distinct, generated, depth, claims, deadlock }
    : { complete, stopped, faultAt: fault.level }
}

/** The codes of a packed state, as the reference engine holds them. */
function decoded({ explorer }: Search, words: Int32Array, base: number): ReferenceState {
  return List(explorer.teacher.layout.fields.map((field) => readField(field, words, base)))
}

/** All states that a search found, by number. */
function statesOf(result: Search): Map<number, ReferenceState> {
  const { space, levels } = result
  const ids = levels.flat().flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at))
  return new Map(ids.map((id) => [id, decoded(result, space.log, id * space.stride)]))
}

const asText = (state: ReferenceState): string => state.join(' ')

/** Tells which states the constraint allows. */
function allowedBy(model: Model): (state: ReferenceState) => boolean {
  let shown: ReferenceState = List()
  const { state: view } = openDraft(model.domain, { read: (cell) => shown.get(cell)!, write: () => {} })
  return (state) => {
    shown = state
    return model.constraint === null || model.constraint(view)
  }
}

/** What the reference engine says about a spec. */
interface Truth {
  readonly outcome: Outcome
  readonly initials: ReadonlySet<string>
  /** the successors of a state, each with the label of its step */
  readonly stepsFrom: (state: ReferenceState) => readonly { readonly label: string; readonly state: string }[]
}

function truthAbout(model: Model): Truth {
  const allowed = allowedBy(model)
  const successorsOf = referenceSuccessors(model)
  const known = new Map<string, ReturnType<Truth['stepsFrom']>>()
  const outcome = referenceSearch(model, BOUNDS)
  return {
    outcome,
    initials: new Set(outcome.fault === null ? referenceInitials(model).map(asText) : []),
    stepsFrom(state) {
      const text = asText(state)
      const steps =
        known.get(text) ??
        successorsOf(state).flatMap((next) =>
          allowed(next.state) ? [{ label: next.label, state: asText(next.state) }] : [],
        )
      known.set(text, steps)
      return steps
    },
  }
}

/** Requires that every state has the successors that the reference engine computes, and is reached by one of them. */
function assertSameGraph({ initials, stepsFrom }: Truth, result: Search): void {
  const states = statesOf(result)
  assert.is(new Set([...states.values()].map(asText)).size, states.size, 'a state was stored twice')
  for (const [id, state] of states) {
    const actual: string[] = []
    result.explorer.successors(id, (instance, out, at) => {
      actual.push(`${result.model.instances[instance].label}: ${asText(decoded(result, out, at))}`)
    })
    const expected = stepsFrom(state).map((next) => `${next.label}: ${next.state}`)
    assert.equal(actual.sort(), expected.sort())
    const parent = states.get(result.space.parent(id))
    const text = asText(state)
    const reached = parent === undefined ? initials.has(text) : stepsFrom(parent).some((next) => next.state === text)
    assert.ok(reached, 'a state is neither initial nor a successor of its parent')
  }
}

/** Requires that the fast engine agrees with the reference engine, however it is told to work. */
async function assertAgreement(description: SpecDescription, manners: readonly SearchOptions[]): Promise<void> {
  const truth = truthAbout(buildGenerated(description))
  for (const manner of manners) {
    const result = await search(buildGenerated(description), { ...BOUNDS, ...manner })
    const problem = `tables: ${result.outcome.fault?.error.message}; reference: ${truth.outcome.fault?.error.message}`
    assert.equal(essence(result.outcome), essence(truth.outcome), problem)
    if (truth.outcome.fault === null) assertSameGraph(truth, result)
  }
}

test('tables, and code generated from them, say what the functions of a spec do', async () => {
  const property = fc.asyncProperty(specDescriptions, fc.constantFrom(0, 1, 5, 30), (description, kernelAfter) =>
    assertAgreement(description, [{}, { kernelAfter, roomy: ALWAYS }]),
  )
  await fc.assert(property, parameters(RUNS))
})

test('two threads say what one says', async () => {
  const module = new URL('./support/generated-spec.ts', import.meta.url).href
  const property = fc.asyncProperty(specDescriptions, (description) =>
    assertAgreement(description, [
      {
        workers: 2,
        parallelFrom: 0,
        kernelAfter: 10,
        roomy: ALWAYS,
        source: { module, name: 'buildGenerated', args: [description] },
      },
    ]),
  )
  await fc.assert(property, parameters(Math.ceil(RUNS / 25)))
})

test.run()
