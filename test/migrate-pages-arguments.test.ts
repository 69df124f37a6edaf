/**
 * The checks of migrate_pages(2): what each mistake comes to in each era, that nothing is touched, and which of two
 * mistakes decides; and the scenario about them.
 */
import { fromJS, type Map as ImmutableMap } from 'immutable'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/index.ts'
import { endingsOf } from '../checker/verdict/endings.ts'
import { readTable } from '../invariants/tables/tsv.ts'
import * as scenario from '../invariants/verdicts/mbind/migrate-pages-arguments.ts'
import { kernel } from '../spec/kernels.ts'
import { type MigratePagesArguments, moves, pairsOf } from '../spec/migrate-pages/arguments.ts'
import { migratePagesArguments } from '../spec/scenarios/migrate-pages-arguments.ts'
import { argumentIn } from './support/migrate-pages-arguments.ts'
import { comesOutAs, mutated, stepsOf, verdictsOf } from './support/verdicts.ts'

const ARGUMENTS = ['pid', 'maxnode', 'old', 'new', 'ids', 'dumpable', 'caps', 'own', 'target', 'security'] as const
const ERAS = ['v3.12', 'v4.15', 'v4.16'] as const
type Name = (typeof ARGUMENTS)[number]
type Era = (typeof ERAS)[number]
type Arguments = Readonly<Record<Name, string>>

const [ORDERLY, ...OTHERS] = readTable('migrate-pages-mistakes.tsv', ['order', 'what', ...ARGUMENTS, ...ERAS])
type Line = typeof ORDERLY

/** Kernels on either side of each turn, and the newest one. */
const KERNELS: readonly (readonly [string, Era])[] = [
  ['v3.12', 'v3.12'],
  ['v4.14', 'v3.12'],
  ['v4.15', 'v4.15'],
  ['v4.16', 'v4.16'],
  ['v6.6', 'v4.16'],
  ['v7.3', 'v4.16'],
]

const callOf = (given: Arguments): MigratePagesArguments =>
  Object.assign(
    {},
    ...ARGUMENTS.filter((name) => given[name] !== '-' || name === 'old' || name === 'new').map((name) =>
      argumentIn(name, given[name]),
    ),
  )

/** What calls come to on a kernel. Each has one outcome, and one that is refused has touched nothing. */
async function results(name: string, calls: readonly Arguments[]): Promise<string[]> {
  const situations = Object.fromEntries(calls.map((given, at) => [`${at}`, callOf(given)]))
  const { values } = await endingsOf(migratePagesArguments(kernel(name), situations), (s) => {
    const pte = s.pte[0]
    const node = pte.kind === 'present' ? s.folio[pte.folio].node : null
    return fromJS({ at: Number(s.situation), ret: s.call.ret, node, off: s.lru_disable_count })
  })
  assert.is(values.length, calls.length, 'each call has one outcome')
  const found: string[] = []
  for (const value of values) {
    const { at, ret, node, off } = (value as ImmutableMap<string, unknown>).toJS() as Record<string, unknown>
    if (ret !== '0') assert.is(node, 0, `${JSON.stringify(calls[at as number])} has moved a page`)
    assert.is(off, 0)
    found[at as number] = ret as string
  }
  return found
}

for (const [name, era] of KERNELS)
  test(`${name}: every mistake comes to what the table says, and nothing is touched`, async () => {
    const lines = [ORDERLY, ...OTHERS]
    const found = await results(name, lines)
    lines.forEach((line, at) => {
      assert.is(found[at], line[era], line.what)
    })
  })

/** What else decides whether an argument is a mistake. */
const ASKED_WITH: Readonly<Partial<Record<Name, readonly Name[]>>> = {
  maxnode: ['old', 'new'],
  old: ['maxnode'],
  new: ['maxnode', 'target', 'own', 'caps'],
  ids: ['caps'],
  dumpable: ['caps'],
  target: ['caps', 'new'],
  own: ['new'],
}
const touched = (line: Line) => ARGUMENTS.filter((name) => line[name] !== ORDERLY[name])

