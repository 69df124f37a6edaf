/** Tables that are wider than there is room for are divided, and lose nothing. */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Column, stackedTable } from '../checker/report/stacked-table.ts'

const same = (text: string) => text
const style = (limit: number) => ({ limit, heading: same, rule: same })
const column = (heading: string, ...cells: string[]): Column => ({ heading, cells: cells.map((text) => ({ text })) })

test('a table with room for all of its columns is one', () => {
  const lines = stackedTable(
    column('kernel', 'v6.5', 'v7.3'),
    [column('a-claim-with-a-name', 'holds', 'violated'), { ...column('states', '1,000', '7'), right: true }],
    style(40),
  )
  assert.equal(lines, [
    '        a-claim-',
    'kernel  with-a-name  states',
    '------  -----------  ------',
    'v6.5    holds         1,000',
    'v7.3    violated          7',
  ])
})

test('columns that have no room stand below, behind the first column', () => {
  const lines = stackedTable(
    column('kernel', 'v6.5'),
    [column('one', 'violated'), column('two', 'holds'), column('three', 'holds')],
    style(24),
  )
  assert.equal(lines, [
    'kernel  one       two',
    '------  --------  -----',
    'v6.5    violated  holds',
    '',
    'kernel  three',
    '------  -----',
    'v6.5    holds',
  ])
})

test('headings are narrower where that keeps the table in one piece', () => {
  const columns = [column('cache-lines-on', 'holds'), column('batch-lists-on', 'holds')]
  const at = (limit: number) => stackedTable(column('kernel', 'v6.5'), columns, style(limit))
  const narrow = ['        cache-    batch-', 'kernel  lines-on  lists-on', '------  --------  --------']
  assert.equal(at(34)[0], '        cache-lines-  batch-lists-')
  assert.equal(at(33), [...narrow, 'v6.5    holds     holds'])
  assert.ok(at(25).includes(''))
})

test('cells are shorter where that keeps the table in one piece, and where it is divided all the same', () => {
  const columns = ['one', 'two', 'three'].map((heading) => ({
    heading,
    cells: [{ text: 'violated (9 states)', short: 'violated (9)' }],
  }))
  const at = (limit: number) => stackedTable(column('kernel', 'v6.5'), columns, style(limit))
  assert.is(at(69)[2], 'v6.5    violated (9 states)  violated (9 states)  violated (9 states)')
  assert.is(at(68)[2], 'v6.5    violated (9)  violated (9)  violated (9)')
  assert.equal(
    at(40).filter((line) => line.startsWith('v6.5')),
    ['v6.5    violated (9)  violated (9)', 'v6.5    violated (9)'],
  )
})

test('no line is too long for two columns that fit, and every cell is there once', () => {
  const text = fc.stringMatching(/^[a-z]{1,9}(-[a-z]{1,9}){0,3}$/)
  const rows = fc.integer({ min: 1, max: 4 })
  fc.assert(
    fc.property(
      rows,
      fc.array(text, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 40, max: 120 }),
      (n, names, limit) => {
        const cells = (name: string, at: number) => Array.from({ length: n }, (_, row) => `${name.length}.${at}.${row}`)
        const key = column('kernel', ...Array.from({ length: n }, (_, row) => `v${row}`))
        const lines = stackedTable(
          key,
          names.map((name, at) => column(name, ...cells(name, at))),
          style(limit),
        )
        assert.ok(lines.every((line) => line.length <= limit))
        const words = lines.flatMap((line) => line.split(/\s+/))
        for (const cell of names.flatMap(cells)) assert.is(words.filter((word) => word === cell).length, 1, cell)
      },
    ),
    { seed: 7 },
  )
})

test.run()
