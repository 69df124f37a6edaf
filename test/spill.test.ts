/** States on disk: a search that outgrows its memory says what one with enough of it says. */
import fs, { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CheckOptions, check } from '../checker/check.ts'
import type { CheckpointEvent } from '../checker/engine/checkpoint.ts'
import { referenceSearch } from '../checker/engine/reference.ts'
import { type SpillEvent, search } from '../checker/engine/search.ts'
import { compareStates, mergeRuns, RunCursor, RunWriter } from '../checker/engine/sorted-run.ts'
import { CONTROL, hashWords, Space } from '../checker/engine/space.ts'
import { Spill } from '../checker/engine/spill.ts'
import { SpillFile } from '../checker/engine/spill-file.ts'
import { array, collection, eventually, forAll, invariant, model, range, when } from '../checker/index.ts'
import { bestPath } from '../checker/trace/shortest.ts'
import type { Verdict } from '../checker/verdict.ts'
import { spec as pageMigration } from '../examples/page-migration.ts'
import { spec as twoPhase } from '../examples/two-phase.ts'
import { buildGenerated } from './support/generated-spec.ts'
import { buildFan, buildScattered, buildSlowest } from './support/large-specs.ts'
import { specDescriptions } from './support/spec-descriptions.ts'

const dir = mkdtempSync(join(tmpdir(), 'mmcheck-'))
const RUNS = Number(process.env.SPEC_RUNS ?? 80)

/** Everything that a verdict says about the model, and nothing about the run. */
const said = ({ kind, outcome, claims, deadlock, fault, trust }: Verdict): unknown => ({
  kind,
  // A level with a fault in it is not finished: what was done and decided on it depends on the order of work.
  outcome: fault === null ? { ...outcome, claims: null } : fault.error.message,
  claims: fault === null ? claims : null,
  deadlock: fault === null ? deadlock : null,
  trust,
  trace: fault?.trace?.length,
})

/** The first level goes to disk already; pieces and flushes may be as small as can be. */
const tiny = (piece?: number, flushAt?: number): CheckOptions => ({
  maxMemory: 1,
  spill: { dir, from: 1, ...(piece && { piece }), ...(flushAt && { flushAt }) },
})

/** States are folded from the first level on. */
const folded = (piece?: number, flushAt?: number): CheckOptions => ({
  compress: true,
  foldFrom: 1,
  spill: { dir, ...(piece && { piece }), ...(flushAt && { flushAt }) },
})

const twoPhaseOf = (RMs: number, symmetric = false) => ({
  build: () => twoPhase.build({ RMs, symmetric }),
  source: {
    module: new URL('../examples/two-phase.ts', import.meta.url).href,
    name: 'spec',
    args: [{ RMs, symmetric }],
  },
})

test('on generated specs it says the same, whatever the sizes of pieces and flushes', async () => {
  let spilled = 0
  const sizes = fc.constantFrom([1, 1], [3, 1], [7, 2000], [1000, 1])
  const property = fc.asyncProperty(specDescriptions, sizes, async (description, [piece, flushAt]) => {
    const build = () => buildGenerated(description)
    const bounds = { maxStates: 80, maxDepth: 30 }
    const onDisk = await check(build(), { ...bounds, ...tiny(piece, flushAt) })
    if (onDisk.statistics.diskBytes > 0) spilled++
    assert.equal(said(onDisk), said(await check(build(), bounds)))
    const { distinct, generated, depth, fault } = referenceSearch(build(), bounds)
    const { outcome } = onDisk
    if (fault === null) assert.equal([outcome.distinct, outcome.generated, outcome.depth], [distinct, generated, depth])
  })
  await fc.assert(property, { seed: Number(process.env.SPEC_SEED ?? 1), numRuns: RUNS, includeErrorInReport: true })
  assert.ok(spilled > RUNS / 2, `${spilled} of ${RUNS} were on disk`)
})

