/**
 * Checkpoints: a search that was killed and resumed says what one says that was never interrupted, or says why not. Long
 * because all cases share their way of killing a process and comparing what two runs say.
 */
import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CheckOptions, check } from '../checker/check.ts'
import type { CheckpointEvent } from '../checker/engine/checkpoint.ts'
import { invariant, type Model, model, range, reachable, stepClaim, when } from '../checker/index.ts'
import { SpecError } from '../checker/language/errors.ts'
import type { Verdict } from '../checker/verdict.ts'
import { spec as ewd840 } from '../examples/ewd840.ts'
import { spec as twoPhase } from '../examples/two-phase.ts'
import { buildGenerated } from './support/generated-spec.ts'
import { specDescriptions } from './support/spec-descriptions.ts'

const scratch = mkdtempSync(join(tmpdir(), 'mmcheck-'))
let directories = 0
const fresh = (): string => join(scratch, `${directories++}`)

/** Everything that a verdict says about the model, and nothing about the run. */
const said = ({ kind, outcome, claims, deadlock, fault, trust }: Verdict): unknown => ({
  kind,
  outcome: { ...outcome, claims: null, fault: fault?.error.message ?? null },
  claims,
  deadlock,
  trust,
})

/** The message of the error that something throws. */
async function refusal(promise: Promise<unknown>): Promise<SpecError> {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  )
  assert.instance(thrown, SpecError)
  return thrown as SpecError
}

/** Searches to some depth, saves there, and goes on; returns the verdicts of both parts. */
async function interrupted(build: () => Model, depth: number, options: CheckOptions = {}, more: CheckOptions = {}) {
  const dir = fresh()
  const first = await check(build(), { ...options, maxDepth: depth, checkpoint: { dir } })
  if (first.outcome.stopped === null || first.fault !== null) return null
  return check(build(), { ...options, ...more, checkpoint: { dir, resume: true } })
}

test('a resumed search says what an uninterrupted one says, on generated specs', async () => {
  let compared = 0
  const property = fc.asyncProperty(specDescriptions, fc.integer({ min: 1, max: 6 }), async (description, depth) => {
    const build = () => buildGenerated(description)
    const bounds = { maxStates: 80 }
    const resumed = await interrupted(build, depth, bounds)
    if (resumed === null) return
    compared++
    assert.equal(said(resumed), said(await check(build(), bounds)))
  })
  await fc.assert(property, {
    seed: Number(process.env.SPEC_SEED ?? 1),
    numRuns: Number(process.env.SPEC_RUNS ?? 100),
    includeErrorInReport: true,
  })
  assert.ok(compared > 20, `${compared} specs were interrupted`)
})

const twoPhaseOf = (RMs: number, symmetric = false) => ({
  build: () => twoPhase.build({ RMs, symmetric }),
  source: {
    module: new URL('../examples/two-phase.ts', import.meta.url).href,
    name: 'spec',
    args: [{ RMs, symmetric }],
  },
})

test('it may go on with another number of threads, and be interrupted again', async () => {
  const { build, source } = twoPhaseOf(6)
  const whole = said(await check(build()))
  const threads = { workers: 2, parallelFrom: 0, source }
  assert.equal(said((await interrupted(build, 7, {}, threads))!), whole)
  assert.equal(said((await interrupted(build, 7, threads, {}))!), whole)
  const dir = fresh()
  for (const [maxDepth, options] of [
    [3, {}],
    [4, threads],
    [9, threads],
    [10, {}],
  ] as const) {
    const part = await check(build(), { ...options, maxDepth, checkpoint: { dir, resume: maxDepth > 3, every: 0 } })
    assert.equal(said(part), said(await check(build(), { maxDepth })))
  }
  assert.equal(said(await check(build(), { checkpoint: { dir, resume: true } })), whole)
})

test('symmetry survives, and so do claims about the whole graph', async () => {
  const symmetric = twoPhaseOf(5, true)
  assert.equal(said((await interrupted(symmetric.build, 6))!), said(await check(symmetric.build())))
  const build = () => ewd840.build({})
  assert.ok(build().claims.some(({ kind }) => kind === 'temporal'))
  assert.equal(said((await interrupted(build, 4))!), said(await check(build())))
})

