/**
 * What the tests of the Linux Test Project expect of mbind(2), on the model: single calls, and calls one after the other.
 * Placement of pages that are touched later belongs to the scenarios with faults.
 */
import type { Map as ImmutableMap } from 'immutable'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endingsOf } from '../checker/verdict/endings.ts'
import { readTable } from '../invariants/tables/tsv.ts'
import { type Kernel, kernel } from '../spec/kernels.ts'
import { policyOf } from '../spec/mbind/arguments.ts'
import { type Call, type Flags, type Mode, policyName, readsAs } from '../spec/mbind/call.ts'
import { type Ending, readEnding } from '../spec/mbind/ending.ts'
import type { FolioText, Layout, PageText } from '../spec/mbind/layout.ts'
import { compareReleases, type Release } from '../spec/releases.ts'
import { mbindCalls } from '../spec/scenarios/mbind-calls.ts'
import { drawn } from './support/mbind-layouts.ts'

const TABLE = readTable('ltp-mbind.tsv', ['test', 'vmas', 'pages', 'calls', 'returns', 'policy', 'nodes', 'lengths'])
type Line = (typeof TABLE)[number]

const KERNELS = ['v3.19', 'v5.0', 'v5.2', 'v5.3', 'v5.4', 'v5.13', 'v5.14', 'v6.3', 'v6.5', 'v6.6', 'v6.7', 'v7.3']
/** The regression that mbind02 is there for: from v4.0 to v5.0 STRICT alone looks at no page. */
const FAILS = (name: string, { test }: Line): boolean => name === 'v5.0' && test.startsWith('mbind02')

/** `0+2 BIND 1 MOVE`. */
function callIn(text: string): Call {
  const [range, mode, nodes, flags] = text.trim().split(' ')
  const [off, n] = range.split('+').map(Number)
  const raw = {
    ...(mode === 'unknown' && { mode: 'unknown' as const }),
    ...((nodes === 'null' || nodes === 'unreadable') && { mask: nodes as 'null' | 'unreadable' }),
    ...(flags === 'all-ones' && { flags: 'unknown' as const, capSysNice: false }),
  }
  return {
    off,
    n,
    mode: (mode === 'unknown' ? 'DEFAULT' : mode) as Mode,
    nodes: /^\d$/.test(nodes) ? [Number(nodes)] : [],
    flags: (flags === 'all-ones' ? 'ALL|STRICT' : flags) as Flags,
    raw,
  }
}

interface Run {
  readonly line: Line
  readonly rets: string[]
  last: Ending | null
  layout: Layout
}

const POLICIES = new Map(
  TABLE.flatMap(({ calls }) => calls.split(';'))
    .map((text) => policyOf(callIn(text), [0, 1]) ?? null)
    .map((policy) => [policyName(policy), policy]),
)

/** Every line of the table on a kernel: one call after the other, each where the one before has left things. */
async function runAll(on: Kernel): Promise<readonly Run[]> {
  const all = TABLE.map((line): Run => ({ line, rets: [], last: null, layout: drawn(line.vmas, line.pages) }))
  const machine = { nodes: 2, cpus: 1, free: [1, 0, 1] }
  for (let round = 0; ; round++) {
    const runs = all.filter(({ line }) => line.calls.split(';').length > round)
    if (runs.length === 0) return all
    const length = Math.max(...runs.map(({ layout }) => layout.pages.length))
    const situations = Object.fromEntries(
      runs.map(({ line, layout }) => [line.test, { layout, call: callIn(line.calls.split(';')[round]) }]),
    )
    const { values } = await endingsOf(mbindCalls(on, { machine, situations }), readEnding(length))
    assert.is(values.length, runs.length, 'each call has one outcome')
    for (const value of values) {
      const ending = (value as ImmutableMap<string, unknown>).toJS() as unknown as Ending
      const run = runs.find(({ line }) => line.test === ending.situation)!
      run.rets.push(ending.ret)
      run.last = { ...ending, nodes: ending.nodes.slice(0, run.layout.pages.length) }
      run.layout = left(run.last)
    }
  }
}

/** The address space that a call has left behind. */
function left({ vmas, nodes }: Ending): Layout {
  const folios: FolioText[] = []
  const pages = nodes.map((node): PageText => {
    if (node === null) return 'none'
    folios.push({ node })
    return { maps: folios.length - 1 }
  })
  return {
    vmas: vmas.map(({ off, n, mapping, policy }) => ({
      off,
      n,
      mapping,
      policy: policy === null ? null : POLICIES.get(policy)!,
    })),
    pages,
    folios,
  }
}

for (const name of KERNELS) {
  test(`${name} passes them`, async () => {
    const on = kernel(name)
    for (const { line, rets, last } of await runAll(on)) {
      const about = `${line.test}: ${line.calls}`
      if (FAILS(name, line)) {
        assert.is.not(rets.join('; '), line.returns, `${about} should fail here`)
        continue
      }
      assert.is(rets.join('; '), line.returns, about)
      const { policies, nodes, vmas } = last!
      const policy = policies[0] == null ? null : POLICIES.get(policies[0])!
      if (line.policy !== '-') assert.ok(accepted(line, name).includes(policyName(readsAs(policy, on.settings))), about)
      if (line.nodes !== '-') assert.is(nodes.map((node) => node ?? '.').join(' '), line.nodes, about)
      if (line.lengths !== '-') assert.is(vmas.map(({ n }) => n).join(' '), line.lengths, about)
    }
  })
}

/** What get_mempolicy may say: LOCAL had to read back as such from v5.14 on, and as PREFERRED before. */
function accepted({ policy }: Line, name: string): readonly string[] {
  if (policy === 'PREFERRED or LOCAL') return ['PREFERRED', 'LOCAL']
  if (policy !== 'LOCAL, PREFERRED before v5.14') return [policy]
  return [compareReleases(name as Release, 'v5.14') < 0 ? 'PREFERRED' : 'LOCAL']
}

test.run()
