/**
 * The command line: every verb, every exit code, and what is said about bad input. One file because all of it runs on the
 * same small catalogue; a suite for each verb.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Catalogue } from '../checker/catalogue.ts'
import { main } from '../checker/cli.ts'
import type { Io } from '../checker/commands/io.ts'
import { PLAIN } from '../checker/report/text.ts'
import { catalogueWith } from './fixtures/catalogue.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
const scratch = mkdtempSync(join(tmpdir(), 'mmcheck-'))

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command line, split at spaces, on the small catalogue; arguments with spaces are given as a list. */
async function run(
  line: string | readonly string[],
  options: { expected?: Parameters<typeof catalogueWith>[0]; catalogue?: Catalogue; aborted?: boolean } = {},
): Promise<Ran> {
  let [out, err] = ['', '']
  const controller = new AbortController()
  if (options.aborted) controller.abort()
  const io: Io = {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    isTTY: false,
    colour: PLAIN,
    interrupt: { signal: controller.signal, listen: () => {}, release: () => {} },
  }
  const argv = typeof line === 'string' ? line.split(' ').filter((part) => part !== '') : line
  const code = await main(argv, options.catalogue ?? catalogueWith(options.expected), io)
  return { code, out, err }
}

/** Runs the real program; `onError` sees what it prints on standard error, and may send it signals. */
function spawned(
  argv: readonly string[],
  onError: (text: string, interrupt: () => void) => void = () => {},
): Promise<Ran & { signal: string | null }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'bin/mmcheck.mjs'), ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk
    })
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk
      onError(err, () => child.kill('SIGINT'))
    })
    child.on('close', (code, signal) => resolve({ code: code ?? -1, signal, out, err }))
  })
}

/** An error must say what, why and what to do, and show no stack. */
function refused({ code, err }: Ran, ...parts: readonly (string | RegExp)[]): void {
  assert.is(code, 2, err)
  assert.match(err, /^error: .+\n[\s\S]* {2}why: .+\n {2}to do: .+/)
  assert.not.match(err, /^\s+at .+:\d+:\d+/m)
  for (const part of parts) assert.match(err, part)
}

const check = suite('check')

check('a claim that holds: with its state count and bounds, and what it cost', async () => {
  const { code, out, err } = await run('check examples/two-phase.ts --set RMs=4')
  assert.is(code, 0)
  assert.match(out, /^TwoPhase, RMs=4, symmetric=false\nevery step is atomic and sequentially consistent\n/)
  assert.match(out, /holds +consistent: .*\n +in all 1,568 states \(RMs=4, symmetric=false\)/)
  assert.match(out, /1,568 states, [\d,]+ generated, depth \d+: all that can be reached\n.* s, .*states\/s.*, 1 worker/)
  assert.is(err, '')
})

check('a violated claim: its trace as a race table, exit code 1', async () => {
  const { code, out } = await run('check examples/die-hard.ts')
  assert.is(code, 1)
  assert.match(out, /violated +unsolved: .*\n +not in all states, shortest trace: 7 states/)
  assert.match(out, /6 +PourBigIntoSmall +small 2->3, big 5->4/)
})

check('a deadlock is shown like a violation', async () => {
  const { code, out } = await run('check test/fixtures/lock-order.ts')
  assert.is(code, 1)
  assert.match(out, /deadlock +a state without a next step/)
  assert.match(out, /2 +take the first lock +taken\[lock1\] false->true/)
})

check('a model that cannot move proves nothing, unless that is waived with a reason', async () => {
  const vacuous = await run('check test/fixtures/vacuous.ts')
  assert.is(vacuous.code, 1)
  assert.match(vacuous.out, "doubt     action 'Jump' is never enabled")
  const waived = await run('check test/fixtures/vacuous.ts#waived')
  assert.is(waived.code, 0)
  assert.match(waived.out, "waived    action 'Jump' is never enabled (it shows what a waiver looks")
})

