/** The scenario munlock-putback: every row, the shape of the race, and which orders of the four steps are safe. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import { build, expected, rows } from '../invariants/verdicts/mlock/munlock-putback.ts'
import { steps, testRows, verdicts } from './support/rows.ts'

testRows({ build, expected, rows })
testRows({ build, expected, rows: ['v7.3', 'patch:munlock-under-lru-lock'] }, { capacity: 1 })

test('the race: PG_mlocked is cleared between the look at it and the setting of PG_lru', async () => {
  assert.equal(steps(await check(build('v7.3', {})), 'unevictable-for-a-reason'), [
    'putback: isolate',
    'putback: putback',
    'putback: lru_add_drain',
    'putback: lru_add: read PG_mlocked',
    'munlock: munlock(2): clear VM_LOCKED',
    'munlock: mlock_pte_range',
    'munlock: lru_add_drain',
    'munlock: munlock: test and clear PG_lru',
    'munlock: munlock: clear PG_mlocked',
    'munlock: mlock batch: drop references',
    'putback: lru_add: set PG_lru',
    'putback: lru_add: drop references',
  ])
})

test('of the four combinations of orders, only one does not strand the folio', async () => {
  const strands: Record<string, string> = {}
  for (const add of ['read-then-set', 'set-then-read']) {
    for (const munlock of ['test-then-clear', 'clear-then-test']) {
      const verdict = await check(build('v7.3', { 'lru-add-order': add, 'munlock-order': munlock }))
      strands[`${add}, ${munlock}`] = verdicts(verdict)['unevictable-for-a-reason']
    }
  }
  assert.equal(strands, {
    'read-then-set, test-then-clear': 'violated',
    'read-then-set, clear-then-test': 'violated',
    'set-then-read, test-then-clear': 'violated',
    'set-then-read, clear-then-test': 'holds',
  })
})

test.run()