test('folded states say the same', async () => {
  const sizes = fc.constantFrom([1, 1], [3, 1], [7, 2000], [1000, 1])
  const property = fc.asyncProperty(specDescriptions, sizes, async (description, [piece, flushAt]) => {
    const build = () => buildGenerated(description)
    const bounds = { maxStates: 80, maxDepth: 30 }
    const compressed = await check(build(), { ...bounds, ...folded(piece, flushAt) })
    assert.is(compressed.statistics.diskBytes, 0)
    assert.equal(said(compressed), said(await check(build(), bounds)))
  })
  await fc.assert(property, { seed: Number(process.env.SPEC_SEED ?? 3), numRuns: RUNS, includeErrorInReport: true })
})

test('two threads say the same', async () => {
  const module = new URL('./support/generated-spec.ts', import.meta.url).href
  const property = fc.asyncProperty(specDescriptions, async (description) => {
    const threads = {
      workers: 2,
      parallelFrom: 0,
      source: { module, name: 'buildGenerated', args: [description] },
    }
    const build = () => buildGenerated(description)
    const bounds = { maxStates: 80, maxDepth: 30 }
    const one = said(await check(build(), bounds))
    assert.equal(said(await check(build(), { ...bounds, ...tiny(5, 1), ...threads })), one)
    assert.equal(said(await check(build(), { ...bounds, ...folded(5, 1), ...threads })), one)
  })
  await fc.assert(property, { seed: 2, numRuns: Math.ceil(RUNS / 25), includeErrorInReport: true })
})

test('large graphs: many flushes, merged runs, clusters over the whole table', async () => {
  const { build, source } = twoPhaseOf(7)
  const whole = said(await check(build()))
  for (const options of [
    tiny(),
    { maxMemory: 2_000_000, spill: { dir } },
    { ...tiny(), workers: 2, parallelFrom: 1000, source },
    { maxMemory: 1_500_000, spill: { dir }, workers: 2, parallelFrom: 1000, source },
  ]) {
    const verdict = await check(build(), options)
    assert.equal(said(verdict), whole)
    assert.ok(verdict.statistics.diskBytes > 4 * 296_448)
    assert.ok(verdict.statistics.bytes < 3_000_000)
  }
})

test('symmetry, states with very many successors, a level for each state, and states that have nothing in common', async () => {
  const symmetric = twoPhaseOf(6, true).build
  for (const build of [symmetric, () => buildFan(3000), () => buildSlowest(1500), () => buildScattered(20_000)]) {
    const plain = said(await check(build()))
    assert.equal(said(await check(build(), tiny(50, 1))), plain)
    assert.equal(said(await check(build(), folded(50, 1))), plain)
  }
})

test('folded states that become too many go to disk', async () => {
  const { build, source } = twoPhaseOf(7)
  const whole = said(await check(build()))
  for (const threads of [{}, { workers: 2, parallelFrom: 1000, source, maxMemory: 2_000_000 }]) {
    const events: SpillEvent[] = []
    const options = {
      ...folded(),
      maxMemory: 1_500_000,
      ...threads,
      onSpill: (event: SpillEvent) => events.push(event),
    }
    const verdict = await check(build(), options)
    assert.equal(said(verdict), whole)
    assert.ok(verdict.statistics.diskBytes > 0)
    assert.is(events.length, 1)
    assert.ok(events[0].distinct > 20_000, 'many of them had been in memory')
  }
  const { spill: _, ...alone } = folded()
  assert.is((await check(build(), { ...alone, maxMemory: 1_500_000 })).outcome.stopped, 'memory')
})

test('states that fold badly go to disk when folding them would take too much', async () => {
  const whole = said(await check(buildScattered(30_000)))
  const options = { compress: true, foldFrom: 20_000, maxMemory: 2_000_000 }
  const onDisk = await check(buildScattered(30_000), { ...options, spill: { dir } })
  assert.equal(said(onDisk), whole)
  assert.ok(onDisk.statistics.diskBytes > 0)
  assert.is((await check(buildScattered(30_000), options)).outcome.stopped, 'memory')
})