check('a fault of the spec: what, why, what to do, and the way into it', async () => {
  const { code, out } = await run('check test/fixtures/leaves-domain.ts')
  assert.is(code, 2)
  assert.match(out, /error: .*n = 3 is outside its domain range\(0, 2\)\n {2}why: .*\n {2}to do: /)
  assert.match(out, /2 +Up +n 1->2/)
})

check('limits: exit code 3, and what was covered', async () => {
  for (const limit of ['--max-depth 4', '--max-states 100']) {
    const { code, out } = await run(`check examples/two-phase.ts ${limit}`)
    assert.is(code, 3)
    assert.match(out, /open +consistent/)
    assert.match(
      out,
      /stopped before the end: the limit on (depth|states) was reached;\s+covered:\s+every\s+state\s+of\s+the\s+first\s+\d\s+levels/,
    )
  }
  const memory = await run('check examples/two-phase.ts --set RMs=8 --max-memory 1M --no-spill --quiet')
  assert.is(memory.code, 3)
  assert.match(memory.out, 'the memory limit was reached')
})

check('a scenario: on its newest release, or on each kernel named', async () => {
  const newest = await run('check lost-update')
  assert.is(newest.code, 0)
  assert.match(newest.out, /^lost-update, v3\nbounds: 2 threads, one increment each\n/)
  const both = await run('check lost-update --kernel v1 --kernel patch:hope')
  assert.is(both.code, 1)
  assert.match(both.out, /^lost-update, v1\n[\s\S]*\nlost-update, patch:hope\n/)
  assert.is(both.out.split('sequentially consistent').length, 2, 'the note is printed once')
})

check('switches and constants can be set', async () => {
  const { code, out } = await run('check lost-update --kernel v1 --set lock=spinlock --set threads=3')
  assert.is(code, 0)
  assert.match(out, /^lost-update, v1, lock=spinlock, threads=3\n/)
  const model = await run('check test/fixtures/two-models.ts#large --set top=3 --set strict=true --set label=Tiny')
  assert.match(model.out, /^Tiny, top=3, strict=true, label=Tiny\n[\s\S]*\n4 states, 5 generated/)
})

check('a claim filter checks nothing else, and says so', async () => {
  const { code, out } = await run('check lost-update --kernel v1 --claim finishes')
  assert.is(code, 0)
  assert.match(out, 'not checked, because of --claim: no-loss')
  assert.not.match(out, /violated/)
})

check('both engines give the same verdict and counts', async () => {
  const ask = async (engine: string) =>
    JSON.parse((await run(`check examples/die-hard.ts --json --engine ${engine}`)).out)
  const [tables, reference] = [await ask('tables'), await ask('reference')]
  for (const key of ['verdict', 'distinct', 'generated', 'depth']) assert.is(tables[key], reference[key])
})

check('--json: one object for each target, with the keys that stay', async () => {
  const { code, out, err } = await run('check examples/two-phase.ts lost-update --kernel v1 --json --seed 7')
  assert.is(code, 1)
  assert.is(err, '')
  const [first, second] = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const { seconds, ...twoPhase } = first
  assert.type(seconds, 'number')
  assert.is(twoPhase.model, 'TwoPhase')
  assert.is(twoPhase.kernel, null)
  assert.is(twoPhase.verdict, 'holds')
  assert.equal([twoPhase.distinct, twoPhase.generated, twoPhase.depth, twoPhase.workers], [288, 1146, 11, 1])
  assert.equal(twoPhase.claims, [{ name: 'consistent', kind: 'invariant', verdict: 'holds' }])
  assert.is(second.kernel, 'v1')
  assert.is(second.verdict, 'violated')
  const [loss, finishes] = second.claims
  assert.is(loss.verdict, 'violated')
  assert.is(loss.trace.length, 5)
  assert.is(loss.trace.steps.length, 4)
  assert.equal(Object.keys(loss.trace.steps[0]), ['process', 'label', 'changes'])
  assert.equal(loss.trace.steps[2].changes, [{ variable: 'counter', from: '0', to: '1' }])
  assert.equal([finishes.kind, finishes.verdict], ['reachable', 'reached'])
})

