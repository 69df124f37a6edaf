/** The checks of mbind's arguments: what each mistake comes to, that nothing is touched, and in which order they are made. */
import type { Map as ImmutableMap } from 'immutable'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endingsOf } from '../checker/verdict/endings.ts'
import { readTable } from '../invariants/tables/tsv.ts'
import { kernel } from '../spec/kernels.ts'
import type { Call, Flags, Mode, ModeFlag, RawArguments } from '../spec/mbind/call.ts'
import { type Ending, readEnding } from '../spec/mbind/ending.ts'
import { mbindCalls } from '../spec/scenarios/mbind-calls.ts'
import { drawn } from './support/mbind-layouts.ts'

const ARGUMENTS = [
  'mode',
  'modeFlags',
  'nodes',
  'mask',
  'maxnode',
  'flags',
  'oddFlags',
  'start',
  'end',
  'n',
  'capable',
  'allowed',
] as const
type Arguments = Readonly<Record<(typeof ARGUMENTS)[number], string>>
const [ORDERLY, ...MISTAKES] = readTable('mbind-arguments.tsv', ['order', 'what', ...ARGUMENTS, 'ret'])
type Line = typeof ORDERLY

/** The arguments in which a line differs from a call that is in order. */
const touched = (line: Line) => ARGUMENTS.filter((name) => line[name] !== ORDERLY[name])

const KERNELS = ['v3.19', 'v5.3', 'v6.5', 'v7.3']

function callOf(given: Arguments): Call {
  const raw: Record<string, unknown> = {
    mode: given.mode === 'unknown' ? 'unknown' : undefined,
    modeFlags: given.modeFlags === '-' ? undefined : (given.modeFlags.split(' ') as ModeFlag[]),
    mask: given.mask === '-' ? undefined : given.mask,
    maxnode: given.maxnode === '-' ? undefined : given.maxnode,
    flags: given.oddFlags === '-' ? undefined : given.oddFlags,
    start: given.start === '-' ? undefined : given.start,
    end: given.end === '-' ? undefined : given.end,
    capSysNice: given.capable === 'no' ? false : undefined,
  }
  return {
    off: 0,
    n: Number(given.n),
    mode: (given.mode === 'unknown' ? 'BIND' : given.mode) as Mode,
    nodes: given.nodes === '-' ? [] : given.nodes.split(',').map(Number),
    flags: given.flags as Flags,
    raw: Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined)) as RawArguments,
  }
}

/** What calls on two pages, one on each node, come to: the result, and whether anything was touched. */
async function results(name: string, calls: readonly Arguments[]): Promise<string[]> {
  const found: string[] = []
  const layout = drawn('AA', 'rm')
  for (const allowed of new Set(calls.map((each) => each.allowed))) {
    const machine = { nodes: 2, cpus: 1, free: [1], allowed: allowed.split(',').map(Number) }
    const here = calls.map((given, at) => ({ given, at })).filter(({ given }) => given.allowed === allowed)
    const situations = Object.fromEntries(here.map(({ given, at }) => [`${at}`, { layout, call: callOf(given) }]))
    const { values } = await endingsOf(mbindCalls(kernel(name), { machine, situations }), readEnding(2))
    assert.is(values.length, here.length, 'each call has one outcome')
    for (const value of values) {
      const { situation, ret, policies, nodes } = (value as ImmutableMap<string, unknown>).toJS() as unknown as Ending
      const untouched = policies.every((policy) => policy === null) && nodes[0] === 1 && nodes[1] === 0
      if (ret !== '0') assert.ok(untouched, `${calls[Number(situation)]}`)
      found[Number(situation)] = ret
    }
  }
  return found
}

for (const name of KERNELS) {
  test(`${name}: every mistake comes to what the table says, and nothing is touched`, async () => {
    const lines = [ORDERLY, ...MISTAKES]
    const found = await results(name, lines)
    lines.forEach((line, at) => {
      assert.is(found[at], line.ret, line.what)
    })
  })
}

test('of two mistakes the one that is looked for first decides', async () => {
  // What has no influence on whether the first mistake is one: a null mask makes maxnode and its bits harmless.
  const decisive = MISTAKES.filter(({ ret, n }) => ret !== '0' || n === '0')
  const pairs = decisive.flatMap((first) => {
    const own: readonly string[] = touched(first)
    const sensitive = own.includes('mask') || own.includes('maxnode') ? [...own, 'mask', 'nodes'] : own
    return decisive
      .filter((second) => Number(first.order) < Number(second.order))
      .filter((second) => touched(second).every((name) => !sensitive.includes(name)))
      .map((second) => ({
        first,
        second,
        both: { ...first, ...Object.fromEntries(touched(second).map((each) => [each, second[each]])) },
      }))
  })
  assert.ok(pairs.length > 100, `${pairs.length}`)
  const found = await results(
    'v7.3',
    pairs.map(({ both }) => both),
  )
  pairs.forEach(({ first, second }, at) => {
    assert.is(found[at], first.ret, `${first.what}, and ${second.what}`)
  })
  const telling = pairs.filter(({ first, second }) => first.ret !== second.ret)
  assert.ok(telling.length > 20, 'most orders cannot be told apart by their errors')
})

test.run()
