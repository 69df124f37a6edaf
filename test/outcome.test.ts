/** mmcheck outcome: answers on known files, on random ones against rules written down apart, and by both engines. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { catalogue } from '../catalogue.ts'
import { main } from '../checker/cli.ts'
import { PLAIN } from '../checker/report/text.ts'
import { eraOf } from '../invariants/tables/mbind-variants.ts'
import { type Outcome, outcomesOf } from '../questions/outcome/answer.ts'
import { readSituation, type Situation } from '../questions/outcome/read.ts'
import { outcomeText } from '../questions/outcome/text.ts'
import { kernel, kernels, withSettings } from '../spec/kernels.ts'
import { policyOf } from '../spec/mbind/arguments.ts'
import { readsAs } from '../spec/mbind/call.ts'
import { RELEASES } from '../spec/releases.ts'
import type { Settings, Switch } from '../spec/switches/index.ts'
import { mbind } from '../spec/switches/mbind.ts'
import { mempolicy } from '../spec/switches/mempolicy.ts'
import { oracle } from './support/mbind-oracle.ts'
import { anyQuestions, orderlyQuestions } from './support/questions.ts'

process.chdir(new URL('..', import.meta.url).pathname)

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const code = await main(argv, catalogue, {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    isTTY: false,
    colour: PLAIN,
    interrupt: { signal: new AbortController().signal, listen: () => {}, release: () => {} },
  })
  return { code, out, err }
}

const parameters = (runs: number): fc.Parameters<unknown> => ({
  seed: Number(process.env.SPEC_SEED ?? 1),
  numRuns: Number(process.env.SPEC_RUNS ?? runs),
  includeErrorInReport: true,
})

const EXAMPLE = 'examples/mbind-outcome.json'

test('as JSON: every outcome with what is returned, and the policy and node of each page', async () => {
  const { code, out } = await run('outcome', EXAMPLE, '--kernel', 'v6.5', '--kernel', 'v6.7', '--json')
  assert.is(code, 0)
  const bind = { mode: 'BIND', nodes: [1] }
  const answers = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(answers, [
    {
      question: 'outcome',
      kernel: 'v6.5',
      settings: {},
      outcomes: [{ ret: 'EIO', policy: [bind, bind, bind], node: [0, 0, null] }],
    },
    {
      question: 'outcome',
      kernel: 'v6.7',
      settings: {},
      outcomes: [{ ret: 'EIO', policy: [bind, bind, bind], node: [0, 1, null] }],
    },
  ])
})

test('as text: a line for each page', async () => {
  const { code, out } = await run('outcome', EXAMPLE)
  assert.is(code, 0)
  assert.match(out, /^v7\.3\nmbind: pages 0-2, BIND \{1\}, MOVE\|STRICT\n\nreturns EIO\n/)
  assert.match(out, /^1 +anon +present +0 -> 1 +PREFERRED \{0\} -> BIND \{1\}$/m)
  assert.ok(out.split('\n').every((line) => line.length <= 72))
})

test('as text: long policies are continued on a line of their own', async () => {
  const policy = { mode: 'WEIGHTED_INTERLEAVE', nodes: [0, 1] }
  const page = { state: 'referenced', node: 0 }
  const situation = oneVma([page], { flags: ['MOVE'], mode: 'BIND|STATIC' }, { kind: 'migration-fails', policy })
  const outcome = await only('v7.3', situation)
  const lines = outcomeText(situation, [outcome], kernel('v7.3').settings).trimEnd().split('\n')
  assert.match(lines.at(-2)!, /^0 .* WEIGHTED_INTERLEAVE \{0,1\}$/)
  assert.match(lines.at(-1)!, /^ +-> BIND\|STATIC \{1\}$/)
  assert.ok(lines.every(({ length }) => length <= 72))
})

test('a mistake in a file is told with the file and the path, exit code 2', async () => {
  const { code, err } = await run('outcome', 'package.json')
  assert.is(code, 2)
  assert.match(
    err,
    /^error: package\.json: \$\.name is no key of this object\n {2}why: expected one of vmas, pages, call, about\n/,
  )
  const missing = await run('outcome', 'nothing.json', '--json')
  assert.is(missing.code, 2)
  assert.match(JSON.parse(missing.out).message, 'nothing.json')
  assert.is((await run('outcome', EXAMPLE, '--kernel', 'v9.9')).code, 2)
})

test('the example that the help shows is the file, and the help says what the words are', async () => {
  const { code, out } = await run('outcome', '--help')
  assert.is(code, 0)
  assert.ok(out.includes(readFileSync(EXAMPLE, 'utf8').trim()))
  for (const word of ['isolation-fails', 'migration-fails', 'referenced', 'cap_sys_nice']) assert.match(out, word)
})

/** The text of a question with one VMA of the pages given, and a call on all of them. */
function oneVma(pages: object[], call: object, vma: object = {}): Situation {
  const all = { off: 0, n: pages.length }
  return readSituation(
    JSON.stringify({
      vmas: [{ ...all, kind: 'anon', policy: null, ...vma }],
      pages,
      call: { ...all, mode: 'BIND', nodes: [1], flags: [], ...call },
    }),
  )
}