check('--json: what cannot be checked is an object, too', async () => {
  for (const line of [
    'check lost-updates --json',
    'check --json',
    'check examples/no.ts --json',
    'check lost-update --workers x --json',
  ]) {
    const { code, out } = await run(line)
    assert.is(code, 2)
    const { verdict, message } = JSON.parse(out)
    assert.is(verdict, 'error')
    assert.ok(message.length > 0)
  }
})

check('--out saves each counterexample, and trace replays it', async () => {
  const out = join(scratch, 'found')
  const saved = await run(['check', 'lost-update', 'examples/die-hard.ts', '--kernel', 'v1', '--out', out])
  assert.is(saved.code, 1)
  assert.equal(readdirSync(out).sort(), ['die-hard-unsolved', 'lost-update-v1-no-loss'])
  const folder = join(out, 'lost-update-v1-no-loss')
  assert.equal(readdirSync(folder).sort(), ['race.txt', 'trace.dot', 'trace.json', 'trace.svg'])
  assert.match(saved.out, `saved: ${folder}/`)
  const replayed = await run(['trace', join(folder, 'trace.json')])
  assert.is(replayed.code, 0, replayed.err)
  assert.ok(replayed.out.startsWith(readFileSync(join(folder, 'race.txt'), 'utf8')), replayed.out)
})

check('after an interrupt nothing more is begun', async () => {
  const { code, err } = await run('check examples/two-phase.ts examples/die-hard.ts', { aborted: true })
  assert.is(code, 3)
  assert.match(err, 'not checked after the interrupt: DieHard')
})

check.run()

const wrong = suite('bad input')

wrong('unknown names: the nearest one is suggested', async () => {
  refused(await run('check lost-updat'), "no scenario 'lost-updat'", "did you mean 'lost-update'?")
  refused(await run('check lost-update --kernel v11'), "no kernel 'v11'", "did you mean 'v1'?")
  refused(await run('check lost-update --claim no-los'), "no claim 'no-los'", "did you mean 'no-loss'?")
  refused(await run('check lost-update --set lok=none'), "'lok'", "did you mean 'lock'?")
  refused(await run('check lost-update --set lock=spin'), "'spin'", "did you mean 'spinlock'?")
  refused(await run('check examples/two-phase.ts --set RM=3'), "no constant 'RM'", "did you mean 'RMs'?")
  refused(await run('check examples/two-fase.ts'), 'did you mean examples/two-phase.ts?')
  refused(await run('check two-phase'), 'mmcheck check examples/two-phase.ts')
  refused(await run('matrix counter'), "did you mean 'counters'?")
  refused(await run('matrix --kernel v9'), "did you mean 'v")
  refused(await run('matrix --claim no-los'), "did you mean 'no-loss'?")
  refused(await run('graph test/fixtures/projections.ts --by lti'), "did you mean 'lit'?")
  refused(await run('list kernel'), "did you mean 'kernels'?")
})

wrong('values that cannot be', async () => {
  refused(await run('check examples/two-phase.ts --set RMs=many'), 'not a number')
  refused(await run('check test/fixtures/two-models.ts#large --set strict=1'), 'not true or false')
  refused(await run('check examples/two-phase.ts --set RMs'), 'sets nothing')
  refused(await run('check examples/two-phase.ts --set RMs=0'), 'examples/two-phase.ts')
  refused(await run('check examples/two-phase.ts --workers 0'), 'whole number from 1')
  refused(await run('check examples/two-phase.ts --max-memory lots'), '8G')
  refused(await run('check examples/two-phase.ts --kernel v1'), 'no kernels')
})

wrong('usage: what commander says, exit code 2', async () => {
  for (const [line, said] of [
    ['chekc', 'Did you mean check'],
    ['check', 'missing required argument'],
    ['check lost-update --worker 2', 'Did you mean --workers'],
    ['check lost-update --engine fast', 'Allowed choices are tables, reference'],
    ['', 'Usage: mmcheck'],
  ]) {
    const { code, err } = await run(line)
    assert.is(code, 2, line)
    assert.match(err, said)
  }
})

