/** Refinement claims: what holds, what is refuted and how it is shown, and what a mapping must not do. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  array,
  bool,
  type Claim,
  check,
  choose,
  forAll,
  leadsTo,
  type Model,
  model,
  process,
  range,
  refines,
  setOf,
  step,
  type Trace,
  type Verdict,
  when,
} from '../checker/index.ts'
import { type Fairness, requirements } from '../checker/language/fairness.ts'
import { raceTable } from '../checker/report/race-table.ts'
import { parseTraceFile, traceToJson } from '../checker/report/trace-file.ts'
import { replay } from '../checker/trace/replay.ts'
import * as abstractChannel from '../examples/abstract-channel.ts'
import * as alternatingBit from '../examples/alternating-bit.ts'
import * as ewd840 from '../examples/ewd840.ts'
import * as tCommit from '../examples/t-commit.ts'
import * as terminationDetection from '../examples/termination-detection.ts'
import * as twoPhase from '../examples/two-phase.ts'

/** A model with these claims in the place of its own, and this fairness. */
function claiming<S>(whole: Model<S>, claims: readonly Claim<NoInfer<S>>[], fairness: Fairness = {}): Model<S> {
  return {
    ...whole,
    claims: claims as readonly Claim<object>[],
    fairness: requirements(fairness, whole.instances),
    waive: {},
  }
}

/** What became of the only claim of a model: `holds`, or the trace that refutes it. */
async function judged(whole: Model): Promise<'holds' | Trace> {
  const verdict = await check(whole)
  assert.is(verdict.fault, null, verdict.fault?.error.message)
  const [claim] = verdict.claims
  assert.is(claim.kind, 'refinement')
  assert.is(verdict.kind, claim.verdict)
  if (claim.verdict === 'holds') return 'holds'
  assert.is(claim.verdict, 'violated')
  return claim.trace!
}

async function refuted(whole: Model): Promise<Trace> {
  const trace = await judged(whole)
  assert.is.not(trace, 'holds')
  return trace as Trace
}

const labels = ({ steps }: Trace) => steps.map(({ label }) => label)
const reasons = ({ failed }: Trace) =>
  failed.map(({ name, evidence }) => [name, ...evidence.map(({ variable, value }) => `${variable} = ${value}`)])
const instead = (trace: Trace) => [
  trace.instead?.heading,
  ...(trace.instead?.steps ?? []).map(
    ({ label, changes }) =>
      `${label}: ${changes.map(({ variable, from, to }) => `${variable} ${from}->${to}`).join(', ')}`,
  ),
]

test('what is implemented in the examples keeps its own claims', async () => {
  for (const [spec, distinct] of [
    [abstractChannel.spec, 20],
    [terminationDetection.spec, 9],
  ] as const) {
    const verdict = await check(spec.build())
    assert.is(verdict.kind, 'holds')
    assert.is(verdict.outcome.distinct, distinct)
    assert.equal(verdict.trust, [])
  }
})

// The alternating bit protocol and the channel that it implements.

const PROTOCOL_FAIRNESS: Fairness = { weak: ['SendAgain', 'SendAck'], strong: ['Receive', 'ReceiveAck'] }

function protocol(
  fairness: Fairness,
  change: { ackBit?: (bit: number) => number; sent?: (value: number) => number } = {},
) {
  const { ackBit = (bit) => bit, sent = (value) => value } = change
  const claim = refines('the protocol is a channel', {
    abstract: abstractChannel.spec.build({ values: 2 }),
    map: (s: ProtocolState, a) => {
      a.sendBit = s.sendBit
      a.ackBit = ackBit(s.ackBit)
      a.receiveBit = s.receiveBit
      a.sent = sent(s.sent)
      a.received = s.received
    },
  })
  return claiming(alternatingBit.spec.build({ values: 2 }), [claim], fairness)
}
type StateOfModel<M> = M extends Model<infer S> ? S : never
type ProtocolState = StateOfModel<ReturnType<typeof alternatingBit.spec.build>>

