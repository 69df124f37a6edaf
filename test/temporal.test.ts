/** Temporal claims and fairness: what counts, what is refused, and what a counterexample without end looks like. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../checker/check.ts'
import { type SearchOptions, search } from '../checker/engine/search.ts'
import {
  alwaysEventually,
  bool,
  type Claim,
  collection,
  eventually,
  eventuallyAlways,
  type Fairness,
  forAll,
  leadsTo,
  type Model,
  model,
  process,
  range,
  SpecError,
  step,
  when,
} from '../checker/index.ts'
import { traceDot } from '../checker/report/dot.ts'
import { raceTable } from '../checker/report/race-table.ts'
import { parseTraceFile, traceToJson } from '../checker/report/trace-file.ts'
import { replay } from '../checker/trace/replay.ts'
import type { Trace } from '../checker/trace/trace.ts'
import { fairnessBits } from '../checker/verdict/fair-cycle.ts'
import { findLasso } from '../checker/verdict/lasso.ts'
import { type Transitions, transitionsOf } from '../checker/verdict/transitions.ts'
import type { Verdict } from '../checker/verdict.ts'
import * as asyncTerminationDetection from '../examples/async-termination-detection.ts'
import * as readersWriters from '../examples/readers-writers.ts'
import * as simpleAllocator from '../examples/simple-allocator.ts'
import * as twoPhase from '../examples/two-phase.ts'

interface At {
  at: number
}
type Claims = readonly Claim<At>[]

/** A token on numbered places that each action moves along its arrows; an action `A` with two arrows is `{ A: [[0, 1], [1, 0]] }`. */
function places(
  arrows: Readonly<Record<string, readonly (readonly [number, number])[]>>,
  fairness: Fairness,
  claims: readonly unknown[],
): Model {
  const last = Math.max(...Object.values(arrows).flat(2))
  return model(
    'Places',
    { state: { at: range(0, Math.max(1, last)) } },
    {
      init: (s) => {
        s.at = 0
      },
      actions: Object.fromEntries(
        Object.entries(arrows).map(([name, pairs]) => [
          name,
          (s: At) => {
            const arrow = pairs.find(([from]) => from === s.at)
            when(arrow !== undefined)
            s.at = arrow[1]
          },
        ]),
      ),
      fairness,
      claims: claims as Claims,
      deadlock: 'off',
    },
  )
}

const reaches = (place: number) => eventually<At>(`${place} is reached`, (s) => s.at === place)

/** The only claim's verdict. */
async function only(checked: Model): Promise<Verdict['claims'][number]> {
  const { claims, fault } = await check(checked)
  assert.is(fault, null, fault?.error.message)
  assert.is(claims.length, 1)
  return claims[0]
}

/** The labels of the steps, those of the loop in parentheses. */
function told({ steps, loop }: Trace): string {
  const labels = steps.map(({ process, label }) => (process === '' ? label : `${process} ${label}`))
  return [...labels.slice(0, loop!), `(${labels.slice(loop!).join(' ')})`].join(' ')
}

test('a cycle that is not fair is no counterexample', async () => {
  const arrows = {
    Round: [
      [0, 1],
      [1, 0],
    ],
    Out: [
      [0, 2],
      [1, 2],
    ],
  } as const
  assert.is((await only(places(arrows, { weak: ['Out'] }, [reaches(2)]))).verdict, 'holds')
  const unfair = await only(places(arrows, { weak: ['Round'] }, [reaches(2)]))
  assert.is(unfair.verdict, 'violated')
  assert.is(told(unfair.trace!), '(Round Round)')
})

test('behaviours may stutter, in any state that fairness does not drive them out of', async () => {
  const arrows = {
    Go: [[0, 1]],
    On: [[1, 2]],
  } as const
  assert.is(told((await only(places(arrows, {}, [reaches(1)]))).trace!), '()')
  assert.is(told((await only(places(arrows, { weak: ['Go'] }, [reaches(2)]))).trace!), 'Go ()')
  assert.is((await only(places(arrows, { weak: ['Go', 'On'] }, [reaches(2)]))).verdict, 'holds')
  // The only move is one of an action that nothing drives.
  assert.is(told((await only(places(arrows, { strong: ['On'] }, [reaches(2)]))).trace!), '()')
})