/** Every two mistakes that can be made in one call, the one that is looked for first before the other. */
function pairsOn(era: Era): { first: Line; second: Line; both: Arguments }[] {
  const mistakes = OTHERS.filter((line) => line[era] !== '0')
  return mistakes.flatMap((first) => {
    const own = touched(first)
    const sensitive = new Set([...own, ...own.flatMap((name) => ASKED_WITH[name] ?? [])])
    return mistakes
      .filter((second) => Number(first.order) < Number(second.order))
      .filter((second) => touched(second).every((name) => !sensitive.has(name) || second[name] === first[name]))
      .map((second) => ({
        first,
        second,
        both: { ...first, ...Object.fromEntries(touched(second).map((each) => [each, second[each]])) },
      }))
  })
}

/**
 * Checks next to each other that errors can tell apart. CAP_SYS_NICE gets by the access check (up to v4.14) and the cpuset
 * of the target, and without it nothing gets as far as a node that has no memory.
 */
const NEXT_TO: Readonly<Record<Era, readonly string[]>> = {
  'v3.12': ['3 4', '4 5', '4 6', '5 8', '6 8', '7 8', '8 9'],
  'v4.15': ['3 4', '4 5', '4 6', '5 7', '6 8', '7 8', '8 9'],
  'v4.16': ['3 4', '4 5', '4 6', '5 7', '6 7', '7 8', '8 9'],
}

for (const [name, era] of KERNELS.filter(([name, era]) => name === era || name === 'v7.3'))
  test(`${name}: of two mistakes the one that is looked for first decides`, async () => {
    const pairs = pairsOn(era)
    const found = await results(
      name,
      pairs.map(({ both }) => both),
    )
    pairs.forEach(({ first, second }, at) => {
      assert.is(found[at], first[era], `${first.what}, and ${second.what}`)
    })
    const told = pairs.filter(({ first, second }) => first[era] !== second[era])
    const neighbours = new Set(told.map(({ first, second }) => `${first.order} ${second.order}`))
    assert.ok(told.length > 50, `${told.length}`)
    for (const order of NEXT_TO[era]) assert.ok(neighbours.has(order), order)
  })

for (const name of scenario.rows)
  test(`the scenario on ${name}`, async () => {
    await comesOutAs(scenario.build(name, {}), name, scenario.expected(name))
  })

test('a program that is started behind the access check has its pages moved', async () => {
  const situation = 'another process starts a set-user-ID program'
  const verdict = await check(scenario.build('v7.3', { situation }))
  const steps = stepsOf(verdict, 'checked-memory-is-moved')
  const [checked, started, taken] = ['call: access check', 'target_task: execve', 'call: get_task_mm'].map((step) =>
    steps.indexOf(step),
  )
  assert.ok(0 <= checked && checked < started && started < taken)
})

test('a call that has moved something before it is refused is noticed', async () => {
  const model = mutated(
    scenario.build('v7.3', {}),
    'call',
    'cpuset_mems_allowed',
    (s: { folio: { node: number }[] }) => {
      s.folio[0].node = 1
    },
  )
  assert.is(verdictsOf(await check(model))['refused-changes-nothing'], 'violated')
})

test('the nth node goes to the nth, and nodes of both masks stay where the sizes differ', () => {
  assert.equal(pairsOf([0], [1]), [[0, 1]])
  assert.equal(pairsOf([1], [1]), [])
  assert.equal(pairsOf([0, 1], [1]), [[0, 1]])
  assert.equal(pairsOf([], [1]), [])
  assert.equal(pairsOf([0, 1], []), [])
  assert.equal(pairsOf([0, 1], [1, 2]), [
    [1, 2],
    [0, 1],
  ])
  assert.throws(() => moves([1], [0], [0, 1]), /not a move from node 0 to node 1/)
})

test.run()