test('the alternating bit protocol is a channel, liveness included', async () => {
  assert.is(await judged(protocol(PROTOCOL_FAIRNESS)), 'holds')
})

test('without fairness of its own, the protocol does not deliver', async () => {
  const trace = await refuted(protocol({}))
  assert.equal(labels(trace), ['SendNew(v=1)'])
  assert.is(trace.loop, 1)
  assert.is(trace.failed[0].name, 'weak fairness of Receive in AbstractChannel: it stays possible, and never happens')
  assert.equal(instead(trace), ['steps of AbstractChannel from there', 'Receive: receiveBit 0->1'])
})

test('weak fairness is too little where messages are lost again and again', async () => {
  const trace = await refuted(protocol({ weak: ['SendAgain', 'SendAck', 'Receive', 'ReceiveAck'] }))
  assert.ok(trace.loop !== null && trace.loop < trace.steps.length)
  const round = labels(trace).slice(trace.loop)
  for (const label of ['LoseMessage', 'SendAgain']) assert.ok(round.includes(label), `${label} is in ${round}`)
  assert.not.ok(round.includes('Receive'))
})

test('a mapping that turns a bit round maps no initial state to one', async () => {
  const trace = await refuted(protocol(PROTOCOL_FAIRNESS, { ackBit: (bit) => 1 - bit }))
  assert.is(trace.length, 1)
  assert.is(trace.failed[0].name, 'no initial state of AbstractChannel')
  assert.equal(instead(trace), ['AbstractChannel can begin with', 'initially: ackBit 1->0'])
})

test('a mapping that mixes up the values shows another value arriving than was sent', async () => {
  const trace = await refuted(protocol(PROTOCOL_FAIRNESS, { sent: (value) => 3 - value }))
  assert.equal(labels(trace).length, 2)
  assert.is(trace.loop, null)
  assert.is(trace.failed[1].name, 'and after it, where no step of AbstractChannel leads')
  assert.equal(reasons(trace)[1].slice(1), ['receiveBit = 1'])
  assert.equal(instead(trace), ['steps of AbstractChannel from there', 'Receive: receiveBit 0->1, received 1->2'])
})

// EWD 840 and the problem that it solves.

function detection(fairness: Fairness, detected: (s: RingState) => boolean) {
  const claim = refines('EWD 840 detects termination', {
    abstract: terminationDetection.spec.build({ N: 3 }),
    map: (s: RingState, a) => {
      a.active = s.active
      a.detected = detected(s)
    },
  })
  return claiming(ewd840.spec.build({ N: 3 }), [claim], fairness)
}
type RingState = StateOfModel<ReturnType<typeof ewd840.spec.build>>
const RING_FAIRNESS: Fairness = { weak: [{ anyOf: ['InitiateProbe', 'PassToken'] }] }
const isBack = (s: RingState) => s.token === 0 && s.tokenColor === 'white' && !s.active[0]

test('EWD 840 detects termination, sooner or later', async () => {
  assert.is(await judged(detection(RING_FAIRNESS, (s) => isBack(s) && s.color[0] === 'white')), 'holds')
})

test('who forgets the colour of node 0 detects too early', async () => {
  const trace = await refuted(detection(RING_FAIRNESS, isBack))
  assert.is(labels(trace).pop(), 'Deactivate(n=node0)')
  assert.equal(reasons(trace), [
    [
      'TerminationDetection before step 5',
      'active[node0] = true',
      'active[node1] = true',
      'active[node2] = false',
      'detected = false',
    ],
    ['and after it, where no step of TerminationDetection leads', 'active[node0] = false', 'detected = true'],
  ])
  assert.is(trace.failed[0].evidence[1].writtenBy, 3)
  assert.ok(instead(trace).includes('Terminate(n=node0): active[node0] true->false'))
})