test('a checkpoint that does not fit when it is folded is resumed on disk, or refused', async () => {
  const build = () => buildScattered(30_000)
  const whole = said(await check(build()))
  const checkpoint = { dir: join(dir, 'scattered'), every: 0 }
  await check(build(), { checkpoint, maxDepth: 2 })
  const resumed = { compress: true, maxMemory: 2_000_000, checkpoint: { ...checkpoint, resume: true } }
  const refusal = async (options: CheckOptions) => (await check(build(), options).catch((thrown) => thrown)).message
  assert.match(await refusal(resumed), 'does not fit into the memory')
  assert.match(await refusal({ ...resumed, spill: { dir: join(dir, 'missing') } }), 'cannot be moved to')
  const onDisk = await check(build(), { ...resumed, spill: { dir } })
  assert.equal(said(onDisk), whole)
  assert.ok(onDisk.statistics.diskBytes > 0)
  rmSync(checkpoint.dir, { recursive: true })
})

test('a state of 320 bits takes less than half of the memory when it is folded', async () => {
  const counters = collection('counter', 20)
  const build = () =>
    model(
      'Counters',
      { state: { n: array(counters, range(0, 65_535)) } },
      {
        init: (s) => {
          for (const at of counters.values) s.n[at] = 0
        },
        actions: {
          Up: forAll({ at: counters }, (s, { at }) => {
            const first = counters.values.find((each) => s.n[each] !== 3 && each >= at)
            when(first === at)
            s.n[at]++
          }),
          Down: forAll({ at: counters }, (s, { at }) => {
            when(s.n[at] > 0 && counters.values.every((each) => each <= at || s.n[each] === 0))
            s.n[at]--
          }),
        },
        deadlock: 'off',
      },
    )
  const plain = await check(build(), { maxStates: 200_000 })
  const compressed = await check(build(), { ...folded(), maxStates: 200_000, maxMemory: 8e6 })
  assert.equal(said(compressed), said(plain))
  const [before, after] = [plain, compressed].map(({ statistics }) => statistics.bytesPerState)
  assert.ok(after < before / 2, `${after} instead of ${before} bytes`)
})

test('a million states of 96 bits take less than half of the memory when they are folded', async () => {
  const build = () => pageMigration.build({ folios: 3, batch: 1 })
  const bounds = { maxStates: 1_000_000 }
  const plain = await check(build(), bounds)
  const compressed = await check(build(), { ...bounds, compress: true })
  assert.equal(said(compressed), said(plain))
  const [before, after] = [plain, compressed].map(({ statistics }) => statistics.bytesPerState)
  assert.ok(after < before / 2, `${after} instead of ${before} bytes`)
})

test('compressed states and claims about the whole graph do not go together', async () => {
  const claims = [eventually('the end', (s: { n: number }) => s.n === 4000)]
  const { fault } = await check(small(claims as never), { compress: true })
  assert.match(fault!.error.message, "the temporal claim 'the end' cannot be checked on compressed states")
})

test('a fault far away has its trace', async () => {
  const build = () => buildSlowest(30, true)
  const onDisk = await check(build(), tiny(4, 1))
  assert.is(onDisk.fault?.error.message, 'Right: x = 31 is outside its domain range(0, 30)')
  assert.is(onDisk.fault?.trace?.length, 31)
  assert.equal(said(onDisk), said(await check(build())))
})

