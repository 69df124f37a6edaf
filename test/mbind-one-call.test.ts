/** The scenario mbind-one-call: every expected verdict, the shape of some counterexamples, and mutations that claims notice. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import { build, expected, rows } from '../invariants/verdicts/mbind/mbind-one-call.ts'
import type { CallScene } from '../spec/scenarios/mbind-calls.ts'
import { comesOutAs, mutated, stepsOf, verdictsOf } from './support/verdicts.ts'

for (const kernel of rows) {
  test(kernel, async () => {
    await comesOutAs(build(kernel, {}), kernel, expected(kernel))
  })
}

const initialOf = async (kernel: string, claim: string) => {
  const verdict = await check(build(kernel, {}), { claims: [claim] })
  return verdict.claims.find(({ name }) => name === claim)!.trace!.initial.name
}

test('where EIO without STRICT comes from: a PMD migration entry, from v5.1 to v6.6', async () => {
  for (const kernel of ['v5.2', 'v6.6']) assert.match(await initialOf(kernel, 'eio-needs-strict'), /^(only a )?PMD/)
})

test('on v5.3 a hole leaves the isolated page off the LRU', async () => {
  const verdict = await check(build('v5.3', {}), { claims: ['nothing-stays-isolated'] })
  const steps = stepsOf(verdict, 'nothing-stays-isolated')
  assert.ok(!steps.some((step) => step.includes('putback')))
  assert.is(await initialOf('v5.3', 'nothing-stays-isolated'), 'hole in the middle; MOVE')
})

test('each repair is one switch', async () => {
  const repairs = [
    ['v5.3', 'mbind-walk-error', 'returned', 'nothing-stays-isolated'],
    ['v5.0', 'mbind-strict-alone', 'pages', 'strict-sees-misplaced'],
    ['v6.6', 'mbind-walk-error', 'returned', 'hole-means-efault'],
    ['v6.6', 'mbind-unmigratable-vma', 'counted', 'unmigratable-is-left-alone'],
    ['v5.6', 'mbind-hugetlb-strict', 'yes', 'strict-sees-hugetlb'],
  ]
  for (const [kernel, name, value, claim] of repairs) {
    assert.is(verdictsOf(await check(build(kernel, {}), { claims: [claim] }))[claim], 'violated')
    assert.is(verdictsOf(await check(build(kernel, { [name]: value }), { claims: [claim] }))[claim], 'holds')
  }
})

test('one PMD entry is one page to the walk: isolated once, and not in a VMA that is not migratable', async () => {
  const verdictOn = async (kernel: string, situation: string, claim: string) =>
    verdictsOf(await check(build(kernel, { situation: `${situation}; MOVE|STRICT` }), { claims: [claim] }))[claim]
  for (const kernel of ['v5.4', 'v6.6']) {
    assert.is(await verdictOn(kernel, 'only a large folio', 'eio-has-a-reason'), 'violated')
    assert.is(await verdictOn(kernel, 'huge page', 'eio-has-a-reason'), 'holds')
  }
  assert.is(await verdictOn('v6.6', 'unmigratable VMA', 'unmigratable-is-left-alone'), 'violated')
  assert.is(await verdictOn('v6.6', 'huge page in an unmigratable VMA', 'unmigratable-is-left-alone'), 'holds')
})

const mutations: readonly [claim: string, label: string, change: (s: CallScene) => void][] = [
  [
    'never-a-count',
    'mpol_put',
    (s) => {
      if (s.mbind.walk === 'everything') s.mbind.ret = 'a count'
    },
  ],
  [
    'batches-are-on-again',
    'lru_cache_enable',
    (s) => {
      s.lru_disable_count++
    },
  ],
  [
    'mmap-lock-is-held',
    'mpol_set_nodemask',
    (s) => {
      s.mmap_lock.writer = false
    },
  ],
  [
    'efault-changes-nothing',
    'mpol_put',
    (s) => {
      if (s.mbind.ret === 'EFAULT') for (const vma of s.vma) vma.vm_policy = 0
    },
  ],
  [
    'memory-is-unchanged',
    'copy contents',
    (s) => {
      s.folio[s.mbind.dst!].content = 0
    },
  ],
]
for (const [claim, label, change] of mutations) {
  test(`${claim} notices a change of '${label}'`, async () => {
    const broken = mutated(build('v7.3', {}), 'mbind', label, change)
    assert.is(verdictsOf(await check(broken, { claims: [claim] }))[claim], 'violated')
  })
}

test.run()