test('a token that nobody has to pass on detects nothing', async () => {
  const trace = await refuted(detection({}, (s) => isBack(s) && s.color[0] === 'white'))
  assert.is(trace.length, 1)
  assert.is(trace.loop, 0)
})

test('two-phase commit is a transaction commit, seen through the resource managers', async () => {
  let calls = 0
  const claim = refines('it commits', {
    abstract: tCommit.spec.build({ RMs: 5 }),
    map: (s: StateOfModel<ReturnType<typeof twoPhase.spec.build>>, a) => {
      calls++
      a.rm = s.rm
    },
  })
  assert.is(await judged(claiming(twoPhase.spec.build({ RMs: 5 }), [claim])), 'holds')
  // 8,832 states, but only so many combinations of what the mapping reads, each of which it is asked twice.
  assert.is(calls, 2 * (2 ** 5 + 3 ** 5 - 1))
})

// Clocks: a clock with minutes is a clock with hours that stutters.

const HOURS = 3
const hour = range(0, HOURS - 1)
const MINUTES = 4

const hourClock = (fairness: Fairness = {}) =>
  model(
    'HourClock',
    { state: { hour } },
    {
      init: (s) => {
        s.hour = choose(s, hour)
      },
      actions: {
        Tick: (s) => {
          s.hour = (s.hour + 1) % HOURS
        },
      },
      fairness,
    },
  )

interface ClockOptions {
  readonly fairness?: Fairness
  readonly abstract?: Model<{ hour: number }>
  readonly leap?: number
  readonly map?: (hour: number, minute: number) => number
}

function minuteClock({ fairness = {}, abstract = hourClock(), leap = 1, map = (h) => h }: ClockOptions = {}) {
  return model(
    'MinuteClock',
    { state: { hour, minute: range(0, MINUTES - 1) } },
    {
      init: (s) => {
        s.hour = 0
        s.minute = 0
      },
      actions: {
        Minute: (s) => {
          s.minute = (s.minute + 1) % MINUTES
          if (s.minute === 0) s.hour = (s.hour + (s.hour === 1 ? leap : 1)) % HOURS
        },
      },
      fairness,
      claims: [
        refines('a clock with minutes is a clock', {
          name: 'clock',
          source: 'Lamport 2002, chapter 5',
          abstract,
          map: (s, a) => {
            a.hour = map(s.hour, s.minute)
          },
        }),
      ],
    },
  )
}

test('minutes are stuttering of the hours', async () => {
  assert.is(await judged(minuteClock()), 'holds')
})

test('liveness is implemented where both declare it, and not where only the abstract clock does', async () => {
  const abstract = hourClock({ weak: ['Tick'] })
  assert.is(await judged(minuteClock({ abstract, fairness: { weak: ['Minute'] } })), 'holds')
  const trace = await refuted(minuteClock({ abstract }))
  assert.is(trace.loop, 0)
  assert.is(trace.length, 1)
  assert.is(await judged(minuteClock({ fairness: { weak: ['Minute'] } })), 'holds')
})

test('a step that leaves out an abstract state is refuted by the shortest trace to it', async () => {
  const trace = await refuted(minuteClock({ leap: 2 }))
  assert.is(trace.length, 1 + 2 * MINUTES)
  assert.equal(reasons(trace), [
    ['HourClock before step 8', 'hour = 1'],
    ['and after it, where no step of HourClock leads', 'hour = 0'],
  ])
  assert.is(trace.failed[0].evidence[0].writtenBy, MINUTES - 1)
  assert.equal(instead(trace), ['steps of HourClock from there', 'Tick: hour 1->2'])
})

