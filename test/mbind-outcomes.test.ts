/** The outcome table: every cell on every release, by both engines, and proof that a cell that changes is noticed. */
import { Map as ImmutableMap } from 'immutable'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import { raceTable } from '../checker/report/race-table.ts'
import { endingsOf } from '../checker/verdict/endings.ts'
import { expectedCell, PARTS, partOf } from '../invariants/tables/mbind-variants.ts'
import { readTable } from '../invariants/tables/tsv.ts'
import { build, expected, rows } from '../invariants/verdicts/mbind/mbind-outcomes.ts'
import { asExpected, type FilledCell, fillTable, outcomeTable } from '../invariants/verdicts/mbind/outcome-table.ts'
import { kernel } from '../spec/kernels.ts'
import { FLAGS } from '../spec/mbind/call.ts'
import type { FolioText, Layout, PageText } from '../spec/mbind/layout.ts'
import { RELEASES } from '../spec/releases.ts'
import { type CallScene, mbindCalls } from '../spec/scenarios/mbind-calls.ts'
import { callOn, cellName, KIND_NAMES, KINDS, type KindName } from '../spec/scenarios/mbind-situations.ts'
import { mbind as switches } from '../spec/switches/mbind.ts'

const differing = (cells: readonly FilledCell[]): string[] =>
  cells
    .filter((cell) => !asExpected(cell))
    .map(({ kind, flags, found, expected }) => `${kind}, ${flags}: ${found.join(' or ')} instead of ${expected}`)

test('the table has a cell for each state of a page, each combination of flags and each era', () => {
  const lines = readTable('mbind-outcomes.tsv', ['variant', 'situation', ...FLAGS])
  assert.is(lines.length * FLAGS.length, 918)
  assert.equal([...new Set(lines.map(({ situation }) => situation))], KIND_NAMES)
  const none = lines.flatMap((line) => FLAGS.filter((flags) => line[flags] === 'n/a'))
  assert.is(none.length, 20, 'before v4.14 no PMD migration entries exist, and huge pages are split first')
})

test('every cell on every release: what is queued, how far the walk goes, the policy, and the result', async () => {
  let compared = 0
  const tables = new Map<string, FilledCell[]>()
  for (const release of RELEASES) {
    // Releases that differ in nothing are one model; the expectation is looked up for each.
    const key = JSON.stringify(kernel(release).settings)
    const known = tables.get(key)?.map((cell) => ({ ...cell, expected: expectedCell(release, cell.kind, cell.flags) }))
    const cells = known ?? (await fillTable(release, {}))
    tables.set(key, cells)
    assert.equal(differing(cells), [], release)
    assert.ok(
      cells.every(({ found }) => found.length === 1),
      'a single call has one outcome',
    )
    compared += cells.filter(({ expected }) => expected !== null).length
  }
  assert.ok(compared > RELEASES.length * 95, `${compared}`)
})

for (const name of rows) {
  test(`${name}: the claims hold, and nothing is doubtful`, async () => {
    const verdict = await check(build(name, {}), { variant: name })
    const races = verdict.claims.map(({ trace }) => (trace?.kind === 'violation' ? raceTable(trace) : ''))
    assert.is(verdict.fault, null)
    assert.equal(
      Object.fromEntries(verdict.claims.map((claim) => [claim.name, claim.verdict])),
      expected(),
      races.join(),
    )
    assert.equal(
      verdict.trust.filter(({ waived }) => waived === null).map(({ text }) => text),
      [],
    )
  })
}

test('both engines fill the same table', async () => {
  for (const name of ['v3.19', 'v6.5', 'v7.3'])
    assert.equal(await fillTable(name, {}, 'reference'), await fillTable(name, {}), name)
})

/** What single calls on one page cannot see: holes, several VMAs, locks, batches, memory that runs out. */
const ELSEWHERE = [
  'mbind-hole-check',
  'mbind-walk-error',
  'mbind-lru-batches',
  'mbind-vma-lock',
  'mbind-migrates-under',
  'mbind-eio-covers-errors',
  'walk-lock-killable',
  'faults-under-vma-lock',
]

/** Kernels that split huge pages have no expectations for them. */
const UNTOLD = ['mbind-huge-page=as-one']

for (const [name, { values }] of Object.entries(switches)) {
  if (ELSEWHERE.includes(name)) continue
  for (const value of values) {
    if (UNTOLD.includes(`${name}=${value}`)) continue
    test(`setting ${name}=${value} where it is not changes the table`, async () => {
      const others = rows.filter((row) => kernel(row).settings[name as keyof typeof switches] !== value)
      for (const row of others) if (differing(await fillTable(row, { [name]: value })).length > 0) return
      assert.unreachable(`${others.join(', ')}: no cell differs`)
    })
  }
}