test('what steps out of the constraint would say of a claim is not taken for what was seen', async () => {
  const build = () =>
    model(
      'Late',
      { state: { n: range(0, 100), k: range(0, 1) } },
      {
        init: (s) => {
          s.n = 0
          s.k = 0
        },
        actions: {
          Up: (s) => {
            when(s.n < 100)
            s.n++
          },
          Leave: (s) => {
            when(s.k === 0)
            s.k = 1
          },
        },
        constraint: (s) => s.k === 0 || s.n > 50,
        claims: [
          stepClaim('k is set once', {
            given: (before, after) => before.k !== after.k,
            holds: (before, after) => before.k < after.k,
          }),
        ],
        deadlock: 'off',
      },
    )
  const resumed = await interrupted(build, 20, { kernelAfter: 0 })
  assert.equal(resumed!.trust, [])
  assert.equal(said(resumed!), said(await check(build())))
})

test('a deadlock that was found before stays found, with its trace', async () => {
  const build = () =>
    model(
      'Dead ends',
      { state: { n: range(0, 20), stuck: range(0, 1) } },
      {
        init: (s) => {
          s.n = 0
          s.stuck = 0
        },
        actions: {
          Up: (s) => {
            when(s.stuck === 0 && s.n < 20)
            s.n++
          },
          Round: (s) => {
            when(s.stuck === 0 && s.n === 20)
            s.n = 0
          },
          Stick: (s) => {
            when(s.stuck === 0 && s.n > 2)
            s.stuck = 1
          },
        },
      },
    )
  const resumed = (await interrupted(build, 9))!
  assert.is(resumed.deadlock?.length, 5)
  assert.equal(said(resumed), said(await check(build())))
})

test('an interrupt within a level loses what was done of it, and counts nothing twice', async () => {
  const { build } = twoPhaseOf(8)
  const dir = fresh()
  const controller = new AbortController()
  const events: CheckpointEvent[] = []
  // Between two looks at the clock so much time passes that a stint is one chunk of a level.
  const { now } = performance
  let clock = 0
  performance.now = () => (clock += 30)
  let before = { level: 0, frontier: 0 }
  const first = await check(build(), {
    checkpoint: { dir, every: Infinity },
    onCheckpoint: (event) => events.push(event),
    signal: controller.signal,
    onProgress: ({ level, frontier, distinct }) => {
      if (distinct > 200_000 && level === before.level && frontier < before.frontier) controller.abort()
      before = { level, frontier }
    },
  }).finally(() => {
    performance.now = now
  })
  assert.is(first.outcome.stopped, 'interrupt')
  assert.equal(
    events.map(({ kind, last }) => [kind, last]),
    [['saved', true]],
  )
  assert.ok(events[0].distinct < first.outcome.distinct, 'the level was half done')
  const { outcome } = await check(build(), { checkpoint: { dir, resume: true } })
  assert.equal(
    [outcome.complete, outcome.distinct, outcome.generated, outcome.depth],
    [true, 1_745_408, 18_507_778, 26],
  )
})

/** A saved search of two-phase commit in two files, and the model that it is of. */
async function savedSearch(): Promise<{ dir: string; build: () => Model }> {
  const { build } = twoPhaseOf(5)
  const dir = fresh()
  await check(build(), { maxDepth: 6, checkpoint: { dir } })
  await check(build(), { maxDepth: 9, checkpoint: { dir, resume: true } })
  return { dir, build }
}

test('a damaged checkpoint is refused, whatever the damage', async () => {
  const { dir, build } = await savedSearch()
  const names = readdirSync(dir)
  assert.is(names.length, 3)
  const resume = () => check(build(), { checkpoint: { dir, resume: true } })
  const [manifest] = names.filter((name) => name === 'manifest.json')
  for (const name of names) {
    const path = join(dir, name)
    const whole = readFileSync(path)
    const flips = [0, 3, 30, Math.floor(whole.length / 2), whole.length - 2]
    for (const at of flips) {
      const flipped = Buffer.from(whole)
      flipped[at] ^= 4
      writeFileSync(path, flipped)
      const { message, why, hint } = await refusal(resume())
      assert.match(message, /damaged|other format/, `${name}, byte ${at}`)
      assert.ok(why !== '' && hint !== '')
    }
    writeFileSync(path, whole)
    for (const length of [0, 10, whole.length - 1]) {
      truncateSync(path, length)
      assert.match((await refusal(resume())).message, 'damaged', `${name}, cut to ${length} bytes`)
      writeFileSync(path, whole)
    }
    rmSync(path)
    assert.match((await refusal(resume())).message, name === manifest ? 'there is no checkpoint' : 'damaged')
    writeFileSync(path, whole)
  }
  assert.is((await resume()).outcome.distinct, 8832, 'and undamaged it is as good as ever')
})

