/** The scenario pin-vs-offline: the temporal claims on every kernel, and the shape of each endless behaviour. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import type { Trace } from '../checker/trace/trace.ts'
import type { Verdict } from '../checker/verdict.ts'
import { build, expected, rows } from '../invariants/verdicts/pinning/pin-vs-offline.ts'

const verdicts = (verdict: Verdict) => Object.fromEntries(verdict.claims.map(({ name, verdict }) => [name, verdict]))
const traceOf = (verdict: Verdict, claim: string): Trace => verdict.claims.find(({ name }) => name === claim)!.trace!
const loopOf = ({ steps, loop }: Trace) => steps.slice(loop!).map(({ process, label }) => `${process}: ${label}`)

for (const kernel of rows) {
  for (const deep of [false, true]) {
    test(`${kernel}${deep ? ', two pages' : ''}`, async () => {
      const verdict = await check(build(kernel, { deep }), { withoutTraces: true })
      assert.equal(verdict.fault, null)
      assert.equal(verdicts(verdict), expected(kernel))
      assert.equal(
        verdict.trust.filter(({ waived }) => waived === null).map(({ text }) => text),
        [],
      )
    })
  }
}

test('what is expected, spelled out: a kernel leaks the pin, or loops on what it cannot isolate', () => {
  const bad = (claim: string) => rows.filter((kernel) => expected(kernel)[claim] === 'violated')
  assert.equal(bad('offlining-completes'), ['v5.12', 'patch:longterm-movable-v3', 'v6.11', 'v6.14'])
  assert.equal(bad('pin-returns'), ['v5.13', 'v6.1', 'v6.2', 'v6.11', 'v6.16', 'v6.17'])
})

test('where the pin leaks, offlining isolates, fails to migrate and puts back, for ever', async () => {
  const loop = loopOf(traceOf(await check(build('v6.14', {})), 'offlining-completes'))
  assert.ok(loop.every((step) => step.startsWith('offline: ')))
  for (const label of ['isolate', 'try_to_migrate', 'restore ptes', 'putback'])
    assert.ok(loop.includes(`offline: ${label}`), label)
})

test('a page that never gets onto the LRU is pinned, not isolated and unpinned, for ever', async () => {
  assert.equal(loopOf(traceOf(await check(build('v6.2', {})), 'pin-returns')), [
    'pinner: pin',
    'pinner: collect',
    'pinner: lru_add_drain_all',
    'pinner: lru_add_drain_all',
    'pinner: folio_isolate_lru',
    'pinner: unpin',
    'pinner: migrated',
  ])
})

test('without fairness nothing need ever happen: the claims say something only of tasks that go on', async () => {
  const model = build('v6.16', {})
  assert.is(verdicts(await check({ ...model, fairness: [] }))['offlining-completes'], 'violated')
})

test.run()