test('a state without any step is left as it is for ever', async () => {
  const arrows = { Go: [[0, 1]] } as const
  const stays = alwaysEventually<At>('0 comes back', (s) => s.at === 0)
  assert.is(told((await only(places(arrows, { strong: ['Go'] }, [stays]))).trace!), 'Go ()')
})

test('a step that leaves the state as it is counts as neither enabled nor taken', async () => {
  const arrows = {
    Idle: [[0, 0]],
    Go: [[0, 1]],
    Back: [[1, 0]],
  } as const
  // Were it enabled, only an infinity of idle steps would be fair; were it taken, an idle loop would be.
  assert.is((await only(places(arrows, { weak: [{ anyOf: ['Idle', 'Go'] }] }, [reaches(1)]))).verdict, 'holds')
  assert.is(told((await only(places(arrows, { weak: ['Idle'] }, [reaches(1)]))).trace!), '()')
  assert.is(told((await only(places(arrows, { strong: ['Idle'] }, [reaches(1)]))).trace!), '()')
})

test('the cycle shown is one of the graph and fair by itself, not its whole component', async () => {
  // Two loops through 0; the claim is only about 3, and fairness needs Left but not Right.
  const arrows = {
    Left: [
      [0, 1],
      [1, 0],
    ],
    Right: [[0, 2]],
    Home: [[2, 0]],
    Far: [[2, 4]],
    Near: [[4, 2]],
    Out: [[2, 3]],
  } as const
  assert.is(told((await only(places(arrows, { weak: ['Left'] }, [reaches(3)]))).trace!), '(Left Left)')
  assert.is(
    told((await only(places(arrows, { strong: ['Left', 'Right'] }, [reaches(3)]))).trace!),
    '(Left Left Right Home)',
  )
  // Far is owed only where 2 is passed, which a cycle can avoid; stuttering at 2 owes it.
  const needy = { strong: ['Left', 'Far'] }
  assert.is(told((await only(places(arrows, needy, [reaches(3)]))).trace!), '(Left Left)')
})

test('an action with several steps is met by any of them, one process at a time by its own', async () => {
  const who = collection('worker', 2)
  const build = (fairness: Fairness) =>
    model(
      'Workers',
      { state: { turn: bool, done: range(0, 1) } },
      {
        init: (s) => {
          s.turn = false
          s.done = 0
        },
        actions: {
          // Only worker 1 gets anything done.
          Work: forAll({ w: who }, (s, { w }) => {
            if (w === 1) s.done = 1
            else s.turn = !s.turn
          }),
        },
        fairness,
        claims: [eventually('it is done', (s) => s.done === 1)],
        deadlock: 'off',
      },
    )
  const verdictWith = async (fairness: Fairness) => (await only(build(fairness))).verdict
  assert.is(await verdictWith({ weak: ['Work'] }), 'holds')
  assert.is(await verdictWith({ weak: ['worker1'] }), 'holds')
  assert.is(await verdictWith({ weak: ['worker0'] }), 'violated')
  assert.is(await verdictWith({ weak: [{ anyOf: ['Work'] }] }), 'violated')
  assert.is(await verdictWith({ weak: [{ anyOf: ['worker0', 'worker1'] }] }), 'violated')
  assert.is(await verdictWith({ strong: ['worker0'] }), 'violated')
})

/** Processes that take turns in a critical section guarded by a semaphore. */
function semaphore(fairness: Fairness): Model {
  const shared = { free: bool }
  const user = process(
    shared,
    { locals: {}, start: {}, over: collection('users', 2) },
    {
      wait: step('down()', (s) => {
        when(s.free)
        s.free = false
        return 'inside'
      }),
      inside: step('up()', (s) => {
        s.free = true
        return 'wait'
      }),
    },
  )
  return model(
    'Semaphore',
    { state: shared, processes: { user } },
    {
      init: (s) => {
        s.free = true
      },
      fairness,
      claims: [
        alwaysEventually('user 0 enters again and again', {
          name: 'enters',
          source: 'nobody',
          holds: (s) => s.user[0].pc === 'inside',
        }),
      ],
    },
  )
}