wrong('spec files: what was expected, with an example', async () => {
  refused(
    await run('check test/fixtures/throws-on-load.ts'),
    'the author forgot something',
    'export const spec = model',
  )
  refused(await run('check test/fixtures/no-model.ts'), "no model named 'spec'", 'export const spec = model')
  refused(await run('check test/fixtures/two-models.ts'), 'large, small', '#small')
  const broken = join(scratch, 'broken.ts')
  writeFileSync(broken, 'export const spec = (')
  refused(await run(['check', broken]), 'cannot be loaded', 'export const spec = model')
})

wrong('one bad target: none is checked', async () => {
  const ran = await run('check examples/die-hard.ts lost-updat')
  refused(ran)
  assert.is(ran.out, '')
})

wrong('trace files: damaged, of a spec that changed, missing', async () => {
  const out = join(scratch, 'damaged')
  await run(['check', 'examples/die-hard.ts', '--out', out])
  const file = join(out, 'die-hard-unsolved', 'trace.json')
  const text = readFileSync(file, 'utf8')
  const other = join(scratch, 'other.json')
  const refuse = async (changed: string, ...parts: RegExp[]) => {
    writeFileSync(other, changed)
    refused(await run(['trace', other]), ...parts)
  }
  await refuse(text.slice(0, 200), /not JSON/)
  await refuse(text.replace('"length": 7', '"length": 8'), /trace\.length/)
  await refuse(text.replace('"label": "FillBig"', '"label": "FillHuge"'), /FillHuge/)
  await refuse(text.replace('"to": "5"', '"to": "4"'), /./)
  await refuse(text.replace('examples/die-hard.ts', 'examples/die-soft.ts'), /die-hard/)
  refused(await run('trace nowhere.json'), 'cannot be read')
})

wrong.run()

const matrix = suite('matrix')

matrix('a scenario that says nothing about a kernel is left out beside others, and alone says why', async () => {
  const small = catalogueWith()
  const why = 'it has no such lock'
  const silent = {
    ...small.scenarios[0],
    name: 'silent',
    silentOn: (variant: string) => (variant === 'v1' ? why : null),
  }
  const catalogue = { ...small, scenarios: [...small.scenarios, silent] }
  const both = await run('matrix --kernel v1', { catalogue })
  assert.is(both.code, 0)
  assert.match(both.err, /^left out: silent on v1, it has no such lock$/m)
  assert.not.match(both.out, /^silent/m)
  for (const line of ['matrix silent --kernel v1', 'check silent --kernel v1']) {
    const alone = await run(line, { catalogue })
    assert.is(alone.code, 2)
    assert.match(alone.err, /error: silent says nothing about v1\n +why: it has no such lock\n/)
  }
  assert.is((await run('matrix silent --kernel v3', { catalogue })).code, 0)
})

matrix('everything as expected: a row for each kernel, each race once, exit code 0', async () => {
  const { code, out } = await run('matrix --races')
  assert.is(code, 0)
  assert.match(out, /^lost-update: threads increment a shared counter\nbounds: 2 threads/)
  assert.match(out, /v1 +violated \(5 states\) +reached +13\n/)
  assert.match(out, /patch:hope +violated \(5 states\) \? +reached \? +13\n/)
  assert.match(out, /v3 +holds +reached +9\n/)
  assert.is(out.split('violated: no increment is lost').length, 2, 'the race is shown once')
  assert.match(out, /lost-update: no increment is lost +v1, patch:hope, v2\n/)
  assert.match(out, 'counterexamples/no-loss-first')
  assert.match(out, /6 of 8 verdicts as expected, 2 of which nothing is expected \(\?\); 48 states in .* s\n$/)
})

matrix('races that are expected are named, not printed; all others are printed', async () => {
  const { out } = await run('matrix')
  assert.match(out, /\n *no-loss: counterexamples\/no-loss-first, counterexamples\/no-loss-again\n/)
  assert.match(out, /lost-update: no increment is lost +patch:hope\n/, 'nothing was expected of the patch')
  const { out: known } = await run('matrix --kernel v1')
  assert.not.match(known, 'violated: no increment is lost')
})

