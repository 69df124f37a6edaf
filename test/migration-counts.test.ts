/**
 * What migrate_pages returns and counts: a THP of two pages and a folio of one, on kernels of each way of counting, with
 * nobody in the way or with a reference to the THP that stays. Each row comes from a run of the model.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check, invariant, type Model, reachable } from '../checker/index.ts'
import type { Verdict } from '../checker/verdict.ts'
import type { Counting } from '../invariants/migration-results.ts'
import { build as buildFallback } from '../invariants/verdicts/migration/migration-fallback.ts'
import { build as buildThp } from '../invariants/verdicts/migration/migration-thp.ts'
import { build as buildUnmovable } from '../invariants/verdicts/migration/migration-unmovable.ts'

const verdicts = (verdict: Verdict) => Object.fromEntries(verdict.claims.map(({ name, verdict }) => [name, verdict]))

/** The model with one of its initial states, which may be changed. */
const beginning = (model: Model, name: string, change: (s: Counting) => void = () => {}): Model => ({
  ...model,
  init: model.init
    .filter((each) => each.name === name)
    .map(({ run }) => ({
      name,
      run(state) {
        run(state)
        change(state as Counting)
      },
    })),
})

/** What a call returns, PGMIGRATE_SUCCESS and _FAIL, THP_MIGRATION_SUCCESS, _FAIL and _SPLIT. */
const row = ({ migration: { nomem, stats } }: Counting): string =>
  [
    nomem ? '-ENOMEM' : stats.nr_failed,
    ':',
    stats.nr_succeeded,
    stats.nr_failed_pages,
    ':',
    stats.nr_thp_succeeded,
    stats.nr_thp_failed,
    stats.nr_thp_split,
  ].join(' ')

/** Whether the calls of a model that nobody disturbs return this row and no other. */
async function returnsOnly(model: Model, expected: string): Promise<boolean> {
  const returned = ({ migration }: Counting) => migration.pc === 'return'
  const claims = [
    invariant('every call returns the row', {
      name: 'always',
      given: returned,
      holds: (s: Counting) => row(s) === expected,
    }),
    reachable('a call returns', { name: 'returns', holds: returned }),
  ]
  const alone = { ...model, instances: model.instances.filter(({ actor }) => actor === 'migration'), claims }
  const found = verdicts(await check({ ...alone, deadlock: 'off' } as Model, { withoutTraces: true }))
  return found.always === 'holds' && found.returns === 'reached'
}

const held = (s: Counting) => {
  s.folio[0].refs++
  s.folio[0].gets++
}

const MEMORY_FOR_ALL = '0 : 3 0 : 1 0 0'
const WHOLE_OR_NOT = '1 : 1 2 : 0 1 0'

/** For each kernel: a THP; no memory for one; no memory at all; THPs cannot be migrated; one that waits to be split. */
const UNDISTURBED: Readonly<Record<string, readonly string[]>> = {
  'v5.8': ['0 : 2 0 : 0 0 0', '0 : 3 0 : 0 0 0', '-ENOMEM : 0 1 : 0 0 0', '0 : 3 0 : 0 0 0', '0 : 2 0 : 0 0 0'],
  'v5.16': [MEMORY_FOR_ALL, '0 : 3 0 : 0 0 1', '-ENOMEM : 0 1 : 0 0 1', '0 : 3 0 : 0 0 1', MEMORY_FOR_ALL],
  'v5.17': [MEMORY_FOR_ALL, '1 : 3 0 : 0 1 1', '-ENOMEM : 0 1 : 0 1 1', '1 : 3 0 : 0 1 1', MEMORY_FOR_ALL],
  'v6.2': [MEMORY_FOR_ALL, '0 : 3 0 : 0 1 1', '-ENOMEM : 0 1 : 0 1 1', '0 : 3 0 : 0 1 1', MEMORY_FOR_ALL],
  'v6.3': [MEMORY_FOR_ALL, '0 : 3 0 : 0 1 1', '-ENOMEM : 0 1 : 0 1 1', '0 : 3 0 : 0 1 1', MEMORY_FOR_ALL],
  'v6.10': [MEMORY_FOR_ALL, '0 : 3 0 : 0 1 1', '-ENOMEM : 0 1 : 0 1 1', '0 : 3 0 : 0 1 1', '0 : 3 0 : 0 1 1'],
}
/** A THP that can be neither migrated nor split. Up to v6.0 the units differ, and up to v5.10 it ends the call. */
const HELD: Readonly<Record<string, readonly string[]>> = {
  'v5.8': ['1 : 1 1 : 0 0 0', '-ENOMEM : 0 1 : 0 0 0', '-ENOMEM : 0 1 : 0 0 0', '-ENOMEM : 0 1 : 0 0 0'],
  'v5.16': ['1 : 1 1 : 0 1 0', '-ENOMEM : 0 2 : 0 1 0', '-ENOMEM : 0 2 : 0 1 0', '2 : 1 2 : 0 1 0'],
  'v5.17': ['1 : 1 0 : 0 1 0', '-ENOMEM : 0 2 : 0 1 0', '-ENOMEM : 0 2 : 0 1 0', WHOLE_OR_NOT],
  'v6.2': [WHOLE_OR_NOT, '-ENOMEM : 0 2 : 0 1 0', '-ENOMEM : 0 2 : 0 1 0', WHOLE_OR_NOT],
  'v7.3': [WHOLE_OR_NOT, '-ENOMEM : 0 2 : 0 1 0', '-ENOMEM : 0 2 : 0 1 0', WHOLE_OR_NOT, WHOLE_OR_NOT],
}
const BEGINNINGS = [
  'a THP',
  'no memory for a THP',
  'no memory',
  'THPs cannot be migrated',
  'a THP that waits to be split',
]