test('what is on disk can be saved, and a checkpoint be taken up on disk or in memory', async () => {
  const { build } = twoPhaseOf(6)
  const whole = said(await check(build()))
  const manners = [{}, tiny(), tiny(100, 1), folded(100, 1)]
  let saved = 0
  for (const first of manners) {
    for (const second of manners) {
      const checkpoint = { dir: join(dir, `saved-${saved++}`), every: 0 }
      await check(build(), { ...first, checkpoint, maxDepth: 8 })
      await check(build(), { ...second, checkpoint: { ...checkpoint, resume: true }, maxDepth: 11 })
      assert.equal(said(await check(build(), { ...first, checkpoint: { ...checkpoint, resume: true } })), whole)
      rmSync(checkpoint.dir, { recursive: true })
    }
  }
})

const small = (claims: readonly ReturnType<typeof eventually>[]) =>
  model(
    'Small',
    { state: { n: range(0, 4000) } },
    {
      init: (s) => {
        s.n = 0
      },
      actions: {
        Up: (s) => {
          when(s.n < 4000)
          s.n++
        },
      },
      claims: claims as never,
      deadlock: 'off',
    },
  )

test('claims about the whole graph are left open, as they need it in memory', async () => {
  const claims = [eventually('the end', (s: { n: number }) => s.n === 4000)]
  const { kind, outcome } = await check(small(claims as never), tiny())
  assert.equal([kind, outcome.stopped], ['incomplete', 'memory'])
})

test('nothing is left in the directory, nor is anything to be seen there meanwhile', async () => {
  const events: SpillEvent[] = []
  const seen = new Set<string>()
  const controller = new AbortController()
  const { outcome } = await check(twoPhaseOf(8).build(), {
    maxMemory: 1_000_000,
    spill: { dir },
    onSpill: (event) => events.push(event),
    onProgress: ({ distinct }) => {
      for (const name of readdirSync(dir)) seen.add(name)
      if (distinct > 300_000) controller.abort()
    },
    signal: controller.signal,
  })
  assert.is(outcome.stopped, 'interrupt')
  assert.equal([...seen], [])
  assert.is(events.length, 1)
  assert.equal([events[0].dir, events[0].reason], [dir, ''])
})

test('an interrupt while states are moved loses nothing of the levels that are complete', async () => {
  const { now } = performance
  // From then on so much time passes between two looks at the clock that every step is a pause.
  const slowly = () => {
    let clock = now.call(performance)
    performance.now = () => (clock += 1000)
  }
  const onOpening = (name: 'dir' | 'piece', from = Infinity) =>
    Object.defineProperty({ dir, from }, name, {
      get() {
        slowly()
        return { dir, piece: undefined }[name]
      },
    })
  const ways: Record<string, CheckOptions & { RMs: number }> = {
    'to disk': { RMs: 6, spill: onOpening('dir', 2000) },
    'to be folded': { RMs: 6, spill: onOpening('piece'), compress: true, foldFrom: 2000 },
    'from folded to disk': { RMs: 7, spill: onOpening('dir'), compress: true, foldFrom: 1, maxMemory: 1_500_000 },
  }
  for (const [way, { RMs, ...options }] of Object.entries(ways)) {
    const { build } = twoPhaseOf(RMs)
    const whole = said(await check(build()))
    const checkpoint = join(dir, way)
    const doing = new Set<string>()
    const controller = new AbortController()
    const saved: CheckpointEvent[] = []
    const moved = new Set<number>()
    try {
      const { outcome } = await check(build(), {
        ...options,
        signal: controller.signal,
        checkpoint: { dir: checkpoint, every: Infinity },
        onCheckpoint: (event) => saved.push(event),
        onProgress: (progress) => {
          doing.add(progress.doing)
          if (progress.doing === 'moving states') moved.add(progress.distinct)
          if (progress.doing.startsWith('moving')) controller.abort()
        },
      })
      assert.is(outcome.stopped, 'interrupt', way)
      assert.ok(
        [...doing].some((what) => what.startsWith('moving')),
        way,
      )
      assert.equal([saved.length, saved[0].kind, saved[0].reason], [1, 'saved', ''], way)
      if (way !== 'from folded to disk') assert.equal([...moved], [saved[0].distinct], way)
      assert.ok(outcome.distinct >= saved[0].distinct, `${way}: ${outcome.distinct} states`)
    } finally {
      performance.now = now
    }
    assert.equal(said(await check(build(), { checkpoint: { dir: checkpoint, resume: true } })), whole, way)
  }
})

