/** The scenario driver-mapped-page: the truth table of the variants, the shape of the races, and the driver's obligations. */
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import type { Verdict } from '../checker/verdict.ts'
import { build, expected, rows } from '../invariants/verdicts/movable-ops/driver-mapped-page.ts'
import { build as buildRelease } from '../invariants/verdicts/movable-ops/driver-releases-page.ts'
import { obligations, soundDesigns } from '../invariants/verdicts/movable-ops/obligations.ts'

const verdicts = (verdict: Verdict) => Object.fromEntries(verdict.claims.map(({ name, verdict }) => [name, verdict]))
const violated = (verdict: Verdict) =>
  verdict.claims.filter((claim) => claim.verdict === 'violated').map(({ name }) => name)
const doubts = (verdict: Verdict) => verdict.trust.filter(({ waived }) => waived === null).map(({ text }) => text)
const traceOf = (verdict: Verdict, claim: string) => verdict.claims.find(({ name }) => name === claim)!.trace!
const steps = (verdict: Verdict, claim: string) =>
  traceOf(verdict, claim).steps.map(({ process, label }) => `${process}: ${label}`)

for (const kernel of rows) {
  test(kernel, async () => {
    const verdict = await check(build(kernel, {}), { withoutTraces: true })
    assert.equal(verdict.fault, null)
    assert.equal(verdict.deadlock, null)
    assert.equal(verdicts(verdict), expected(kernel))
    assert.equal(doubts(verdict), [])
  })
}

test('the question of 2016: a driver that looks at the refcount is asked for ever', async () => {
  const trace = traceOf(await check(build('v4.8', { 'driver-checks-refs': 'yes' })), 'migration-ends')
  const loop = trace.steps.slice(trace.loop!).map(({ process, label }) => `${process}: ${label}`)
  assert.ok(loop.every((step) => step.startsWith('compaction: ')))
  for (const label of ['isolate_page', 'unexpected references?', 'not moved', 'putback_page'])
    assert.ok(loop.includes(`compaction: ${label}`), label)
  assert.ok(trace.steps.some(({ note }) => note?.includes('-EAGAIN')))
})

test('a driver that looks at the refcount is safe on v6.0, and moves no mapped page', async () => {
  const verdict = await check(build('v6.0', { 'driver-checks-refs': 'yes' }), { withoutTraces: true })
  assert.equal(violated(verdict), ['migration-ends'])
})

test('a driver that does not look moves mapped pages, and breaks what they are for', async () => {
  const verdict = await check(build('v6.0', { 'driver-checks-refs': 'no' }), { withoutTraces: true })
  assert.equal(violated(verdict), ['user-and-driver-agree', 'no-lost-store', 'moved-while-unmapped'])
})

test('a driver that does not look leaves the user with the old page', async () => {
  const race = steps(await check(build('v6.0', { 'driver-checks-refs': 'no' })), 'user-and-driver-agree')
  assert.ok(race.indexOf('user: finish_fault') < race.indexOf('compaction: copy'))
  assert.is(race.at(-1), 'compaction: publish')
})

test('a page that is mapped as a bare PFN is freed under its user', async () => {
  const race = steps(await check(build('patch:driver-maps-pfn', {})), 'no-mapping-of-free-page')
  assert.is(race.at(-1), 'compaction: put source')
})

test('before v6.0, unmapping a dirty page is enough for a second isolation', async () => {
  const race = steps(await check(build('v4.8', { 'driver-checks-refs': 'yes' })), 'isolated-once')
  assert.ok(race.includes('munmap: zap_pte_range'))
  assert.not.ok(race.includes('compaction: unmap_and_move'))
  assert.is(race.at(-1), 'isolator: isolate_page')
})

const builders = { 'driver-mapped-page': build, 'driver-releases-page': buildRelease }

for (const { scenario, kernel, design } of soundDesigns) {
  const name = `${scenario} on ${kernel}, ${Object.values(design).join(', ')}`
  test(`${name}: the obligations together are sufficient`, async () => {
    const verdict = await check(builders[scenario](kernel, design), { withoutTraces: true })
    assert.equal(violated(verdict), [])
    assert.not.ok(Object.values(verdicts(verdict)).includes('unreached'))
    assert.equal(doubts(verdict), [])
  })
}

for (const { text, scenario, kernel, design, without, breaks } of obligations) {
  test(`without "${text}"`, async () => {
    const verdict = await check(builders[scenario](kernel, { ...design, ...without }), { withoutTraces: true })
    assert.equal(violated(verdict), breaks)
  })
}

test('the checklist has a line for each obligation, with the claim and the command', () => {
  const page = readFileSync(new URL('../docs/driver-checklist.md', import.meta.url), 'utf8')
  for (const { text, scenario, kernel, design, without, breaks } of obligations) {
    const set = Object.entries({ ...design, ...without }).map(([name, value]) => `--set ${name}=${value}`)
    const command = `npx mmcheck check ${scenario} --kernel ${kernel} ${set.join(' ')} --claim ${breaks[0]}`
    assert.ok(page.includes(`**${text}.**`), text)
    assert.ok(page.includes(command), command)
  }
})

test('an unknown variant is refused, and D6 is pointed to', () => {
  assert.throws(() => build('v4.8', { driver: 'D6' }), /no driver variant 'D6'/)
})

test.run()