test('a trace says what is not implemented, and what the abstract model does instead', async () => {
  const lines = raceTable(await refuted(minuteClock({ leap: 2 }))).split('\n')
  assert.equal(lines.slice(lines.indexOf('violated: a clock with minutes is a clock')), [
    'violated: a clock with minutes is a clock',
    '  HourClock before step 8:',
    "    hour = 1   written by 'Minute' (step 4)",
    '  and after it, where no step of HourClock leads:',
    "    hour = 0   written by 'Minute' (step 8)",
    '  steps of HourClock from there:',
    '    Tick   hour 1->2',
    '  promised by: Lamport 2002, chapter 5',
    '  9 states, 0 context switches',
    '',
  ])
})

test('an initial state must stand for an initial state', async () => {
  const late: Model<{ hour: number }> = { ...hourClock(), init: hourClock().init.map((each) => ({ ...each })) }
  const one = model(
    'LateClock',
    { state: { hour } },
    {
      init: (s) => {
        s.hour = 2
      },
      actions: {
        Tick: (s) => {
          s.hour = (s.hour + 1) % HOURS
        },
      },
    },
  )
  assert.is(await judged(minuteClock({ abstract: late })), 'holds')
  const trace = await refuted(minuteClock({ abstract: one }))
  assert.is(trace.length, 1)
  assert.equal(reasons(trace), [['no initial state of LateClock', 'hour = 0']])
  assert.equal(instead(trace), ['LateClock can begin with', 'initially: hour 0->2'])
})

test('a step that the constraint rejects is none', async () => {
  const constrained = { ...minuteClock({ leap: 2 }), constraint: (s: object) => (s as { hour: number }).hour < 2 }
  assert.is((await refuted(constrained)).length, 1 + 2 * MINUTES)
  const short = { ...minuteClock({ leap: 2 }), constraint: (s: object) => (s as { hour: number }).hour < 1 }
  assert.is((await check({ ...short, deadlock: 'off' })).claims[0].verdict, 'holds')
})

test('claims, constraint and deadlocks of the abstract model play no part', async () => {
  const strict: Model<{ hour: number }> = {
    ...hourClock(),
    constraint: () => false,
    deadlock: 'stuck',
    claims: [leadsTo<object>('never', { from: () => true, holds: () => false })],
  }
  assert.is(await judged(minuteClock({ abstract: strict })), 'holds')
})

test('strong fairness of the abstract model asks for more than weak fairness', async () => {
  // The lamp is switched on and off; while it is on, somebody may read. A reader who is only weakly fair never does.
  const lamp = (fairness: Fairness) =>
    model(
      'Lamp',
      { state: { on: bool, read: bool } },
      {
        init: (s) => {
          s.on = false
          s.read = false
        },
        actions: {
          Switch: (s) => {
            s.on = !s.on
          },
          Read: (s) => {
            when(s.on)
            s.read = !s.read
          },
        },
        fairness,
      },
    )
  const implemented = (fairness: Fairness, abstract: Fairness) =>
    claiming(
      lamp(fairness),
      [
        refines('the lamp is a lamp', {
          abstract: lamp(abstract),
          map: (s, a) => {
            a.on = s.on
            a.read = s.read
          },
        }),
      ],
      fairness,
    )
  const weak: Fairness = { weak: ['Switch', 'Read'] }
  const strong: Fairness = { weak: ['Switch'], strong: ['Read'] }
  assert.is(await judged(implemented(weak, weak)), 'holds')
  assert.is(await judged(implemented(strong, strong)), 'holds')
  assert.is(await judged(implemented(strong, weak)), 'holds')
  const trace = await refuted(implemented(weak, strong))
  assert.equal(labels(trace).slice(trace.loop!), ['Switch', 'Switch'])
  assert.is(trace.failed[0].name, 'strong fairness of Read in Lamp: it is possible again and again, and never happens')
})

