/**
 * Every example is explored in full and must give the verdicts and the counts that other tools published for it; its
 * broken siblings must fail, and as expected.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/check.ts'
import type { Bounds, ClaimOutcome, Outcome } from '../checker/engine/outcome.ts'
import { referenceSearch } from '../checker/engine/reference.ts'
import { search } from '../checker/engine/search.ts'
import type { Model, Spec } from '../checker/index.ts'
import { replay } from '../checker/trace/replay.ts'
import * as alternatingBit from '../examples/alternating-bit.ts'
import * as asyncTerminationDetection from '../examples/async-termination-detection.ts'
import * as cigaretteSmokers from '../examples/cigarette-smokers.ts'
import * as dieHard from '../examples/die-hard.ts'
import * as diningPhilosophers from '../examples/dining-philosophers.ts'
import * as ewd840 from '../examples/ewd840.ts'
import type { Expected } from '../examples/expected.ts'
import * as filterLock from '../examples/filter-lock.ts'
import * as hanoi from '../examples/hanoi.ts'
import * as linearEquation from '../examples/linear-equation.ts'
import * as pageMigration from '../examples/page-migration.ts'
import * as prisoners from '../examples/prisoners.ts'
import * as racyIncrement from '../examples/racy-increment.ts'
import * as readersWriters from '../examples/readers-writers.ts'
import * as simpleAllocator from '../examples/simple-allocator.ts'
import * as tCommit from '../examples/t-commit.ts'
import * as tokenRing from '../examples/token-ring.ts'
import * as twoPhase from '../examples/two-phase.ts'

interface Example {
  readonly spec: Spec
  readonly unfair?: Spec
  readonly expected: readonly Expected[]
}

function modelOf(example: Example, { export: name = 'spec', constants = {} }: Expected): Model {
  return (example as unknown as Readonly<Record<string, Spec>>)[name].build(constants)
}

const examples: Readonly<Record<string, Example>> = {
  'alternating bit': alternatingBit,
  'asynchronous termination detection': asyncTerminationDetection,
  'cigarette smokers': cigaretteSmokers,
  'die hard': dieHard,
  'dining philosophers': diningPhilosophers,
  'EWD 840': ewd840,
  'filter lock': filterLock,
  'tower of Hanoi': hanoi,
  'linear equation': linearEquation,
  'page migration': pageMigration,
  prisoners,
  'racy increment': racyIncrement,
  'readers and writers': readersWriters,
  'simple allocator': simpleAllocator,
  'transaction commit': tCommit,
  'token ring': tokenRing,
  'two-phase commit': twoPhase,
}

type Engine = (model: Model, bounds: Bounds) => Outcome | Promise<Outcome>

/** The verdict of a claim in the words of `Expected`. */
function verdict(outcome: ClaimOutcome): string | number {
  return outcome.status === 'violated' ? outcome.level : outcome.status
}

/** What an outcome says about everything that the row expects something of; the rest is left out. */
function observed(model: Model, row: Expected, outcome: Outcome): Expected {
  const claims = Object.fromEntries(
    // What the reference engine leaves open is compared elsewhere.
    model.claims.map(({ name, kind }, at) => [
      name,
      kind === 'temporal' || kind === 'refinement' ? row.claims[name] : verdict(outcome.claims[at]),
    ]),
  )
  return {
    ...row,
    ...('distinct' in row && { distinct: outcome.distinct }),
    ...('generated' in row && { generated: outcome.generated }),
    ...('depth' in row && { depth: outcome.depth }),
    ...((outcome.deadlock !== null || 'deadlock' in row) && { deadlock: outcome.deadlock ?? 0 }),
    claims: claims as Expected['claims'],
  }
}

/** The rows of all examples, each with a title. */
const allRows = Object.entries(examples).flatMap(([title, example]) =>
  example.expected.map((row) => {
    const constants = Object.entries(row.constants ?? {}).map(([name, value]) => `${name}=${value}`)
    return { title: [title, row.export ?? 'spec', ...constants].join(' '), model: () => modelOf(example, row), row }
  }),
)

/** Those that are small enough for the reference engine, and for every claim. */
const rows = allRows.filter(({ row }) => !row.large)

/** Makes a test of each expectation of each example. Broken siblings have the same states. */
function runExamples(engine: string, explore: Engine, which: typeof allRows): void {
  for (const { title, model: build, row } of which.filter(({ row }) => row.export === undefined)) {
    test(`${engine}: ${title}`, async () => {
      const model = build()
      const countless = row.distinct === undefined && row.generated === undefined && row.depth === undefined
      const outcome = await explore(model, { untilDecided: countless })
      assert.is(outcome.fault, null, outcome.fault?.error.message)
      assert.equal(observed(model, row, outcome), row)
    })
  }
}

runExamples('reference', referenceSearch, rows)
runExamples('tables', async (model, bounds) => (await search(model, bounds)).outcome, allRows)

for (const { title, model: build, row } of rows) {
  const temporal = (model: Model) =>
    model.claims.filter(({ kind }) => kind === 'temporal' || kind === 'refinement').map(({ name }) => name)
  if (temporal(build()).length === 0) continue
  test(`temporal claims and refinements: ${title}`, async () => {
    const model = build()
    const names = temporal(model)
    const verdict = await check(model, { claims: names })
    assert.is(verdict.fault, null, verdict.fault?.error.message)
    assert.equal(
      Object.fromEntries(verdict.claims.map(({ name, verdict, trace }) => [name, trace?.length ?? verdict])),
      Object.fromEntries(names.map((name) => [name, row.claims[name]])),
    )
    for (const { trace } of verdict.claims) if (trace !== null) assert.equal(await replay(model, trace), trace)
    assert.equal(
      verdict.trust.filter(({ waived, text }) => waived === null && text.includes('premise')),
      [],
    )
  })
}

test.run()