test('a disk that cannot be written to stops the search, with what was found', async () => {
  const events: SpillEvent[] = []
  const missing = join(dir, 'missing')
  const { kind, outcome } = await check(twoPhaseOf(6).build(), {
    maxMemory: 300_000,
    spill: { dir: missing },
    onSpill: (event) => events.push(event),
  })
  assert.equal([kind, outcome.stopped], ['incomplete', 'disk'])
  assert.ok(outcome.distinct > 1000)
  assert.match(events[0].reason, 'ENOENT')
})

test('a disk that becomes full stops the search, and what was found has its trace', async () => {
  const ballast = collection('ballast', 30)
  const build = () =>
    model(
      'Plane',
      { state: { x: range(0, 99), y: range(0, 99), of: array(ballast, range(0, 65_535)) } },
      {
        init: (s) => {
          for (const at of ballast.values) s.of[at] = 40_000
          s.x = 0
          s.y = 0
        },
        actions: {
          Right: (s) => {
            when(s.x < 99)
            s.x++
          },
          Up: (s) => {
            when(s.y < 99)
            s.y++
          },
        },
        claims: [invariant('near', (s) => s.x !== 3 || s.y !== 3), invariant('far', (s) => s.x !== 99 || s.y !== 99)],
        deadlock: 'off',
      },
    )
  const { claims } = await check(build())
  const { writeSync } = fs
  for (const writes of [0, 1, 50, 150]) {
    let left = writes
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { syscall: 'write' })
    fs.writeSync = ((fd: number, piece: Uint8Array, from: number, length: number, position: number) => {
      if (left-- <= 0) throw full
      return writeSync(fd, piece, from, Math.min(length, 3000), position)
    }) as typeof fs.writeSync
    syncBuiltinESMExports()
    const events: SpillEvent[] = []
    try {
      const verdict = await check(build(), { ...tiny(50, 1), onSpill: (event) => events.push(event) })
      assert.equal([verdict.kind, verdict.outcome.stopped], ['violated', 'disk'])
      assert.equal(verdict.claims[0], claims[0])
      assert.is(verdict.claims[1].verdict, 'open')
    } finally {
      fs.writeSync = writeSync
      syncBuiltinESMExports()
    }
    assert.equal(
      events.map(({ reason }) => reason),
      ['', full.message],
    )
  }
})

test('when too many states can reach the target, the trace is as short, and real', async () => {
  const found = await search(twoPhaseOf(4).build())
  const { explorer, states, space } = found
  const last = states.sample(states.depth, states.depth, 1)[0]
  const target = {
    level: states.depth,
    kind: 'states',
    test: (words: Int32Array, base: number) => compareStates(space.words, words, base, last, 0) === 0,
  } as const
  for (const largest of [0, 1, 20]) {
    const path = bestPath(found, target, largest)!
    assert.is(path.states.length, bestPath(found, target)!.states.length)
    path.instances.forEach((instance, at) => {
      const after: string[] = []
      explorer.stepsOf(instance, path.states[at], (out, base) => after.push(out.slice(base, base + space.words).join()))
      assert.ok(after.includes(path.states[at + 1].join()))
    })
  }
  const step = { kind: 'steps', level: 4, test: () => true } as const
  assert.is(bestPath(found, step, 0)!.states.length, bestPath(found, step)!.states.length)
  assert.is(bestPath(found, { ...target, test: () => false }, 0), null)
})

