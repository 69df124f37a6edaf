/** How mbind installs a policy: where it splits and where it merges, and what is left when memory runs out in the middle. */
import type { Map as ImmutableMap } from 'immutable'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endingsOf } from '../checker/verdict/endings.ts'
import { rows } from '../invariants/verdicts/mbind/mbind-outcomes.ts'
import { kernel } from '../spec/kernels.ts'
import type { Call, Flags } from '../spec/mbind/call.ts'
import { type Ending, readEnding } from '../spec/mbind/ending.ts'
import type { Layout } from '../spec/mbind/layout.ts'
import { mbindCalls } from '../spec/scenarios/mbind-calls.ts'
import { drawn } from './support/mbind-layouts.ts'

const call = (off: number, n: number, flags: Flags = '0'): Call => ({ off, n, mode: 'BIND', nodes: [1], flags })

async function endings(name: string, layout: Layout, made: Call, mayRunOut = false): Promise<Ending[]> {
  const machine = { nodes: 2, cpus: 1, free: [1, 1] }
  const model = mbindCalls(kernel(name), { machine, situations: { call: { layout, call: made } }, mayRunOut })
  const { values } = await endingsOf(model, readEnding(layout.pages.length))
  return values.map((value) => (value as ImmutableMap<string, unknown>).toJS() as unknown as Ending)
}

/** Who had how many pages, and which policy, when the call was over: `1 none, 2 BIND {1}`. */
const shape = ({ vmas }: Ending): string => vmas.map(({ n, policy }) => `${n} ${policy ?? 'none'}`).join(', ')

const NEW = 'BIND {1}'

for (const name of ['v3.19', 'v5.3', 'v6.5', 'v7.3']) {
  test(`${name}: a range is cut out at its edges and nowhere else`, async () => {
    const shapes: readonly [string, number, number, string][] = [
      ['AAAA', 0, 4, `4 ${NEW}`],
      ['AAAA', 0, 2, `2 ${NEW}, 2 none`],
      ['AAAA', 2, 2, `2 none, 2 ${NEW}`],
      ['AAAA', 1, 2, `1 none, 2 ${NEW}, 1 none`],
      ['AABBCC', 1, 4, `1 none, 1 ${NEW}, 2 ${NEW}, 1 ${NEW}, 1 none`],
    ]
    for (const [vmas, off, n, expected] of shapes) {
      const found = await endings(name, drawn(vmas, '.'.repeat(vmas.length)), call(off, n))
      assert.equal(found.map(shape), [expected], `${vmas}, ${off}+${n}`)
    }
  })

  test(`${name}: a VMA that has the policy is left alone, and neighbours of one mapping become one`, async () => {
    const policy = { mode: 'BIND', nodes: [1] } as const
    const own = { ...drawn('AAA', '...'), vmas: [{ off: 0, n: 3, policy }] }
    assert.equal((await endings(name, own, call(1, 1))).map(shape), [`3 ${NEW}`])
    const both = {
      ...drawn('ABC', '...'),
      vmas: [
        { off: 0, n: 1, policy, mapping: 0 },
        { off: 1, n: 1, mapping: 0 },
        { off: 2, n: 1, policy, mapping: 0 },
      ],
    }
    assert.equal((await endings(name, both, call(1, 1))).map(shape), [`3 ${NEW}`])
  })
}

for (const name of rows) {
  test(`${name}: without memory, what comes first may have the policy, and nothing is moved`, async () => {
    const found = await endings(name, drawn('AB', 'mm'), call(0, 2, 'MOVE'), true)
    const outcomes = new Set(found.map((ending) => `${ending.ret}: ${shape(ending)}; ${ending.nodes.join(' ')}`))
    assert.equal([...outcomes].sort(), [
      `0: 1 ${NEW}, 1 ${NEW}; 1 1`,
      `ENOMEM: 1 ${NEW}, 1 none; 0 0`,
      // The policy object itself, or its copy for the first VMA.
      'ENOMEM: 1 none, 1 none; 0 0',
    ])
    assert.ok(
      found.every(({ leaked }) => leaked === 0),
      'what was isolated is put back',
    )
  })

  test(`${name}: EIO for a page that failed hides ENOMEM from v6.7 on, and only there`, async () => {
    const found = await endings(name, drawn('AAA', 'n..'), call(0, 2, 'MOVE|STRICT'), true)
    const partly = found.filter(({ vmas, ret }) => ret !== '0' && vmas.every(({ policy }) => policy === null))
    const hidden = partly.some(({ ret }) => ret === 'EIO')
    assert.is(hidden, name === 'v7.3', partly.map(({ ret }) => ret).join())
  })
}

test.run()
