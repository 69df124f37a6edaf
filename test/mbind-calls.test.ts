/** Scenarios of calls that nobody disturbs: against the contract, two in a row, out of memory, and migrate_pages(2). */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import * as contract from '../invariants/verdicts/mbind/mbind-contract.ts'
import * as outOfMemory from '../invariants/verdicts/mbind/mbind-out-of-memory.ts'
import * as twice from '../invariants/verdicts/mbind/mbind-twice.ts'
import * as migratePages from '../invariants/verdicts/mbind/migrate-pages.ts'
import type { CallScene } from '../spec/scenarios/mbind-calls.ts'
import { comesOutAs, mutated, verdictsOf } from './support/verdicts.ts'

const all = { contract, twice, outOfMemory, migratePages }

for (const [name, { rows, build, expected }] of Object.entries(all)) {
  for (const kernel of rows) {
    test(`${name}, ${kernel}`, async () => {
      await comesOutAs(build(kernel, {}), kernel, expected(kernel))
    })
  }
}

const breaks: Readonly<Record<string, readonly [label: string, change: (s: CallScene) => void]>> = {
  'an error that is not reported': [
    'result',
    (s) => {
      if (s.mbind.ret === 'EIO') s.mbind.ret = '0'
    },
  ],
  'a policy that is applied although the call is refused': [
    'queue_pages_range',
    (s) => {
      if (s.mbind.ret === 'EFAULT') s.vma[0].vm_policy = s.mbind.new
    },
  ],
  'a page that is forgotten': [
    'queue_pages',
    (s) => {
      s.mbind.tried.clear()
    },
  ],
}
for (const [name, [label, change]] of Object.entries(breaks)) {
  test(`the contract notices ${name}`, async () => {
    const verdict = await check(mutated(contract.build('v7.3', {}), 'mbind', label, change))
    assert.is(verdictsOf(verdict)['keeps-the-contract'], 'violated')
  })
}

test('what v6.6 lacks of the contract: no one repair is enough', async () => {
  const repairs = {
    'mbind-walk-error': 'returned',
    'mbind-unmigratable-vma': 'counted',
    'mbind-migration-entry': 'counted',
  }
  for (const [name, value] of Object.entries(repairs)) {
    const verdict = await check(contract.build('v6.6', { [name]: value }))
    assert.is(verdictsOf(verdict)['keeps-the-contract'], 'violated', name)
  }
  assert.is(verdictsOf(await check(contract.build('v6.6', repairs)))['keeps-the-contract'], 'holds')
})

test('v6.16 counts each entry of a large folio', async () => {
  const layout = 'a large folio off the LRU'
  const claim = 'counts-what-stayed'
  assert.is(verdictsOf(await check(migratePages.build('v6.16', { layout })))[claim], 'violated')
  assert.is(verdictsOf(await check(migratePages.build('v6.7', { layout })))[claim], 'holds')
})

test('a huge page that one PMD entry maps counts once on every kernel', async () => {
  const layout = 'a huge page off the LRU'
  for (const kernel of ['v6.7', 'v6.16'])
    assert.is(verdictsOf(await check(migratePages.build(kernel, { layout })))['counts-what-stayed'], 'holds')
})

test('a PMD migration entry ends the walk of migrate_pages, and nobody is told', async () => {
  const layout = 'a PMD migration entry'
  for (const [kernel, verdict] of [
    ['v5.2', 'violated'],
    ['v6.6', 'violated'],
    ['v6.7', 'holds'],
  ])
    assert.is(verdictsOf(await check(migratePages.build(kernel, { layout })))['zero-means-all-moved'], verdict)
})

test.run()