for (const [what, table, change] of [
  ['nobody in the way', UNDISTURBED, () => {}],
  ['a reference to the THP', HELD, held],
] as const) {
  for (const [kernel, rows] of Object.entries(table)) {
    test(`a THP and a folio on ${kernel}, ${what}`, async () => {
      for (const [at, expected] of rows.entries()) {
        const model = beginning(buildThp(kernel, {}), BEGINNINGS[at], change)
        assert.ok(await returnsOnly(model, expected), `${BEGINNINGS[at]}: ${expected}`)
      }
    })
  }
}

test('on v5.8 a THP counts as one entry, or as two when it was split', async () => {
  const rows = UNDISTURBED['v5.8']
  assert.is(rows[0].split(' ')[2], '2')
  assert.not.ok(await returnsOnly(beginning(buildThp('v5.8', {}), BEGINNINGS[0]), MEMORY_FOR_ALL))
})

test('only MIGRATE_ASYNC leaves parts behind and returns 0, in the candidate of v6.10', async () => {
  for (const [mode, verdict] of [
    ['async', 'violated'],
    ['sync', 'holds'],
  ]) {
    const found = await check(buildThp('patch:deferred-split-rc', { mode }), { withoutTraces: true })
    assert.is(verdicts(found)['nothing-stays-isolated'], verdict, mode)
  }
})

test('the parts that v5.17 forgets are given back since v5.18, and that alone is the repair', async () => {
  const model = buildThp('v5.17', { 'parts-without-memory': 'given-back' })
  assert.is(verdicts(await check(model, { withoutTraces: true }))['nothing-stays-isolated'], 'holds')
})

test('private data keeps a folio from being moved while it is written: the attempt is tried again', async () => {
  for (const [begins, verdict] of [
    ['dirty', 'violated'],
    ['dirty, with private data', 'holds'],
  ]) {
    // With a flusher the private data may be released before the folio is written out, and help no more.
    const model = beginning(buildFallback('v6.3', {}), begins)
    const instances = model.instances.filter(({ actor }) => actor === 'migration' || actor === 'disk')
    const found = verdicts(await check({ ...model, instances }, { withoutTraces: true }))
    assert.is(found['not-moved-under-writeback'], verdict, begins)
  }
})

test('only MIGRATE_SYNC writes anything out', async () => {
  for (const mode of ['async', 'sync_light']) {
    for (const kernel of ['v6.2', 'v6.3']) {
      const model = buildFallback(kernel, { mode })
      const found = verdicts(await check(model, { withoutTraces: true }))
      assert.is(found['store-is-noticed'], 'holds', `${kernel} ${mode}`)
      assert.is(found['clean-is-on-disk'], 'holds', `${kernel} ${mode}`)
      assert.is(found['not-moved-under-writeback'], 'holds', `${kernel} ${mode}`)
    }
  }
})

test('writeback of its own accord does what writing out for migration forgets: it protects the mappings', async () => {
  const model = buildFallback('v6.2', { mode: 'async' })
  const forgets = model.instances.map((instance) => {
    if (instance.actor !== 'flusher') return instance
    const run = (state: object) => {
      const s = state as Counting
      const before = s.mayStore[0]
      instance.run(state)
      s.mayStore[0] = before
    }
    return { ...instance, run }
  })
  const found = verdicts(await check({ ...model, instances: forgets }, { withoutTraces: true }))
  assert.is(found['store-is-noticed'], 'violated')
  assert.is(found['clean-is-on-disk'], 'violated')
})

test('without the look at the mapping an unmovable folio is moved, and compaction takes it', async () => {
  const found = verdicts(
    await check(buildUnmovable('v7.3', { 'unmovable-mapping': 'unknown' }), { withoutTraces: true }),
  )
  assert.is(found['unmovable-stays'], 'violated')
  assert.is(found['unmovable-fails'], 'violated')
  assert.is(found['compaction-leaves-unmovable'], 'violated')
})

test('folio by folio, a refusal restores the mappings and counts once, as in a batch', async () => {
  const settings = { 'migrate-list': 'per-folio', 'copy-order': 'after-freeze' }
  const found = verdicts(await check(buildUnmovable('v6.8', settings), { withoutTraces: true }))
  for (const claim of ['unmovable-fails', 'unmovable-is-mapped', 'every-folio-counted', 'result-tells'])
    assert.is(found[claim], 'holds', claim)
})

test.run()