test('a checkpoint in another format is refused, and says so', async () => {
  const { dir, build } = await savedSearch()
  const path = join(dir, 'manifest.json')
  writeFileSync(path, readFileSync(path, 'utf8').replace('mmcheck checkpoint 1', 'mmcheck checkpoint 2'))
  assert.match((await refusal(check(build(), { checkpoint: { dir, resume: true } }))).message, 'another format')
})

interface Counter {
  readonly name?: string
  readonly top?: number
  readonly step?: number
  readonly first?: number
  readonly limit?: number
  readonly claim?: string
  readonly action?: string
}

/** A counter of which one thing at a time can be different. */
function counter({
  name = 'Counter',
  top = 40,
  step = 1,
  first = 0,
  limit = 39,
  claim = 'small',
  action = 'Up',
}: Counter): Model {
  return model(
    name,
    { state: { n: range(0, top) } },
    {
      init: (s) => {
        s.n = first
      },
      actions: {
        [action]: (s: { n: number }) => {
          when(s.n < 36)
          s.n += step
        },
      },
      claims: [
        invariant(claim, (s) => s.n <= limit),
        reachable('thirty', (s) => s.n >= 30),
        stepClaim('upwards', (before, after) => after.n > before.n),
      ],
      deadlock: 'off',
    },
  )
}

test('a checkpoint of another search is refused, and says what differs', async () => {
  const dir = fresh()
  await check(counter({}), { maxDepth: 10, checkpoint: { dir, about: 'counter.ts' } })
  const resume = (model: Model, about = 'counter.ts', options: CheckOptions = {}) =>
    refusal(check(model, { ...options, checkpoint: { dir, resume: true, about } }))
  const differences: readonly (readonly [Counter, RegExp])[] = [
    [{ name: 'Timer' }, /differs in the model$/],
    [{ top: 41 }, /differs in the variables$/],
    [{ action: 'Higher' }, /differs in the steps$/],
    [{ claim: 'tiny' }, /differs in the claims$/],
    [{ first: 1 }, /behaves differently|other initial states/],
    [{ step: 2 }, /behaves differently/],
    [{ limit: 5 }, /behaves differently/],
  ]
  for (const [difference, message] of differences) assert.match((await resume(counter(difference))).message, message)
  assert.match((await resume(counter({}), 'timer.ts')).message, /differs in the target$/)
  assert.match((await resume(counter({}), 'counter.ts', { claims: ['thirty'] })).message, /differs in the claims$/)
  assert.match((await resume(counter({}), 'counter.ts', { maxDepth: 9 })).message, 'passed the limit')
  assert.match((await resume(counter({}), 'counter.ts', { maxStates: 9 })).message, 'passed the limit')
  assert.match((await resume(counter({}), 'counter.ts', { maxMemory: 1000 })).message, 'does not fit into the memory')
  const { dir: other } = await savedSearch()
  const symmetric = check(twoPhaseOf(5, true).build(), { checkpoint: { dir: other, resume: true } })
  assert.match((await refusal(symmetric)).message, 'of another search')
  const same = await check(counter({}), { checkpoint: { dir, resume: true, about: 'counter.ts' } })
  assert.equal(said(same), said(await check(counter({}))))
})

test('a search that begins anew never overwrites a checkpoint, and one that resumes needs one', async () => {
  const { dir, build } = await savedSearch()
  assert.match((await refusal(check(build(), { checkpoint: { dir } }))).message, 'there is a checkpoint')
  assert.match((await refusal(check(build(), { checkpoint: { dir: fresh(), resume: true } }))).message, 'no checkpoint')
})