/** A space with `count` states of three words in its table. */
function filled(count: number, random: () => number): Space {
  const space = new Space({ fields: [], words: 3, bits: 96 })
  assert.ok(space.grow(count, [], 1e9))
  space.control[CONTROL.nextBlock] = count + 1
  for (let id = 1; id <= count; id++) space.log.set([random(), random(), id, 0], id * space.stride)
  space.enter({ from: 1, to: count + 1 })
  return space
}

const states = (file: SpillFile, at: number, size: number): string[] => {
  const words = new Int32Array(size * 3)
  file.read(new Uint8Array(words.buffer), at)
  return Array.from({ length: size }, (_, state) => words.subarray(3 * state, 3 * state + 3).join())
}

test('a run has its states in order, and knows which it has; merged runs have all of them', () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 9000 }),
    fc.integer({ min: 1, max: 2 ** 30 }),
    (count, seed) => {
      let state = seed
      const random = () => {
        state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9
        return state & 0xff
      }
      const space = filled(count, random)
      const order = { words: 3, mask: 1023 }
      const slot = (id: number) => hashWords(space.log, 4 * id, 3) & order.mask
      const ids = Array.from({ length: count }, (_, at) => at + 1).sort(
        (a, b) => slot(a) - slot(b) || compareStates(3, space.log, 4 * a, space.log, 4 * b),
      )
      const file = new SpillFile(dir)
      const runs = [0, 1, 2].map((part) => {
        const writer = new RunWriter(order, file, false)
        for (const id of ids) if (id % 3 === part) writer.add(space.log, 4 * id, slot(id))
        return writer.end()
      })
      runs.forEach((run, part) => {
        const cursor = new RunCursor(order, run)
        for (const id of ids) assert.is(cursor.has(space.log, 4 * id, slot(id)), id % 3 === part)
        const sparse = new RunCursor(order, run)
        for (const id of ids.filter((_, at) => at % 700 === 3))
          assert.is(sparse.has(space.log, 4 * id, slot(id)), id % 3 === part)
      })
      const merging = mergeRuns(order, runs, file)
      let step = merging.next()
      while (!step.done) step = merging.next()
      const merged = step.value
      assert.equal(
        states(file, merged.start, merged.size),
        ids.map((id) => space.log.subarray(4 * id, 4 * id + 3).join()),
      )
      file.close()
    },
  )
  fc.assert(property, { seed: 1, numRuns: 20 })
})

test('a table read from end to end is in the order of runs, also where its last cluster goes on at its beginning', () => {
  const space = new Space({ fields: [], words: 3, bits: 96 })
  const mask = space.table.length - 1
  // States that all belong to the last few slots, so that most of them lie at the beginning of the table.
  let id = 0
  for (let n = 0; id < 600; n++) {
    const state = Int32Array.from([n, n >> 3, 7])
    if ((hashWords(state, 0, 3) & mask) < mask - 40) continue
    space.log.set([...state, 0], ++id * space.stride)
  }
  space.control[CONTROL.nextBlock] = id + 1
  space.enter({ from: 1, to: id + 1 })
  const spill = new Spill(space, { dir }, id + 1)
  for (const _ of spill.dump());
  assert.is(
    space.table.findIndex((entry) => entry !== 0),
    -1,
  )
  spill.beginLevel()
  // All of them are known now, and these are not.
  for (let known = 1; known <= 600; known++)
    space.log.set(space.log.slice(known * space.stride, known * space.stride + 3), (spill.piece + known) * space.stride)
  space.log.set([-1, -1, -1, 0], (spill.piece + 601) * space.stride)
  const found = { from: spill.piece + 1, to: spill.piece + 602 }
  space.control[CONTROL.nextBlock] = found.to
  space.enter(found)
  for (const _ of spill.flush([found]));
  spill.endLevel()
  assert.is(spill.levels[0].size, 1)
  assert.equal([...spill.stateAt(0)], [-1, -1, -1])
  spill.close()
})

test.after(() => rmSync(dir, { recursive: true, force: true }))

test.run()