matrix('a difference from the expectation is marked and named: exit code 1', async () => {
  const { code, out } = await run('matrix counters', { expected: { v2: 'holds', v3: 'violated' } })
  assert.is(code, 1)
  assert.match(out, /v2 +violated \(5 states\) ! /)
  assert.match(out, /! lost-update on v2: 'no-loss' is violated \(5 states\), expected: holds/)
  assert.match(out, /! lost-update on v3: 'no-loss' is holds, expected: violated/)
  assert.match(out, '2 not as expected (!)')
})

matrix('kernels, claims, settings and larger bounds can be chosen', async () => {
  const one = await run('matrix lost-update --kernel v1 --claim finishes')
  assert.is(one.code, 0)
  assert.match(one.out, 'only these claims were checked: finishes')
  assert.match(one.out, '1 of 1 verdicts as expected')
  const deep = await run('matrix --kernel v3 --deep')
  assert.match(deep.out, /bounds: .*deep=true/)
  const locked = await run('matrix --kernel v1 --set lock=spinlock')
  assert.is(locked.code, 1)
  assert.match(locked.out, "'no-loss' is holds, expected: violated")
})

matrix('rows checked side by side print what rows checked one by one print', async () => {
  const output = async (line: string) => (await run(line, { expected: { v2: 'holds' } })).out.replace(/in .* s\n$/, '')
  for (const line of ['matrix', 'matrix --json', 'matrix --races --set threads=3', 'matrix --max-depth 2']) {
    const times = (text: string) => text.replace(/"seconds":[^,]+,/g, '')
    assert.is(times(await output(`${line} --jobs 2`)), times(await output(`${line} --jobs 1`)), line)
  }
})

matrix('a row that goes to disk is told, side by side too', async () => {
  for (const jobs of [1, 2]) {
    const { err } = await run(`matrix --jobs ${jobs} --set threads=7 --max-memory 400K`)
    assert.match(err, /memory full at [\d,]+ states: going on with files in/)
    if (jobs > 1) assert.match(err, /lost-update v\d: memory full/)
  }
})

matrix('an interrupt leaves rows unchecked and says which, side by side too', async () => {
  for (const jobs of [1, 2]) {
    const { code, err } = await run(`matrix --jobs ${jobs}`, { aborted: true })
    assert.is(code, 3)
    assert.match(err, 'not checked after the interrupt: lost-update on v3')
  }
})

matrix('--json: one object for each scenario and kernel', async () => {
  const { code, out } = await run('matrix --json', { expected: { v2: 'holds' } })
  assert.is(code, 1)
  const rows = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(
    rows.map(({ kernel, verdict, differences }) => [kernel, verdict, differences.length]),
    [
      ['v1', 'violated', 0],
      ['patch:hope', 'violated', 0],
      ['v2', 'violated', 1],
      ['v3', 'holds', 0],
    ],
  )
})

matrix('what was stopped is not as expected: exit code 3', async () => {
  const { code, out } = await run('matrix --max-depth 2')
  assert.is(code, 3)
  assert.match(out, /v3 +open +open +stopped at \d/)
  assert.match(out, 'not decided')
})

matrix.run()

const graph = suite('graph')

