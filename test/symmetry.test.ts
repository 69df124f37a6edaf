/**
 * Symmetry reduction: published counts, agreement with the unreduced search on generated specs, and specs that declare a
 * symmetry which they do not have.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/check.ts'
import { referenceSearch } from '../checker/engine/reference.ts'
import { forEachRenaming } from '../checker/engine/renamings.ts'
import { type Search, type SearchOptions, search } from '../checker/engine/search.ts'
import type { Model } from '../checker/index.ts'
import {
  alwaysEventually,
  array,
  bool,
  collection,
  forAll,
  invariant,
  model,
  optional,
  range,
  refines,
  setOf,
  stepClaim,
  when,
} from '../checker/index.ts'
import { quotientGraph, stateGraph } from '../checker/report/quotient.ts'
import { replay } from '../checker/trace/replay.ts'
import { spec as racyIncrement } from '../examples/racy-increment.ts'
import { spec as twoPhase } from '../examples/two-phase.ts'
import { buildSymmetric, type SymmetricDescription } from './support/symmetric-spec.ts'

const counts = suite('counts')

for (const [RMs, orbits, states] of [
  [3, 80, 288],
  [5, 314, 8832],
  [7, 920, 296448],
  [8, 1461, 1745408],
]) {
  counts(`two-phase commit with ${RMs} resource managers`, async () => {
    const { outcome } = await search(twoPhase.build({ RMs, symmetric: true }))
    assert.is(outcome.fault, null, outcome.fault?.error.message)
    assert.equal([outcome.distinct, outcome.states, outcome.complete], [orbits, states, true])
    assert.equal(outcome.claims, [{ status: 'holds' }])
  })
}

counts('the racy increment, whose trace is a real one', async () => {
  const whole = racyIncrement.build({ threads: 2, symmetric: true })
  const verdict = await check(whole)
  assert.equal([verdict.outcome.distinct, verdict.outcome.states], [8, 13])
  const { trace } = verdict.claims[0]
  assert.is(trace?.length, 5)
  assert.equal(await replay(whole, trace!), trace)
})

counts('symmetry can be switched off for a run', async () => {
  const { outcome } = await search(twoPhase.build({ symmetric: true }), { symmetry: false })
  assert.equal([outcome.distinct, outcome.states], [288, 288])
})

counts('two threads count what one counts', async () => {
  const module = new URL('../examples/two-phase.ts', import.meta.url).href
  const constants = { RMs: 6, symmetric: true }
  const source = { module, name: 'spec', args: [constants] }
  const found = await search(twoPhase.build(constants), { workers: 2, parallelFrom: 0, source })
  assert.equal([found.outcome.states, found.outcome.fault, found.statistics.workers], [50816, null, 2])
})

counts.run()

const generated = suite('generated specs')

const RUNS = Number(process.env.SPEC_RUNS ?? 80)
const LARGEST = 1_000
const small = fc.nat(40)
const descriptions: fc.Arbitrary<SymmetricDescription> = fc.noBias(
  fc.record({
    tasks: fc.constantFrom(3, 2, 4),
    pages: fc.constantFrom(1, 2),
    parts: fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 3 }),
    actions: fc.array(
      fc.record({
        guards: fc.array(small, { maxLength: 2 }),
        effects: fc.array(small, { minLength: 1, maxLength: 2 }),
        distinct: fc.boolean(),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    process: fc.option(fc.record({ first: small, second: small }), { freq: 2 }),
    claims: fc.array(
      fc.record({
        kind: fc.constantFrom('invariant' as const, 'step' as const, 'reachable' as const),
        guards: fc.array(small, { minLength: 2, maxLength: 3 }),
      }),
      { maxLength: 3 },
    ),
    chooses: fc.boolean(),
    deadlock: fc.constantFrom('off' as const, 'stuck' as const),
  }),
)

const idsOf = ({ levels }: Search): number[] =>
  levels.flat().flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at))

const textOf = ({ space }: Search, id: number): string =>
  space.log.slice(id * space.stride, id * space.stride + space.words).join()

/** Every state of every orbit that was found, each orbit under all renamings. */
function expanded(found: Search): Set<string> {
  const all = new Set<string>()
  const { space, explorer, model } = found
  if (explorer.symmetry === null) return new Set(idsOf(found).map((id) => textOf(found, id)))
  for (const id of idsOf(found)) {
    forEachRenaming(model.interchangeable, (by) => {
      all.add(explorer.symmetry!.image(space.log, id * space.stride, by).join())
    })
  }
  return all
}