test('a semaphore starves a process under weak fairness, and none under strong fairness', async () => {
  const weak = await only(semaphore({ weak: ['user'] }))
  assert.is(told(weak.trace!), '(user1 wait user1 inside)')
  assert.is((await only(semaphore({ strong: ['user'] }))).verdict, 'holds')
})

test('fairness of a label, of a process and of processes together', async () => {
  const verdictWith = async (fairness: Fairness) => (await only(semaphore(fairness))).verdict
  assert.is(await verdictWith({ weak: ['user: inside'], strong: ['user: wait'] }), 'holds')
  // Somebody stays inside for ever.
  assert.is(await verdictWith({ strong: ['user: wait'] }), 'violated')
  assert.is(await verdictWith({ weak: ['user: inside'], strong: ['user0'] }), 'holds')
  assert.is(await verdictWith({ weak: ['user: inside'], strong: ['user1'] }), 'violated')
  assert.is(await verdictWith({ strong: [{ anyOf: ['user0', 'user1'] }] }), 'violated')
})

test('a name that no step has is refused', () => {
  for (const fairness of [{ weak: ['users'] }, { strong: ['user: sleep'] }, { weak: [{ anyOf: ['user', 'usr'] }] }]) {
    try {
      semaphore(fairness)
      assert.unreachable()
    } catch (thrown) {
      assert.instance(thrown, SpecError)
      assert.match((thrown as SpecError).message, /^fairness names '(users|user: sleep|usr)', which no step has$/)
      assert.match((thrown as SpecError).why, 'user: wait')
    }
  }
})

test('more requirements than fit are refused, and only where they are needed', async () => {
  const arrows = Object.fromEntries(Array.from({ length: 31 }, (_, at) => [`A${at}`, [[0, at % 2]] as const]))
  const { kind, fault } = await check(places(arrows, { weak: Object.keys(arrows) }, [reaches(1)]))
  assert.is(kind, 'error')
  assert.is(fault!.error.message, 'the model has 31 fairness requirements')
  const thirty = Object.keys(arrows).slice(1)
  assert.is((await only(places(arrows, { weak: thirty }, [reaches(1)]))).verdict, 'holds')
  assert.is((await check(places(arrows, { weak: Object.keys(arrows) }, []))).kind, 'holds')
})

/** 0 -> 1 -> 2 -> 1, and from 0 to 3, where it ends. */
const fork = {
  In: [[0, 1]],
  There: [[1, 2]],
  Back: [[2, 1]],
  Aside: [[0, 3]],
} as const
const driven: Fairness = { weak: ['There', 'Back', { anyOf: ['In', 'Aside'] }] }

test('eventually', async () => {
  const goal = (...wanted: number[]) => ({ holds: (s: At) => wanted.includes(s.at) })
  const verdictOf = async (body: object) => only(places(fork, driven, [eventually<At>('it', body as never)]))
  assert.is((await verdictOf(goal(2, 3))).verdict, 'holds')
  assert.is((await verdictOf(goal(0))).verdict, 'holds')
  assert.is(told((await verdictOf(goal(2))).trace!), 'Aside ()')
  assert.is((await verdictOf({ ...goal(2), given: (s: At) => s.at !== 3 })).verdict, 'holds')
  assert.is(told((await verdictOf({ ...goal(3), given: (s: At) => s.at !== 3 })).trace!), 'In (There Back)')
})

test('always eventually', async () => {
  const verdictOf = async (body: object) => only(places(fork, driven, [alwaysEventually<At>('it', body as never)]))
  assert.is((await verdictOf({ holds: (s: At) => s.at >= 2 })).verdict, 'holds')
  assert.is(told((await verdictOf({ holds: (s: At) => s.at <= 1 })).trace!), 'Aside ()')
  assert.is((await verdictOf({ holds: (s: At) => s.at === 1, given: (s: At) => s.at !== 3 })).verdict, 'holds')
})