test('processes are refined by processes', async () => {
  const state = { n: range(0, 2) }
  const walker = (labels: readonly string[]) =>
    process(
      state,
      { locals: {}, start: {} },
      Object.fromEntries(
        labels.map((label, at) => [
          label,
          step(`walk.ts: ${label}`, (s: { n: number }) => {
            if (at === labels.length - 1) s.n++
            return labels[at + 1] ?? 'done'
          }),
        ]),
      ),
    )
  const walk = (labels: readonly string[]) =>
    model(
      'Walk',
      { state, processes: { walker: walker(labels) } },
      {
        init: (s) => {
          s.n = 0
        },
      },
    )
  const implementing = (stands: (pc: string) => string) =>
    claiming(walk(['look', 'think', 'go']), [
      refines('it walks', {
        abstract: walk(['go']),
        map: (s, a) => {
          a.n = s.n
          a.walker = { pc: stands(s.walker.pc) }
        },
      }),
    ])
  assert.is(await judged(implementing((pc) => (pc === 'done' ? 'done' : 'go'))), 'holds')
  const trace = await refuted(implementing((pc) => (pc === 'look' ? 'go' : 'done')))
  assert.equal(labels(trace), ['look'])
  assert.equal(instead(trace), ['steps of Walk from there', "walker 'go': n 0->1, walker.pc go->done"])
})

test('sets, arrays and parameters are mapped as wholes', async () => {
  const index = range(0, 2)
  const inbox = model(
    'Inbox',
    { state: { seen: setOf(index), full: array(index, bool) } },
    {
      init: (s) => {
        s.seen = new Set()
        s.full.fill(false)
      },
      actions: {
        Fill: forAll({ i: index }, (s, { i }) => {
          when(!s.full[i])
          s.full[i] = true
          s.seen.add(i)
        }),
      },
      deadlock: 'off',
    },
  )
  const claim = refines('an inbox is an inbox', {
    abstract: inbox,
    map: (s: StateOfModel<typeof inbox>, a) => {
      a.seen = s.seen
      a.full = s.full
    },
  })
  assert.is(await judged(claiming(inbox, [claim])), 'holds')
})

// Faults of a claim.

async function faultOf(whole: Model): Promise<string> {
  const verdict = await check(whole)
  assert.is(verdict.kind, 'error')
  assert.is(verdict.claims[0].verdict, 'open')
  const { error } = verdict.fault!
  assert.ok(error.why !== '' && error.hint !== '')
  return error.message
}

const twoHands = model(
  'TwoHands',
  { state: { hour, hand: range(0, 3) } },
  {
    init: (s) => {
      s.hour = 0
      s.hand = 0
    },
    actions: {
      Tick: (s) => {
        s.hour = (s.hour + 1) % HOURS
      },
    },
  },
)
type Hands = StateOfModel<typeof twoHands>

const mapped = (map: (s: { hour: number; minute: number }, a: Hands) => void) =>
  claiming(minuteClock(), [refines('a clock has two hands', { name: 'hands', abstract: twoHands, map })])

test('a mapping must write every abstract variable', async () => {
  const half = mapped((s, a) => {
    a.hour = s.hour
  })
  assert.is(await faultOf(half), "claim 'hands': TwoHands.hand is not written")
  const sometimes = mapped((s, a) => {
    a.hour = s.hour
    if (s.minute < 2) a.hand = 0
  })
  assert.is(await faultOf(sometimes), "claim 'hands': TwoHands.hand is not written")
  const early = mapped((s, a) => {
    a.hand = a.hour
    a.hour = s.hour
  })
  assert.is(await faultOf(early), "claim 'hands': TwoHands.hour is not written")
})

test('a mapping must stay in the abstract domain', async () => {
  const wide = mapped((s, a) => {
    a.hour = s.hour
    a.hand = s.minute + 2
  })
  assert.is(await faultOf(wide), "claim 'hands': TwoHands.hand = 4 is outside its domain range(0, 3)")
})