/** Compares with the unreduced search; tells whether the spec was small enough. */
async function assertSame(description: SymmetricDescription, manner: SearchOptions): Promise<boolean> {
  const truth = referenceSearch(buildSymmetric(description), { maxStates: LARGEST })
  if (!truth.complete) return false
  const reduced = await search(buildSymmetric(description), manner)
  const { outcome } = reduced
  assert.is(outcome.fault, null, outcome.fault?.error.message)
  assert.equal(
    [outcome.states, outcome.depth, outcome.claims, outcome.deadlock],
    [truth.distinct, truth.depth, truth.claims, truth.deadlock],
  )
  const full = await search(buildSymmetric(description), { symmetry: false })
  const expected = new Set(idsOf(full).map((id) => textOf(full, id)))
  assert.equal([...expanded(reduced)].sort(), [...expected].sort())
  return true
}

generated('orbits stand for all states, and verdicts and depths are the same', async () => {
  let compared = 0
  const property = fc.asyncProperty(descriptions, async (description) => {
    if (await assertSame(description, {})) compared++
  })
  await fc.assert(property, { seed: 1, numRuns: RUNS, includeErrorInReport: true })
  assert.ok(compared > RUNS / 2, `only ${compared} of ${RUNS} specs were small enough`)
})

generated('two threads and generated code find the same orbits', async () => {
  const module = new URL('./support/symmetric-spec.ts', import.meta.url).href
  const property = fc.asyncProperty(descriptions, async (description) => {
    const source = { module, name: 'buildSymmetric', args: [description] }
    await assertSame(description, { workers: 2, parallelFrom: 0, kernelAfter: 0, source })
  })
  await fc.assert(property, { seed: 2, numRuns: Math.ceil(RUNS / 20), includeErrorInReport: true })
})

generated('traces are real ones, and as short as the level says', async () => {
  const property = fc.asyncProperty(descriptions, async (description) => {
    const whole = buildSymmetric(description)
    const verdict = await check(whole, { maxStates: LARGEST })
    const traces = [...verdict.claims.map(({ trace }) => trace), verdict.deadlock].flatMap((trace) => trace ?? [])
    const full = await check(whole, { maxStates: LARGEST, symmetry: false })
    for (const trace of traces) assert.equal(await replay(whole, trace), trace)
    verdict.claims.forEach(({ trace }, at) => {
      if (trace !== null && full.claims[at].trace !== null) assert.is(trace.length, full.claims[at].trace!.length)
    })
  })
  await fc.assert(property, { seed: 3, numRuns: Math.ceil(RUNS / 3), includeErrorInReport: true })
})

generated.run()

const refusals = suite('refusals')

const tasks = collection('task', 3, { symmetric: true })
const state = { busy: array(tasks, bool), owner: optional(tasks), done: setOf(tasks), n: range(0, 2) }
type Text = Parameters<typeof model<{ state: typeof state }>>[2]

/** A spec that keeps its symmetry, with one part replaced. */
const withText = (text: Partial<Text>): Model =>
  model(
    'Tasks',
    { state },
    {
      init: (s) => {
        s.busy.fill(false)
        s.owner = null
        s.done = new Set()
        s.n = 0
      },
      actions: {
        Take: forAll({ t: tasks }, (s, { t }) => {
          when(s.owner === null)
          s.owner = t
          s.busy[t] = true
        }),
        Leave: forAll({ t: tasks }, (s, { t }) => {
          when(s.owner === t)
          s.owner = null
          s.done.add(t)
        }),
      },
      deadlock: 'off',
      ...text,
    },
  )

async function refused(text: Partial<Text>, what: RegExp): Promise<void> {
  const verdict = await check(withText(text))
  assert.is(verdict.kind, 'error')
  assert.match(verdict.fault?.error.message ?? '', what)
  assert.match(verdict.fault?.error.hint ?? '', /--no-symmetry/)
  const without = await check(withText(text), { symmetry: false })
  assert.is(without.fault, null, 'it is not refused without symmetry')
}