test('eventually always', async () => {
  const verdictOf = async (body: object) => only(places(fork, driven, [eventuallyAlways<At>('it', body as never)]))
  assert.is((await verdictOf({ holds: (s: At) => s.at !== 0 })).verdict, 'holds')
  const flips = await verdictOf({ holds: (s: At) => s.at !== 1 })
  assert.is(told(flips.trace!), 'In (There Back)')
  // The goal is true in one state of the loop; the trace ends in the other, with the evidence.
  assert.equal(
    flips.trace!.failed.map(({ evidence }) => evidence.map(({ variable, value }) => `${variable} = ${value}`)),
    [['at = 1']],
  )
  const other = await verdictOf({ holds: (s: At) => s.at !== 2 })
  assert.is(told(other.trace!), 'In There (Back There)')
  assert.is((await verdictOf({ holds: (s: At) => s.at !== 1, given: (s: At) => s.at === 3 })).verdict, 'holds')
})

test('leads to', async () => {
  const claim = (from: number, to: number, given?: (s: At) => boolean) =>
    leadsTo<At>('it', {
      from: (s) => s.at === from,
      holds: (s) => s.at === to,
      ...(given !== undefined && { given }),
    })
  const verdictOf = async (body: ReturnType<typeof claim>) => only(places(fork, driven, [body]))
  assert.is((await verdictOf(claim(1, 2))).verdict, 'holds')
  assert.is((await verdictOf(claim(3, 3))).verdict, 'holds')
  assert.is(told((await verdictOf(claim(0, 2))).trace!), 'Aside ()')
  assert.is(told((await verdictOf(claim(1, 0))).trace!), 'In (There Back)')
  assert.is((await verdictOf(claim(0, 2, (s) => s.at !== 3))).verdict, 'holds')
})

test('each form for each combination of its parameters: the trace is about the arguments that fail', async () => {
  const at = range(1, 3)
  for (const make of [eventually, alwaysEventually] as const) {
    const { verdict, trace } = await only(
      places(fork, driven, [
        make<At, { n: typeof at }>('n is visited, or 3', {
          over: { n: at },
          holds: (s, { n }) => s.at === n || s.at === 3,
        }),
      ]),
    )
    // Both 1 and 2 are visited again and again; only where n is 3 does the loop through them violate the claim.
    assert.is(verdict, 'violated')
    assert.equal(
      trace!.failed.map(({ args }) => args),
      ['n=3'],
    )
    assert.is(told(trace!), 'In (There Back)')
  }
  const leaves = await only(
    places(fork, driven, [
      eventuallyAlways<At, { n: typeof at }>('n is left', {
        over: { n: at },
        holds: (s, { n }) => s.at !== n || n === 1,
      }),
    ]),
  )
  assert.equal(
    leaves.trace!.failed.map(({ args }) => args),
    ['n=2'],
  )
  const leads = await only(
    places(fork, driven, [
      leadsTo<At, { n: typeof at }>('2 leads to n', {
        over: { n: at },
        from: (s) => s.at === 2,
        holds: (s, { n }) => s.at === n,
      }),
    ]),
  )
  assert.equal(
    leads.trace!.failed.map(({ args }) => args),
    ['n=3'],
  )
})

test('the goal may fail for other arguments too: replaying tells the same as the check', async () => {
  const n = range(0, 3)
  const checked = places(fork, driven, [
    leadsTo<At, { n: typeof n }>('from n to 2', {
      over: { n },
      from: (s, { n }) => s.at === n && n === 3,
      holds: (s) => s.at === 2,
    }),
  ])
  const { trace } = await only(checked)
  assert.equal(
    trace!.failed.map(({ args }) => args),
    ['n=3'],
  )
  assert.equal(await replay(checked, trace!), trace)
})

const doubts = async (claim: unknown, waive = {}) => {
  const checked = { ...places(fork, driven, [claim]), waive }
  const { claims, trust, fault } = await check(checked)
  assert.is(fault, null)
  return {
    verdict: claims[0].verdict,
    trust: trust.map(({ text, waived }) => (waived === null ? text : `(${waived})`)),
  }
}

