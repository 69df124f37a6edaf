/**
 * Refinement claims on random pairs of tiny specs, against their definition. SPEC_SEED, SPEC_RUNS and SPEC_PATH are those of
 * the other differential tests.
 */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import { buildPair, mistakes, type TinyPair, tinyPairs, truthOf } from './support/tiny-pair.ts'

const RUNS = Number(process.env.SPEC_RUNS ?? 1000)

test('a refinement holds exactly where its definition says so, and a refutation is one', async () => {
  const kinds = new Map<string, number>()
  const property = fc.asyncProperty(tinyPairs, async (pair: TinyPair) => {
    const truth = truthOf(pair)
    const kind = typeof truth === 'number' ? (truth === 1 ? 'initial' : 'step') : truth
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    const { claims, fault } = await check(buildPair(pair))
    assert.is(fault, null, fault?.error.message)
    const [{ verdict, trace }] = claims
    assert.is(verdict, truth === 'holds' ? 'holds' : 'violated')
    if (truth === 'holds') return
    assert.is(trace!.loop === null, truth !== 'fairness')
    assert.equal(mistakes(pair, truth, trace!), [])
    assert.ok(trace!.failed.length > 0)
  })
  await fc.assert(property, {
    seed: Number(process.env.SPEC_SEED ?? 1),
    ...(process.env.SPEC_PATH !== undefined && { path: process.env.SPEC_PATH }),
    numRuns: RUNS,
    includeErrorInReport: true,
  })
  if (process.env.SPEC_PATH !== undefined) return
  for (const kind of ['holds', 'initial', 'step', 'fairness'])
    assert.ok((kinds.get(kind) ?? 0) > RUNS / 50, `${kind}: ${kinds.get(kind)} of ${RUNS}`)
})

test.run()