test('directories are made with those above them, and where the system refuses one, that is said', async () => {
  const dir = fresh()
  const deep = join(dir, 'far', 'below')
  await check(twoPhase.build({ RMs: 3 }), { checkpoint: { dir: deep } })
  assert.ok(readdirSync(join(dir, 'far')).includes('below'))
  // Linux answers "no such file" for a directory in /proc, which is what it says where the one above is missing.
  for (const refused of ['/proc/nothing-here', '/proc/nothing/here', join(dir, 'file', 'below')]) {
    writeFileSync(join(dir, 'file'), '')
    const error = await check(twoPhase.build({ RMs: 3 }), { checkpoint: { dir: refused } }).catch((thrown) => thrown)
    assert.ok(error instanceof Error && 'syscall' in error, refused)
  }
})

test('what a crash left half written is removed', async () => {
  const { dir, build } = await savedSearch()
  for (const name of ['states-00000000-7.bin', 'states-00000000-8.bin.part', 'manifest.json.part'])
    writeFileSync(join(dir, name), 'half')
  const { outcome } = await check(build(), { checkpoint: { dir, resume: true } })
  assert.is(outcome.distinct, 8832)
  assert.is(readdirSync(dir).length, 3)
})

test('a save that fails is told, and the search goes on', async () => {
  const { build } = twoPhaseOf(7)
  const dir = fresh()
  const events: CheckpointEvent[] = []
  const { outcome } = await check(build(), {
    maxDepth: 15,
    checkpoint: { dir, every: 0 },
    onCheckpoint: (event) => {
      events.push(event)
      rmSync(dir, { recursive: true, force: true })
    },
  })
  assert.equal([outcome.stopped, outcome.depth], ['depth', 15])
  assert.equal([...new Set(events.map(({ kind }) => kind))], ['saved', 'failed'])
  assert.match(events[events.length - 1].reason, 'ENOENT')
})

test('a fault found after a checkpoint leaves the checkpoint as it was', async () => {
  const dir = fresh()
  const faulty = () => counter({ step: 7 })
  assert.is((await check(faulty(), { maxDepth: 4, checkpoint: { dir } })).kind, 'incomplete')
  const before = readdirSync(dir)
  const { fault } = await check(faulty(), { checkpoint: { dir, resume: true } })
  assert.match(fault!.error.message, 'outside its domain')
  assert.is(fault!.trace!.length, 6)
  assert.equal(readdirSync(dir), before)
})

/** Runs the program; kills it without a warning as soon as there is a manifest in `dir`. */
function program(argv: readonly string[], dir?: string): Promise<{ signal: string | null; out: string }> {
  return new Promise((resolve) => {
    const main = fileURLToPath(new URL('../bin/mmcheck.mjs', import.meta.url))
    const cwd = fileURLToPath(new URL('..', import.meta.url))
    const child = spawn(process.execPath, [main, ...argv], { cwd, stdio: ['ignore', 'pipe', 'ignore'] })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk
    })
    const saved = () => dir !== undefined && existsSync(join(dir, 'manifest.json')) && child.kill('SIGKILL')
    const timer = setInterval(saved, 2)
    child.on('close', (_, signal) => {
      clearInterval(timer)
      resolve({ signal, out })
    })
  })
}

test('after kill -9 the program goes on where it was, with other threads', async () => {
  const dir = fresh()
  mkdirSync(dir)
  const search = ['check', 'examples/two-phase.ts', '--set', 'RMs=8', '--checkpoint', dir, '--checkpoint-every', '0']
  assert.is((await program(search, dir)).signal, 'SIGKILL')
  const { signal, out } = await program([...search, '--resume', '--workers', '2', '--json'])
  assert.is(signal, null)
  const { verdict, distinct, generated, depth, workers, trust } = JSON.parse(out) as Record<string, unknown>
  assert.equal([verdict, distinct, generated, depth, workers], ['holds', 1_745_408, 18_507_778, 26, 2])
  assert.equal(trust, (await check(twoPhaseOf(6).build())).trust)
})

test.after(() => rmSync(scratch, { recursive: true, force: true }))

test.run()