test('a claim that says nothing of any behaviour is doubted, unless that is waived', async () => {
  const never = leadsTo<At>('it', { from: (s) => s.at > 3, holds: () => false })
  assert.equal(await doubts(never), { verdict: 'holds', trust: ["the premise of 'it' is never true"] })
  assert.equal(await doubts(never, { "the premise of 'it'": 'a reason' }), { verdict: 'holds', trust: ['(a reason)'] })
  const goneSoon = eventually<At>('it', { given: (s) => s.at === 0, holds: () => false })
  assert.equal(await doubts(goneSoon), { verdict: 'holds', trust: ["no fair behaviour keeps to the premise of 'it'"] })
  const tooLate = leadsTo<At>('it', { from: (s) => s.at === 3, given: (s) => s.at !== 3, holds: () => false })
  assert.equal(await doubts(tooLate), { verdict: 'holds', trust: ["no fair behaviour keeps to the premise of 'it'"] })
})

test('a trigger before the premise begins is no reason to doubt', async () => {
  const claim = leadsTo<At>('it', { from: (s) => s.at === 0, given: (s) => s.at === 3, holds: (s) => s.at === 3 })
  assert.equal(await doubts(claim), { verdict: 'holds', trust: [] })
})

test('one of several arguments with something to say is enough', async () => {
  const n = range(0, 5)
  const claim = leadsTo<At, { n: typeof n }>('it', {
    over: { n },
    from: (s, { n }) => s.at === n,
    holds: (s) => s.at > 0,
  })
  assert.equal(await doubts(claim), { verdict: 'holds', trust: [] })
})

test('a search that was not complete leaves temporal claims open', async () => {
  const checked = places(fork, driven, [reaches(3)])
  for (const bounds of [{ maxDepth: 1 }, { maxStates: 1 }]) {
    const { kind, claims } = await check(checked, bounds)
    assert.is(kind, 'incomplete')
    assert.is(claims[0].verdict, 'open')
    assert.is(claims[0].trace, null)
  }
  const { claims, kind } = await check(checked, { engine: 'reference' })
  assert.equal([kind, claims[0].verdict], ['incomplete', 'open'])
})

test('only the claims that are asked for are judged, with the fairness of the whole model', async () => {
  const checked = places(fork, driven, [reaches(3), eventually<At>('2 or 3', (s) => s.at > 1)])
  const { kind, claims } = await check(checked, { claims: ['2 or 3'] })
  assert.equal([kind, claims.map(({ name, verdict }) => `${name}: ${verdict}`)], ['holds', ['2 or 3: holds']])
})

test('a predicate that throws is a fault of the spec', async () => {
  const { kind, fault } = await check(
    places(fork, driven, [
      eventually<At>('it', () => {
        throw new TypeError('oops')
      }),
    ]),
  )
  assert.is(kind, 'error')
  assert.match(fault!.error.message, "claim 'it'")
})

test('a step that the constraint rejects is no edge: fairness does not ask for it', async () => {
  const build = (most: number) => ({
    ...places({ Up: [[0, 1]], Over: [[1, 2]] }, { weak: ['Up', 'Over'] }, [reaches(2)]),
    constraint: (s: object) => (s as At).at <= most,
  })
  assert.is((await only(build(2))).verdict, 'holds')
  assert.is(told((await only(build(1))).trace!), 'Up ()')
})

test('a lasso in the race table, in the picture, and in a file', async () => {
  const checked = semaphore({ weak: ['user'] })
  const trace = (await only(checked)).trace!
  assert.is(trace.loop, 0)
  const table = raceTable(trace)
  assert.match(table, /-- for ever: -+\n1 {2}wait .*\n2 {2}inside .*\n-- back to step 1 -+\n/)
  assert.ok(table.split('\n').every((line) => line.length <= 72))
  assert.match(traceDot(trace), 's2 -> s0 [')
  const saved = parseTraceFile(traceToJson(trace, { target: 'semaphore.ts' })).trace
  assert.equal(saved, trace)
  assert.equal(await replay(checked, saved), trace)
})