test('a mapping only looks, has no condition, chooses nothing and remembers nothing', async () => {
  const map = (other: (s: { hour: number; minute: number }, a: Hands) => void) =>
    mapped((s, a) => {
      a.hour = s.hour
      a.hand = 0
      other(s, a)
    })
  const writes = map((s) => {
    s.minute = 0
  })
  assert.is(await faultOf(writes), "claim 'hands': its mapping changes the state")
  assert.is(await faultOf(map((s) => when(s.minute < 2))), "claim 'hands': its mapping met a false when(...)")
  const chooses = map((_s, a) => {
    a.hand = choose(a, [0, 1])
  })
  assert.is(await faultOf(chooses), "claim 'hands': choose(...) was called outside an action")
  let calls = 0
  const counts = map((_s, a) => {
    a.hand = calls++ % 2
  })
  assert.match(await faultOf(counts), /^claim 'hands': it did something else when it was run again/)
  const throws = map(() => {
    throw new Error('broken')
  })
  assert.is(await faultOf(throws), "claim 'hands': broken")
})

test('faults of the abstract model name it, the state and the action', async () => {
  const endless = model(
    'Endless',
    { state: { hour } },
    {
      init: (s) => {
        s.hour = 0
      },
      actions: {
        Tick: (s) => {
          s.hour++
        },
      },
    },
  )
  assert.is(
    await faultOf(minuteClock({ abstract: endless })),
    "claim 'clock': Endless in { hour = 2 }: Tick: hour = 3 is outside its domain range(0, 2)",
  )
})

test('a mapping that never moves is a reason for doubt', async () => {
  const still = await check(minuteClock({ map: () => 0 }))
  assert.is(still.claims[0].verdict, 'holds')
  assert.equal(
    still.trust.map(({ text }) => text),
    ["'clock': no step is one of HourClock"],
  )
  assert.equal((await check(minuteClock())).trust, [])
})

// How a claim is used.

test('what was not explored completely is left open', async () => {
  const verdict: Verdict = await check(minuteClock(), { maxStates: 3 })
  assert.is(verdict.kind, 'incomplete')
  assert.is(verdict.claims[0].verdict, 'open')
  assert.is((await check(minuteClock(), { engine: 'reference' })).claims[0].verdict, 'open')
})

test('a claim is chosen by its name', async () => {
  const both = claiming(twoHands, [
    refines('hour', {
      abstract: hourClock(),
      map: (s, a) => {
        a.hour = s.hour
      },
    }),
    refines('back', {
      abstract: hourClock(),
      map: (s, a) => {
        a.hour = HOURS - 1 - s.hour
      },
    }),
  ])
  const verdicts = async (claims?: readonly string[]) =>
    (await check(both, { ...(claims && { claims }) })).claims.map(({ name, verdict }) => `${name} ${verdict}`)
  assert.equal(await verdicts(), ['hour holds', 'back violated'])
  assert.equal(await verdicts(['hour']), ['hour holds'])
})

test('saved traces are replayed, and refused when they refute nothing any more', async () => {
  const origin = { target: 'clock.ts' }
  const abstract = hourClock({ weak: ['Tick'] })
  for (const broken of [minuteClock({ leap: 2 }), minuteClock({ abstract }), minuteClock({ map: (h) => 2 - h })]) {
    const trace = await refuted(broken)
    const saved = parseTraceFile(traceToJson(trace, origin))
    assert.equal(saved.trace, trace)
    assert.equal(await replay(broken, saved.trace), trace)
  }
  const trace = await refuted(minuteClock({ abstract }))
  try {
    await replay(minuteClock(), trace)
    assert.unreachable()
  } catch (thrown) {
    assert.match((thrown as Error).message, /does not show the violation any more/)
  }
})

test('types: the mapping knows both states', () => {
  const abstract = hourClock()
  claiming(twoHands, [
    refines('typed', {
      abstract,
      map: (s, a) => {
        const read: number = s.hand
        a.hour = read
        // @ts-expect-error the abstract clock has no such hand
        a.hand = 1
        // @ts-expect-error the clock has no minutes
        a.hour = s.minute
        // @ts-expect-error hours are numbers
        a.hour = 'one'
      },
    }),
  ])
})

test.run()