test('a claim finds the cell that differs, and shows the call', async () => {
  const verdict = await check(build('v6.6', { 'mbind-unmigratable-vma': 'counted' }))
  const queued = verdict.claims.find(({ name }) => name === 'queued-as-stated')!
  assert.is(queued.verdict, 'violated')
  assert.match(raceTable(queued.trace!), /unmigvma (MOVE|ALL)\|STRICT/)
  const { text, json } = await outcomeTable('v6.6', { 'mbind-unmigratable-vma': 'counted' })
  assert.match(text, /^unmigvma .*-cP EIO!/m)
  const cells = (json as { outcomes: { queued: string; expected: string }[] }).outcomes
  assert.is(cells.length, 102)
  assert.is(cells.filter(({ queued, expected }) => queued !== expected[0]).length, 2)
})

test('the parts of a cell come in the order of the table', () => {
  assert.equal(
    PARTS.map((part) => partOf('q t P EIO', part)),
    ['q', 't', 'P', 'EIO'],
  )
})

/**
 * The row's page in front, and behind it two movable pages: one under the same page table, one under the next. What
 * becomes of those is what the letter of the walk means.
 */
function withWitnesses(kind: KindName): Layout {
  const { vmas, pages, folios, ...rest } = KINDS[kind].layout as Layout
  const witness: FolioText = { node: 0, size: kind.startsWith('htlb') ? 'hugetlb' : 'small' }
  const filler: readonly PageText[] = pages.length === 1 ? ['none'] : []
  const first = folios.length
  // The walk of a page table ends with its VMA, so both must lie in one. In one that is not migratable nothing moves.
  const apart = kind === 'unmigvma'
  // One PMD entry is the whole page table: there is only what comes behind it.
  if (isHuge(kind))
    return {
      ...rest,
      vmas:
        kind === 'thpunmig'
          ? [
              { ...vmas[0], n: 3 },
              { off: 3, n: 1 },
            ]
          : [{ ...vmas[0], n: 4 }],
      pages: [pages[0], pages[0], pages[0], { maps: first }],
      folios: [...folios, witness],
    }
  return {
    ...rest,
    vmas: apart
      ? [
          { ...vmas[0], n: 2 },
          { off: 2, n: 2 },
        ]
      : [{ ...vmas[0], n: 4 }],
    pages: [...pages, ...filler, { maps: first }, { maps: first + 1 }],
    folios: [...folios, witness, witness],
  }
}

const isHuge = (kind: KindName): boolean => 'huge' in KINDS[kind].layout

for (const name of rows) {
  test(`${name}: where a walk stops, the pages behind are left where they are`, async () => {
    const machine = { nodes: 2, cpus: 1, free: [1, 1, 1], pagesPerTable: 3 }
    const moving = FLAGS.filter((flags) => flags !== '0' && flags !== 'STRICT')
    const cases = KIND_NAMES.flatMap((kind) => moving.map((flags) => ({ kind, flags })))
    const situations = Object.fromEntries(
      cases.map(({ kind, flags }) => {
        const layout = withWitnesses(kind)
        return [cellName(kind, flags), { layout, call: callOn(layout, flags) }]
      }),
    )
    const nodeAt = (s: CallScene, page: number) => {
      const pte = s.pte[page]
      return pte.kind === 'present' ? s.folio[pte.folio].node : -1
    }
    const read = (s: CallScene) => ImmutableMap({ name: s.situation, same: nodeAt(s, 2), next: nodeAt(s, 3) })
    const { values } = await endingsOf(mbindCalls(kernel(name), { machine, situations }), read)
    assert.is(values.length, cases.length)
    const found = new Map(values.map((value) => [value.get('name'), [value.get('same'), value.get('next')]]))
    for (const { kind, flags } of cases) {
      const cell = expectedCell(name, kind, flags)
      if (cell === null) continue
      const same = 'cnt'.includes(partOf(cell, 'walk')) ? 1 : 0
      const next = 'cn'.includes(partOf(cell, 'walk')) ? 1 : 0
      const nodes = found.get(cellName(kind, flags))!
      assert.is(nodes[1], next, `${kind}, ${flags}: ${cell}`)
      if (!isHuge(kind)) assert.is(nodes[0], same, `${kind}, ${flags}: ${cell}`)
    }
  })
}

test.run()