test('a behaviour that ends in stuttering, in the race table and in a file', async () => {
  const checked = places(fork, {}, [reaches(3)])
  const { trace } = await only(checked)
  assert.equal([trace!.loop, trace!.length], [0, 1])
  assert.match(raceTable(trace!), '-- for ever: nothing happens any more')
  assert.match(traceDot(trace!), 's0 -> s0 [')
  assert.equal(await replay(checked, parseTraceFile(traceToJson(trace!, { target: 'x.ts' })).trace), trace)
})

test('a saved lasso that is not fair any more, or does not violate the claim, is refused', async () => {
  const refused = async (now: Model, saved: Trace) => {
    try {
      await replay(now, saved)
      assert.unreachable()
    } catch (thrown) {
      assert.instance(thrown, SpecError)
      assert.match((thrown as SpecError).message, 'does not show the violation any more')
    }
  }
  const { trace } = await only(semaphore({ weak: ['user'] }))
  await refused(semaphore({ strong: ['user'] }), trace!)
  await refused(semaphore({ weak: ['user'] }), { ...trace!, loop: 1 })
  await refused(semaphore({ weak: ['user'] }), { ...trace!, loop: 2 })
  await refused(semaphore({ weak: ['user'] }), { ...trace!, loop: 7 })
  const stutters = (await only(places(fork, {}, [reaches(1)]))).trace!
  await refused(places(fork, driven, [reaches(1)]), stutters)
  await refused(places(fork, {}, [eventually<At>('1 is reached', (s) => s.at === 0)]), stutters)
})

test('the edges of a graph are those that its states have one by one, generated code or not', async () => {
  const models = [
    twoPhase.spec.build({ RMs: 5 }),
    asyncTerminationDetection.spec.build(),
    simpleAllocator.spec.build(),
    places(fork, driven, []),
  ]
  for (const each of models) {
    const found = await search(each)
    const graph = transitionsOf(found)
    const { space, explorer } = found
    for (const id of graph.states) {
      const expected: string[] = []
      explorer.successors(id, (instance, out, at) => {
        const target = space.find(out, at)
        if (target !== id) expected.push(`${instance}: ${target}`)
      })
      const actual: string[] = []
      for (let edge = graph.offsets[id]; edge < graph.offsets[id + 1]; edge++)
        actual.push(`${graph.instances[edge]}: ${graph.targets[edge]}`)
      assert.equal(actual.sort(), expected.sort())
    }
  }
})

test('counterexamples are the same for every number of threads', async () => {
  for (const [name, { unfair }] of Object.entries({
    'simple-allocator': simpleAllocator,
    'readers-writers': readersWriters,
  })) {
    const module = new URL(`../examples/${name}.ts`, import.meta.url).href
    const tracesWith = async (options: SearchOptions) =>
      (await check(unfair.build(), { ...options, source: { module, name: 'unfair', args: [{}] } })).claims.map(
        ({ trace }) => trace,
      )
    assert.equal(await tracesWith({ workers: 2, parallelFrom: 0, kernelAfter: 5 }), await tracesWith({ workers: 1 }))
  }
})

/** A ring of many states, in which a step by instance 1 is rare. */
function ring(size: number): Transitions {
  const all = Int32Array.from({ length: size }, (_, at) => at + 1)
  return {
    size: size + 1,
    states: all,
    offsets: Uint32Array.from({ length: size + 2 }, (_, at) => Math.max(0, at - 1)),
    targets: all.map((id) => (id % size) + 1),
    instances: all.map((id) => (id === size ? 1 : 0)),
  }
}

test('a cycle of more states than an exact search may look at is found all the same', () => {
  const graph = ring(1_100_000)
  const fairness = [
    { strength: 'weak', name: 'usual', counts: [true, false] },
    { strength: 'strong', name: 'rare', counts: [false, true] },
  ] as const
  const bits = fairnessBits(fairness, 2, graph)
  const lasso = findLasso(graph, bits, {
    form: 'always eventually',
    initial: [1],
    goal: new Uint8Array(graph.size),
    trigger: null,
    given: null,
  })
  assert.is(lasso!.stem.length, 1)
  assert.is(lasso!.loopEdges.length, 1_100_000)
})

test.run()
