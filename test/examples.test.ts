/** Every example is explored in full and must give the verdicts and the counts that other tools published for it. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Bounds, ClaimOutcome, Outcome } from '../checker/engine/outcome.ts'
import { referenceSearch } from '../checker/engine/reference.ts'
import type { Model, Spec } from '../checker/index.ts'
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
  readonly expected: readonly Expected[]
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
  const claims = Object.fromEntries(model.claims.map(({ name }, at) => [name, verdict(outcome.claims[at])]))
  return {
    ...row,
    ...('distinct' in row && { distinct: outcome.distinct }),
    ...('generated' in row && { generated: outcome.generated }),
    ...('depth' in row && { depth: outcome.depth }),
    ...((outcome.deadlock !== null || 'deadlock' in row) && { deadlock: outcome.deadlock ?? 0 }),
    claims: claims as Expected['claims'],
  }
}

/** Makes a test of each expectation of each example; those of large models only for an engine that is fast enough. */
function runExamples(engine: string, search: Engine, sizes: 'all sizes' | 'small ones'): void {
  for (const [title, { spec, expected }] of Object.entries(examples)) {
    for (const row of expected.filter(({ large }) => sizes === 'all sizes' || !large)) {
      const constants = Object.entries(row.constants ?? {}).map(([name, value]) => `${name}=${value}`)
      test([`${engine}: ${title}`, ...constants].join(' '), async () => {
        const model = spec.build(row.constants ?? {})
        const countless = row.distinct === undefined && row.generated === undefined && row.depth === undefined
        const outcome = await search(model, { untilDecided: countless })
        assert.is(outcome.fault, null, outcome.fault?.error.message)
        assert.equal(observed(model, row, outcome), row)
      })
    }
  }
}

runExamples('reference', referenceSearch, 'small ones')

test.run()