graph('the states of a small model', async () => {
  const { code, out } = await run('graph examples/racy-increment.ts')
  assert.is(code, 0)
  assert.match(out, /^digraph /)
  assert.is(out.match(/^ {2}n\d+ \[label/gm)?.length, 13)
  assert.match(out, 'n0 -> n1 [label=" thread0: read "]')
})

graph('the quotient by a projection, with the actions that change it', async () => {
  const { code, out } = await run('graph test/fixtures/projections.ts --by lit --format mermaid')
  assert.is(code, 0)
  assert.match(out, 'n4("4<br/>(70 states)")')
  assert.match(out, 'n3 -->|"Switch"| n4')
  const two = await run(['graph', 'test/fixtures/projections.ts', '--by', 'first two', '--format', 'mermaid'])
  assert.match(two.out, 'first: true<br/>second: false<br/>(64 states)')
  assert.not.match(two.out, /n0 -->.* n0$/m)
})

graph('as a picture in a file', async () => {
  const file = join(scratch, 'graph.svg')
  const { code, out, err } = await run(['graph', 'examples/die-hard.ts', '--out', file])
  assert.is(code, 0)
  assert.is(out, '')
  assert.match(err, '16 nodes')
  assert.match(readFileSync(file, 'utf8'), '<svg')
})

graph('above what a person can read it is refused, with the count and what to do', async () => {
  refused(await run('graph examples/two-phase.ts'), '288 nodes', 'no projections yet', 'projections: {')
  refused(await run('graph test/fixtures/projections.ts'), '256 nodes', "'lit', 'first two'")
  refused(await run('graph test/fixtures/projections.ts --by every'), '256 nodes')
})

graph('values that cannot be compared are refused', async () => {
  const by = (name: string) => run(['graph', 'test/fixtures/projections.ts', '--by', name])
  refused(await by('as an array'), "projection 'as an array'", 'Immutable')
  refused(await by('as a view'), 'plain object', 'Immutable')
  refused(await by('nothing'), 'undefined')
  refused(await run('graph examples/two-phase.ts --by phase'), 'TwoPhase has no projections', 'projections: {')
})

graph('a search that was stopped is not drawn', async () => {
  const { code, err } = await run('graph examples/die-hard.ts --max-depth 2')
  assert.is(code, 3)
  assert.match(err, 'a graph would lack the rest')
})

graph.run()

const others = suite('list and help')

others('list shows the names that other verbs take', async () => {
  const all = await run('list')
  assert.is(all.code, 0)
  for (const part of ['kernels\n  v1', 'switches\n  lock', 'scenarios\n  lost-update', 'claims\n  no-loss'])
    assert.match(all.out, part)
  const { out } = await run('list scenarios --json')
  assert.equal(JSON.parse(out).scenarios[0].variants, ['v1', 'patch:hope', 'v2', 'v3'])
})

others('every example in the help is a command that works', async () => {
  process.chdir(scratch)
  try {
    for (const verb of ['', 'matrix', 'check', 'trace', 'graph', 'list']) {
      const { code, out } = await run(`${verb} --help`)
      assert.is(code, 0)
      const lines = out.split('Examples:\n')[1].trim().split('\n')
      assert.ok(lines.length >= 2, verb)
      for (const line of lines) {
        const argv = line.trim().split(' ').slice(1)
        const ran = await run(argv.map((part) => (part.startsWith('examples/') ? join(root, part) : part)))
        assert.not.equal(ran.code, 2, `${line}\n${ran.err}`)
      }
    }
  } finally {
    process.chdir(root)
  }
})

others('--version', async () => {
  assert.match((await run('--version')).out, /^\d+\.\d+\.\d+\n$/)
})

others.run()

const question = suite('questions of the project')

question('a verb of the project answers on its newest kernel, or on each kernel named', async () => {
  const newest = await run('sum 2')
  assert.is(newest.code, 0)
  assert.is(newest.out, 'v3\n2\n')
  const both = await run('sum 2 --kernel v1 --kernel v3 --set lock=none')
  assert.is(both.out, 'v1, lock=none\n1 or 2\n\nv3, lock=none\n1 or 2\n')
})

question('as JSON: one object for each kernel, with the question and the kernel in front', async () => {
  const { code, out } = await run('sum 2 --kernel v1 --kernel v3 --json')
  assert.is(code, 0)
  assert.equal(
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [
      { question: 'sum', kernel: 'v1', settings: {}, sums: [1, 2], distinct: 13 },
      { question: 'sum', kernel: 'v3', settings: {}, sums: [2], distinct: 9 },
    ],
  )
})

question('it is listed, and has a help of its own', async () => {
  assert.match((await run('--help')).out, /sum .*<number> +what the counter may come to/)
  const { code, out } = await run('sum --help')
  assert.is(code, 0)
  assert.match(out, /A thread reads, then writes\.\n\nExamples:\n {2}mmcheck sum 2 --kernel v1\n/)
})

question('what it does not understand, and kernels and switches that are not there, are refused', async () => {
  refused(await run('sum many'), 'many is no number')
  refused(await run('sum 2 --kernel v9'), "there is no kernel 'v9'")
  refused(await run('sum 2 --set lok=none'), "did you mean 'lock'")
  refused(await run('sum 2 --set lock=big'), "there is no value of the switch lock 'big'")
  assert.is((await run('sum')).code, 2)
  assert.is((await run('sum 1 2')).code, 2)
  const { verdict, message } = JSON.parse((await run('sum many --json')).out)
  assert.equal({ verdict, message }, { verdict: 'error', message: 'many is no number' })
})

question('matrix says more of the kernels that it is asked for by name, or of the newest one of an area', async () => {
  const all = await run('matrix')
  assert.not.match(all.out, 'threads, a lock')
  const area = await run('matrix counters')
  assert.match(area.out, /\n\non v3: 2 threads, a lock\n\n/)
  assert.not.match(area.out, 'on v2:')
  const one = await run('matrix --kernel v3 --set threads=3')
  assert.match(one.out, /\n\non v3: 3 threads, a lock\n\n/)
  assert.is(JSON.parse((await run('matrix --kernel v3 --json')).out).locked, true)
})

question.run()

const program = suite('the program')

program('--json prints nothing but its object on standard output', async () => {
  const { code, out } = await spawned(['check', '--json', 'examples/two-phase.ts', '--set', 'RMs=5'])
  assert.is(code, 0)
  assert.is(JSON.parse(out).distinct, 8832)
})

program('a spec file may lie anywhere, and imports the checker by its name', async () => {
  const file = join(scratch, 'counter.ts')
  writeFileSync(
    file,
    `import { Map } from 'immutable'
    import { invariant, model, range, when } from 'mmcheck'
    export const spec = model('Counter', { state: { n: range(0, 3) } }, {
      init: (s) => { s.n = 0 },
      actions: { Up: (s) => { when(s.n < 3); s.n++ } },
      claims: [invariant('it stays small', (s) => s.n < 3)],
      projections: { odd: (s) => Map({ odd: s.n % 2 === 1 }) },
      deadlock: 'off',
    })`,
  )
  const { code, out, err } = await spawned(['check', file, '--json'])
  assert.is(code, 1, err)
  assert.is(JSON.parse(out).claims[0].trace.length, 4)
  const drawn = await spawned(['graph', file, '--by', 'odd', '--format', 'mermaid'])
  assert.match(drawn.out, 'n1 -->|"Up"| n0')
})

program('Ctrl-C ends the search and says what was covered; before that, progress is shown', async () => {
  const ran = await spawned(['check', 'examples/two-phase.ts', '--set', 'RMs=10'], (text, interrupt) => {
    if (text.includes('level') && !text.includes('interrupted')) interrupt()
  })
  assert.is(ran.code, 3, ran.err)
  assert.match(ran.err, /level \d+, [\d,]+ states, .* states\/s, frontier [\d,]+, \d+ MB\n/)
  assert.match(ran.out, /it was interrupted; covered:\s+every\s+state\s+of\s+the\s+first\s+\d+\s+levels/)
  assert.match(ran.out, /\n[\d,]{7,} states, [\d,]+ generated, depth \d+\n/)
})

program('a reader that closes the pipe is no reason to crash', async () => {
  const ran = await new Promise<{ err: string; code: number | null }>((resolve) => {
    const child = spawn(process.execPath, [join(root, 'bin/mmcheck.mjs'), 'list'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let err = ''
    child.stdout.destroy()
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk
    })
    child.on('close', (code) => resolve({ err, code }))
  })
  assert.equal(ran, { err: '', code: 0 })
})

program.after(() => {
  if (existsSync(scratch)) rmSync(scratch, { recursive: true })
})

program.run()