async function only(name: string, situation: Situation): Promise<Outcome> {
  const outcomes = await outcomesOf(kernel(name), situation)
  assert.is(outcomes.length, 1)
  return outcomes[0]
}

test('what each state of a page does to MOVE and STRICT', async () => {
  const states: readonly [string, string, string, number | null][] = [
    ['absent', 'anon', '0', null],
    ['zero', 'anon', '0', null],
    ['zero', 'shmem', '0', 1],
    ['present', 'anon', '0', 1],
    ['mlocked', 'anon', '0', 1],
    ['shared', 'anon', '0', 0],
    ['pinned', 'anon', 'EIO', 0],
    ['referenced', 'shmem', 'EIO', 0],
    ['present', 'isolation-fails', 'EIO', 0],
    ['present', 'migration-fails', 'EIO', 0],
    ['present', 'unmigratable', 'EIO', 0],
  ]
  for (const [state, kind, ret, node] of states) {
    const outcome = await only('v7.3', oneVma([{ state, node: 0 }], { flags: ['MOVE', 'STRICT'] }, { kind }))
    assert.equal([outcome.ret, outcome.node[0]], [ret, node], `${state}, ${kind}`)
  }
})

test('a policy without nodes moves pages to the node of the calling CPU', async () => {
  for (const mode of ['DEFAULT', 'LOCAL', 'PREFERRED']) {
    for (const local of [0, 1]) {
      const page = { state: 'present', node: 1 - local }
      const { ret, node } = await only('v6.1', oneVma([page], { mode, nodes: [], flags: ['MOVE'], local }))
      assert.equal([ret, node], ['0', [local]], `${mode}, ${local}`)
    }
  }
})

test('MPOL_DEFAULT knows no STRICT, and takes the policy away', async () => {
  const policy = { mode: 'BIND', nodes: [0] }
  for (const name of ['v3.19', 'v5.3', 'v6.6', 'v7.3']) {
    const question = oneVma(
      [{ state: 'pinned', node: 0 }],
      { mode: 'DEFAULT', nodes: [], flags: ['STRICT'] },
      { policy },
    )
    assert.equal(await only(name, question), { ret: '0', policy: [null], node: [0] }, name)
  }
})

test('PREFERRED keeps the first node of its mask', async () => {
  const { policy } = await only('v7.3', oneVma([{ state: 'absent' }], { mode: 'PREFERRED', nodes: [0, 1] }))
  assert.equal(policy, [{ mode: 'PREFERRED', nodes: [0] }])
})

test('VMAs may come in any order', async () => {
  const text = (order: readonly number[]) => {
    const vmas = [
      { off: 0, n: 1, kind: 'anon', policy: { mode: 'BIND', nodes: [0] } },
      { off: 1, n: 1, kind: 'shmem', policy: null },
    ]
    const pages = [
      { state: 'present', node: 0 },
      { state: 'present', node: 0 },
    ]
    const call = { off: 0, n: 2, mode: 'BIND', nodes: [1], flags: ['STRICT'] }
    return readSituation(JSON.stringify({ vmas: order.map((at) => vmas[at]), pages, call }))
  }
  assert.equal(await only('v6.1', text([1, 0])), await only('v6.1', text([0, 1])))
})

test('a policy reads back as get_mempolicy says: LOCAL is PREFERRED without nodes before v5.14', async () => {
  const local = oneVma([{ state: 'absent' }], { mode: 'LOCAL', nodes: [] })
  const none = oneVma([{ state: 'absent' }], { mode: 'PREFERRED', nodes: [] })
  for (const question of [local, none]) {
    assert.equal((await only('v5.13', question)).policy, [{ mode: 'PREFERRED', nodes: [] }])
    assert.equal((await only('v5.14', question)).policy, [{ mode: 'LOCAL', nodes: [] }])
  }
})

test('modes that a kernel does not have are EINVAL, and no VMA can have one', async () => {
  for (const [mode, first, last] of [
    ['PREFERRED_MANY', 'v5.14', 'v5.15'],
    ['WEIGHTED_INTERLEAVE', 'v6.8', 'v6.9'],
    ['BIND|NUMA_BALANCING', 'v5.11', 'v5.12'],
  ]) {
    const question = oneVma([{ state: 'absent' }], { mode })
    assert.is((await only(first, question)).ret, 'EINVAL', `${mode}, ${first}`)
    assert.is((await only(last, question)).ret, '0', `${mode}, ${last}`)
  }
  const file = join(mkdtempSync(join(tmpdir(), 'mmcheck-')), 'question.json')
  writeFileSync(
    file,
    JSON.stringify({
      vmas: [{ off: 0, n: 1, kind: 'anon', policy: { mode: 'WEIGHTED_INTERLEAVE', nodes: [0] } }],
      pages: [{ state: 'absent' }],
      call: { off: 0, n: 1, mode: 'BIND', nodes: [1], flags: [] },
    }),
  )
  const { code, err } = await run('outcome', file, '--kernel', 'v6.1')
  assert.is(code, 2)
  assert.match(err, /\$\.vmas\[0\]\.policy\.mode is 'WEIGHTED_INTERLEAVE'\n {2}why: expected a mode that v6\.1 has/)
  rmSync(dirname(file), { recursive: true })
})