refusals('nothing, where the symmetry is kept', async () => {
  const verdict = await check(withText({}))
  assert.is(verdict.fault, null, verdict.fault?.error.message)
})

const take = (may: (s: { n: number }, t: number) => boolean) => ({
  actions: {
    Take: forAll({ t: tasks }, (s: { n: number; busy: Record<number, boolean> }, { t }) => {
      when(may(s, t))
      s.busy[t] = true
      s.n = (s.n + 1) % 3
    }),
  },
})

refusals('an asymmetric constant in an action', () =>
  refused(take((_, t) => t !== 1) as never, /the step .*Take.* task/),
)

refusals('an asymmetric constant that matters late', () =>
  refused(take((s, t) => s.n < 2 || t !== 2) as never, /the step .*Take/),
)

refusals('an ordering on indices', () =>
  refused(
    {
      actions: {
        Pass: forAll({ a: tasks, b: tasks }, (s, { a, b }) => {
          when(a < b && !s.done.has(a))
          s.owner = b
        }),
      },
    },
    /the step .*Pass/,
  ),
)

refusals('the first of several', () =>
  refused(
    {
      actions: {
        Next: (s) => {
          const first = tasks.values.find((t) => !s.done.has(t))
          when(first !== undefined)
          s.done.add(first!)
        },
      },
    },
    /the step .*Next/,
  ),
)

refusals('an index kept as a number', () =>
  refused(
    {
      actions: {
        Note: forAll({ t: tasks }, (s, { t }) => {
          s.n = t
        }),
      },
    },
    /the step .*Note/,
  ),
)

refusals('an asymmetric claim', () =>
  refused({ claims: [invariant('task 0 is idle', (s) => !s.busy[0])] }, /the claim 'task 0 is idle'/),
)

refusals('an asymmetric step claim', () =>
  refused({ claims: [stepClaim('task 0 stays idle', (_, after) => !after.busy[0])] }, /the claim 'task 0 stays idle'/),
)

refusals('an asymmetric constraint', () => refused({ constraint: (s) => s.owner !== 2 }, /the constraint/))

const withoutEnd: NonNullable<Text['actions']> = {
  Finish: forAll({ t: tasks }, (s, { t }) => {
    when(s.done.size === 0)
    s.done.add(t)
  }),
}

refusals('asymmetric final states', () =>
  refused({ deadlock: 'stuck unless final', final: (s) => s.done.has(1), actions: withoutEnd }, /the final states/),
)

refusals('an asymmetric initial state', () =>
  refused(
    {
      init: (s) => {
        s.busy.fill(false)
        s.busy[1] = true
        s.owner = null
        s.done = new Set()
        s.n = 0
      },
    },
    /initial states do not treat task0 and task1/,
  ),
)

refusals('a temporal claim', () =>
  refused({ claims: [alwaysEventually('nobody owns it', (s) => s.owner === null)] }, /the temporal claim/),
)

refusals('a refinement claim', () => {
  const idle = model(
    'Idle',
    { state: { n: range(0, 1) } },
    {
      init: (s) => {
        s.n = 0
      },
      deadlock: 'off',
    },
  )
  const nothing = refines('nothing happens', {
    abstract: idle,
    map: (_s: object, a) => {
      a.n = 0
    },
  })
  return refused({ claims: [nothing] }, /the refinement claim/)
})

refusals('an asymmetric projection', async () => {
  const whole = withText({ projections: { owner: (s) => s.owner, owned: (s) => s.owner !== null } })
  const found = await search(whole)
  assert.is(quotientGraph(found, 'owned', 60).nodes.length, 2)
  assert.is(stateGraph(found, 60).nodes.length, found.outcome.distinct)
  assert.throws(() => quotientGraph(found, 'owner', 60), /projection 'owner' does not treat/)
  assert.is(quotientGraph(await search(whole, { symmetry: false }), 'owner', 60).nodes.length, 4)
})

refusals('two sizes of one collection', () => {
  const other = collection('task', 2, { symmetric: true })
  assert.throws(() => model('Two', { state: { a: optional(tasks), b: optional(other) } }, { init: () => {} }), /'task'/)
})

refusals.run()
