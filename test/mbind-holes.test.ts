/** Holes in the range of mbind(2): what the table of expectations says of each era, and which switches it hears. */
import type { Map as ImmutableMap } from 'immutable'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endingsOf } from '../checker/verdict/endings.ts'
import { eraOf, VARIANTS } from '../invariants/tables/mbind-variants.ts'
import { readTable } from '../invariants/tables/tsv.ts'
import { rows } from '../invariants/verdicts/mbind/mbind-outcomes.ts'
import { type Kernel, kernel, withSettings } from '../spec/kernels.ts'
import type { Flags, Mode } from '../spec/mbind/call.ts'
import { type Ending, readEnding } from '../spec/mbind/ending.ts'
import { mbindCalls, type Situation } from '../spec/scenarios/mbind-calls.ts'
import { drawn } from './support/mbind-layouts.ts'

const TABLE = readTable('mbind-holes.tsv', ['case', 'layout', 'pages', 'n', 'mode', 'flags', ...VARIANTS])
const LENGTH = Math.max(...TABLE.map(({ layout }) => layout.length))
const MACHINE = { nodes: 2, cpus: 1, free: [1] }

/** Every line of the table, once for each combination of flags that it is about. */
const CASES = TABLE.flatMap((line, at) =>
  line.flags.split(' ').map((flags) => ({ ...line, flags: flags as Flags, name: `${at}: ${line.case}, ${flags}` })),
)

const situations = (): Record<string, Situation> =>
  Object.fromEntries(
    CASES.map(({ name, layout, pages, n, mode, flags }) => [
      name,
      {
        layout: drawn(layout.padEnd(LENGTH, '.'), pages.padEnd(LENGTH, '.')),
        call: { off: 0, n: Number(n), mode: mode as Mode, nodes: mode === 'DEFAULT' ? [] : [1], flags },
      },
    ]),
  )

/** What the model says, in the words of the table: the result, whether all VMAs have the policy or none, and a leak. */
async function found(on: Kernel): Promise<Map<string, string>> {
  const { values } = await endingsOf(mbindCalls(on, { machine: MACHINE, situations: situations() }), readEnding(LENGTH))
  assert.is(values.length, CASES.length, 'each call has one outcome')
  const endings = values.map((value) => (value as ImmutableMap<string, unknown>).toJS() as unknown as Ending)
  return new Map(
    endings.map(({ situation, ret, policies, vmas, leaked }) => {
      const { n, mode } = CASES.find(({ name }) => name === situation)!
      const reached = vmas.filter(({ off }) => off < Number(n))
      // DEFAULT installs no policy, and there was none: whether it was applied does not show.
      const same =
        mode === 'DEFAULT' ? ret === '0' : reached.length > 0 && reached.every(({ policy }) => policy !== null)
      assert.ok(same || policies.every((policy) => policy == null), `${situation}: the policy is applied in part`)
      return [situation, [ret, same ? 'P' : '.', ...(leaked > 0 ? ['leak'] : [])].join(' ')]
    }),
  )
}

for (const name of rows) {
  const { variant } = eraOf(name)!
  test(`${name} does what the table says of ${variant}`, async () => {
    const outcomes = await found(kernel(name))
    for (const each of CASES) assert.is(outcomes.get(each.name), each[variant], each.name)
  })
}

/** A switch, a value that the kernel does not have, and the lines that must change. */
const MUTATIONS: readonly [string, string, string, RegExp][] = [
  ['v3.19', 'mbind-hole-check', 'vma-behind-unless-skipped', /tail hole with nothing above|unmigratable/],
  ['v5.4', 'mbind-hole-check', 'vma-before', /tail hole|DEFAULT over a head hole|unmigratable/],
  ['v7.3', 'mbind-hole-check', 'vma-behind', /tail hole|DEFAULT over a head hole/],
  ['v5.4', 'mbind-walk-error', 'eio-and-leak', /middle hole|movable in an earlier VMA/],
  ['v6.6', 'mbind-walk-error', 'returned', /not isolatable in an earlier VMA/],
]

for (const [name, set, value, lines] of MUTATIONS) {
  test(`setting ${set}=${value} on ${name} is noticed`, async () => {
    const outcomes = await found(withSettings(kernel(name), { [set]: value }))
    const { variant } = eraOf(name)!
    const differing = CASES.filter((each) => outcomes.get(each.name) !== each[variant]).map((each) => each.name)
    assert.ok(
      differing.some((each) => lines.test(each)),
      `${differing.join('; ')}`,
    )
  })
}

test.run()