test('without VMAs nothing is mapped', async () => {
  const question = readSituation(
    '{"vmas":[],"pages":[],"call":{"off":0,"n":2,"mode":"BIND","nodes":[1],"flags":["MOVE"]}}',
  )
  for (const name of ['v3.12', 'v5.3', 'v6.6', 'v7.3'])
    assert.equal(await only(name, question), { ret: 'EFAULT', policy: [], node: [] }, name)
})

/** The policy of each page when the call is over, if it was applied and if it was not. */
function policiesAfter({ vmas, pages, call }: Situation, applied: boolean, settings: Settings): Outcome['policy'] {
  const installed = policyOf(call, [0, 1]) ?? null
  return pages.map((_, page) => {
    const vma = vmas.find(({ off, n }) => off <= page && page < off + n)
    if (vma === undefined) return null
    return readsAs(applied && call.off <= page && page < call.off + call.n ? installed : vma.policy, settings)
  })
}

test('random questions on random kernels: the steps of the model come to what the rules say', async () => {
  const names = kernels()
    .map(({ name }) => name)
    .filter((name) => eraOf(name) !== null)
  const results = new Map<string, number>()
  const property = fc.asyncProperty(orderlyQuestions, fc.constantFrom(...names), async (question, name) => {
    const { variant } = eraOf(name)!
    const told = oracle(question, variant)
    const outcome = await only(name, question)
    assert.equal(
      { ret: outcome.ret, node: outcome.node },
      { ret: told.ret, node: told.nodes },
      `${name} (${variant}): ${JSON.stringify(question)}`,
    )
    assert.equal(outcome.policy, policiesAfter(question, told.applied, kernel(name).settings))
    results.set(told.ret, (results.get(told.ret) ?? 0) + 1)
  })
  await fc.assert(property, parameters(200))
  const counts = ['0', 'EIO', 'EFAULT'].map((ret) => results.get(ret) ?? 0)
  assert.ok(Math.min(...counts) > 20, counts.join(', '))
})

for (const [name, set, value] of [
  ['v7.3', 'mbind-hole-check', 'vma-behind'],
  ['v6.6', 'mbind-unmigratable-vma', 'counted'],
  ['v6.6', 'mbind-isolation-failure', 'ignored'],
  ['v5.4', 'mbind-strict-alone', 'nothing'],
]) {
  test(`random questions notice ${set}=${value} on ${name}`, async () => {
    const { variant } = eraOf(name)!
    for (const question of fc.sample(orderlyQuestions, { seed: 1, numRuns: 200 })) {
      const [{ ret, node }] = await outcomesOf(withSettings(kernel(name), { [set]: value }), question)
      const told = oracle(question, variant)
      if (ret !== told.ret || JSON.stringify(node) !== JSON.stringify(told.nodes)) return
    }
    assert.unreachable('the rules fit all of them')
  })
}

test('settings of several releases may be mixed: there is still one outcome', async () => {
  const all = Object.entries({ ...mbind, ...mempolicy } as Readonly<Record<string, Switch<string>>>)
  const settings = fc.constantFrom(
    ...all.flatMap(([name, { values }]) => values.map((value) => [name, value] as const)),
  )
  const mixed = fc.array(settings, { minLength: 1, maxLength: 3 })
  const property = fc.asyncProperty(anyQuestions, fc.constantFrom(...RELEASES), mixed, async (question, name, set) => {
    const found = await outcomesOf(withSettings(kernel(name), Object.fromEntries(set)), question)
    assert.is(found.length, 1)
  })
  await fc.assert(property, parameters(80))
})

test('random questions of every kind on every kernel: both engines answer, and alike', async () => {
  const names = kernels().map(({ name }) => name)
  const property = fc.asyncProperty(anyQuestions, fc.constantFrom(...names), async (question, name) => {
    const found = await outcomesOf(kernel(name), question)
    assert.ok(found.length > 0)
    assert.equal(await outcomesOf(kernel(name), question, 'reference'), found)
    for (const { ret, policy, node } of found) {
      assert.is(policy.length, question.pages.length)
      // What these errors promise: nothing was touched.
      if (!['EINVAL', 'EPERM', 'EFAULT'].includes(ret)) continue
      const where = question.pages.map((page, at) => (node[at] === null ? null : page.node))
      assert.equal({ node, policy }, { node: where, policy: policiesAfter(question, false, kernel(name).settings) })
    }
  })
  await fc.assert(property, parameters(50))
})

test.run()
