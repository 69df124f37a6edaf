import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { changed } from '../checker/report/phrases.ts'
import { raceTable } from '../checker/report/race-table.ts'
import { oneLine, PLAIN, WIDTH, width, wrap } from '../checker/report/text.ts'
import type { Trace, TraceStep } from '../checker/trace/trace.ts'

const change = (variable: string, from: string, to: string) => ({ variable, from, to })
const step = (process: string, label: string, changes: TraceStep['changes'] = [], anchor = ''): TraceStep => ({
  process,
  label,
  anchor,
  note: '',
  changes,
})

const SENTENCE = 'a long-term pin held after success is never in ZONE_MOVABLE or CMA'

/** The race of which the design shows the table. */
const pinLeak: Trace = {
  kind: 'violation',
  model: 'pin leak',
  sentence: SENTENCE,
  claim: SENTENCE,
  source: 'the FOLL_LONGTERM comment in include/linux/mm_types.h',
  variant: 'gup: list patch v3 (Dec 2020)',
  length: 6,
  columns: [
    { process: 'compaction', title: 'compaction (CPU 1)' },
    { process: 'pinner', title: 'pinner (CPU 0)' },
  ],
  initial: {
    name: 'initial',
    values: [
      { variable: 'F0.zone', value: 'MOVABLE' },
      { variable: 'F0.PG_lru', value: '1' },
      { variable: 'F0.refs', value: '2' },
      { variable: 'F0.pins', value: '0' },
      { variable: 'F1.zone', value: 'NORMAL' },
    ],
  },
  steps: [
    step('compaction', 'folio_isolate_lru(F0)', [change('F0.PG_lru', '1', '0')], 'mm/vmscan.c: folio_isolate_lru'),
    step('pinner', 'gup_slow: pin', [change('F0.refs', '2', '10'), change('F0.pins', '0', '1')]),
    step('pinner', 'collect: F0 in MOVABLE', [], 'mm/gup.c: collect_longterm_unpinnable_folios'),
    step('pinner', 'folio_isolate_lru(F0)', [change('ret', '0', 'EBUSY')], 'mm/vmscan.c: folio_isolate_lru'),
    step('pinner', 'list empty, return 0', [], 'mm/gup.c: check_and_migrate_movable_folios'),
  ],
  failed: [
    {
      name: SENTENCE,
      args: '',
      evidence: [
        { variable: 'F0.zone', value: 'MOVABLE', writtenBy: null },
        { variable: 'F0.pins', value: '1', writtenBy: 1 },
      ],
    },
  ],
  loop: null,
  contextSwitches: 1,
}

test('a race of two processes is a table of two columns, explained below', () => {
  assert.fixture(
    raceTable(pinLeak),
    `\
pin leak: a long-term pin held after success is never in ZONE_MOVABLE or
CMA                                        gup: list patch v3 (Dec 2020)

initially: F0.zone = MOVABLE, F0.PG_lru = 1, F0.refs = 2, F0.pins = 0

   compaction (CPU 1)       pinner (CPU 0)
   ---------------------    --------------------------------------------
1  folio_isolate_lru(F0)                              F0.PG_lru 1->0
2                           gup_slow: pin             F0.refs 2->10
                                                      F0.pins 0->1
3                           collect: F0 in MOVABLE
4                           folio_isolate_lru(F0)     ret 0->EBUSY
5                           list empty, return 0

violated: a long-term pin held after success is never in ZONE_MOVABLE or
  CMA
  F0.zone = MOVABLE   (initially)
  F0.pins = 1         written by pinner 'gup_slow: pin' (step 2)
  promised by: the FOLL_LONGTERM comment in include/linux/mm_types.h
  6 states, 1 context switch

where:
  folio_isolate_lru(F0)    mm/vmscan.c: folio_isolate_lru
  collect: F0 in MOVABLE   mm/gup.c: collect_longterm_unpinnable_folios
  list empty, return 0     mm/gup.c: check_and_migrate_movable_folios
`,
  )
})

/** A trace of nothing but steps. */
function plainTrace(steps: readonly TraceStep[], processes: readonly string[], more: Partial<Trace> = {}): Trace {
  return {
    kind: 'witness',
    model: 'M',
    sentence: 'S',
    claim: 'S',
    source: '',
    variant: '',
    length: steps.length + 1,
    columns: processes.map((process) => ({ process, title: process })),
    initial: { name: 'initial', values: [] },
    steps,
    failed: [],
    loop: null,
    contextSwitches: 0,
    ...more,
  }
}

test('a model without processes has one column under its name', () => {
  const steps = [step('', 'Inc', [change('x', '0', '1')]), step('', 'Double(k=2)', [change('x', '1', '4')])]
  assert.fixture(
    raceTable(plainTrace(steps, [''], { model: 'Counter', sentence: 'x can be 4' })),
    `\
Counter: x can be 4

   Counter
   ---------------------
1  Inc            x 0->1
2  Double(k=2)    x 1->4

reached: x can be 4
  3 states, 0 context switches
`,
  )
})

test('with many processes whose labels are long, the process is named where it takes over', () => {
  const steps = [
    step('rm0', 'TMReceivePrepared(r=rm0)', [change('tmPrepared', '{}', '{rm0}')]),
    step('rm0', 'RMPrepare(r=rm0)', [change('rm[rm0]', 'working', 'prepared'), change('prepared', '{}', '{rm0}')]),
    step('rm1', 'RMChooseToAbort(r=rm1)', [change('rm[rm1]', 'working', 'aborted')]),
    step('rm2', 'RMReceiveAbort(r=rm2)', [
      change('votes', '{rm0, rm1, rm2, rm3, rm4}', '{rm0, rm1, rm3, rm4, rm5}'),
      change('n', '5', '6'),
    ]),
    step('tm', 'TMAbort', []),
  ]
  const table = raceTable(plainTrace(steps, ['tm', 'rm0', 'rm1', 'rm2'], { contextSwitches: 3 }))
  assert.fixture(
    table.split('\n\n')[1],
    `\
   process  step                      changes
   -------  ------------------------  ----------------------------------
1  rm0      TMReceivePrepared(r=rm0)  tmPrepared {}->{rm0}
2           RMPrepare(r=rm0)          rm[rm0] working->prepared
                                      prepared {}->{rm0}
3  rm1      RMChooseToAbort(r=rm1)    rm[rm1] working->aborted
4  rm2      RMReceiveAbort(r=rm2)
                votes {rm0, rm1, rm2, rm3, rm4}->{rm0, rm1, rm3, rm4,
                  rm5}
                                      n 5->6
5  tm       TMAbort`,
  )
})

test('three columns wrap their labels; changes go below a label that leaves no room', () => {
  const steps = [
    step('mlock', 'mlock_folio', [change('F0.refs', '2', '3'), change('F0.PG_mlocked', 'false', 'true')]),
    step('migrate', 'collect_longterm_unpinnable_folios', [change('F0.refs', '3', '4')]),
    step('drain', '__mlock_folio: not on the LRU list', [change('F0.mlock_count', '0', '1')]),
  ]
  assert.fixture(
    raceTable(plainTrace(steps, ['mlock', 'migrate', 'drain'])).split('\n\n')[1],
    `\
   mlock          migrate                      drain
   -----------    -------------------------    -------------------------
1  mlock_folio                                 F0.refs 2->3
                                               F0.PG_mlocked false->true
2                 collect_longterm_            F0.refs 3->4
                    unpinnable_folios
3                                              __mlock_folio: not on the
                                                 LRU list
                                               F0.mlock_count 0->1`,
  )
})

test('conjuncts and arguments are named only where the sentence does not say them', () => {
  const evidence = [{ variable: 'x', value: '1', writtenBy: 0 }]
  const trace = plainTrace([step('p', 'go', [change('x', '0', '1')])], ['p'], {
    kind: 'violation',
    failed: [
      { name: 'S', args: '', evidence },
      { name: 'S', args: 'f=F0', evidence },
      { name: 'the count is right', args: 'f=F0, k=2', evidence },
    ],
  })
  assert.fixture(
    raceTable(trace).split('\n\n')[2],
    `\
violated: S
  x = 1   written by p 'go' (step 1)
  for f=F0:
    x = 1   written by p 'go' (step 1)
  the count is right, for f=F0, k=2:
    x = 1   written by p 'go' (step 1)
  2 states, 0 context switches
`,
  )
})

test('every kind of trace says what its end is', () => {
  const ending = (kind: Trace['kind']) => raceTable(plainTrace([], [], { kind })).split('\n\n')[1]
  assert.is(ending('violation'), 'violated: S\n  1 state, 0 context switches\n')
  assert.match(ending('witness'), /^reached: S/)
  assert.match(ending('deadlock'), /^deadlock: S/)
  assert.match(ending('fault'), /^fault: S/)
})

test('the initial state shows a set of which an element is evidence, and names the initial state among several', () => {
  const trace = plainTrace([], [], {
    kind: 'violation',
    initial: {
      name: 'two folios',
      values: ['sent', 'sentBefore', 'x'].map((variable) => ({ variable, value: '{}' })),
    },
    failed: [{ name: 'S', args: '', evidence: [{ variable: 'sent{commit}', value: 'out', writtenBy: null }] }],
  })
  assert.match(raceTable(trace), /^initially \(two folios\): sent = \{\}$/m)
})

test('text that could spoil a terminal or hide what it says is shown as escapes', () => {
  const table = raceTable(plainTrace([step('p', 'a\u001b[31m\u202eb\n  c')], ['p']))
  assert.match(table, /a\\u\{1b\}\[31m\\u\{202e\}b c/)
})

test('colours decorate and change nothing else', () => {
  const mark = (name: string) => (text: string) => `<${name}>${text}</${name}>`
  const colour = { bold: mark('b'), dim: mark('d'), red: mark('r'), green: mark('g'), cyan: mark('c') }
  const painted = raceTable(pinLeak, { colour })
  assert.is(painted.replace(/<\/?[a-z]>/g, ''), raceTable(pinLeak))
  assert.match(painted, /<b>gup_slow: pin<\/b>/, 'the step that wrote a decisive value stands out')
  assert.match(painted, /<c>F0.PG_lru 1->0<\/c>/)
  assert.match(painted, /<r>violated: /)
})

const words = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-zA-Z_.:()-]{1,12}( [a-zA-Z_0-9]{1,12}){0,4}$/) },
  { weight: 2, arbitrary: fc.stringMatching(/^[a-z_]{20,90}$/) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 90 }) },
  { weight: 1, arbitrary: fc.string({ unit: fc.integer({ min: 1, max: 0xffff }).map((c) => String.fromCharCode(c)) }) },
)

const traces: fc.Arbitrary<Trace> = fc
  .uniqueArray(fc.stringMatching(/^[a-z]{0,14}[0-9]?$/), { minLength: 1, maxLength: 7 })
  .chain((processes) => {
    const steps = fc.array(
      fc.record({
        process: fc.constantFrom(...processes),
        label: words,
        anchor: fc.oneof(fc.constant(''), words),
        note: fc.oneof(fc.constant(''), words),
        changes: fc.array(fc.record({ variable: words, from: words, to: words }), { maxLength: 4 }),
      }),
      { maxLength: 12 },
    )
    return steps.chain((steps) =>
      fc.record<Trace>({
        kind: fc.constantFrom('violation', 'witness', 'deadlock', 'fault'),
        model: words,
        sentence: words,
        claim: words,
        source: words,
        variant: words,
        length: fc.constant(steps.length + 1),
        columns: fc.constant(processes.map((process) => ({ process, title: process && `${process} (CPU 0)` }))),
        initial: fc.record({ name: words, values: fc.array(fc.record({ variable: words, value: words })) }),
        steps: fc.constant(steps),
        failed: fc.array(
          fc.record({
            name: words,
            args: words,
            evidence: fc.array(
              fc.record({
                variable: words,
                value: words,
                writtenBy: fc.oneof(
                  fc.constant(null),
                  fc.nat(Math.max(0, steps.length - 1)).map((at) => (steps.length === 0 ? null : at)),
                ),
              }),
            ),
          }),
          { maxLength: 3 },
        ),
        loop: fc.constant(null),
        contextSwitches: fc.nat(20),
      }),
    )
  })

const squeezed = (text: string) => text.replaceAll(/\s/g, '')

test('no line of any table is wider than 72 characters or ends in a blank', () => {
  fc.assert(
    fc.property(traces, (trace) => {
      for (const line of raceTable(trace).split('\n')) {
        assert.ok(width(line) <= WIDTH, `${width(line)} characters: ${line}`)
        assert.not.match(line, / $/)
      }
    }),
    { numRuns: 300 },
  )
})

test('every label, change, value and anchor is in the table, whole but for line breaks', () => {
  fc.assert(
    fc.property(traces, (trace) => {
      const pieces: string[] = []
      const collect = (text: string) => {
        pieces.push(text)
        return ''
      }
      // Labels are what is left where nothing painted stands beside them.
      const nothing = () => ''
      const colour = { ...PLAIN, cyan: collect, dim: nothing, bold: nothing }
      const labels = squeezed(raceTable({ ...trace, failed: [] }, { colour }))
      const changes = squeezed(pieces.join(''))
      const all = squeezed(raceTable(trace))
      for (const step of trace.steps) {
        assert.ok(labels.includes(squeezed(oneLine(step.label))), `label ${step.label}`)
        for (const each of step.changes) assert.ok(changes.includes(squeezed(changed(each))), `change ${changed(each)}`)
        assert.ok(all.includes(squeezed(oneLine(step.anchor))), `anchor ${step.anchor}`)
      }
      for (const { evidence } of trace.failed) {
        for (const { variable, value } of evidence) {
          assert.ok(all.includes(squeezed(oneLine(`${variable} = ${value}`))), `evidence ${variable}`)
        }
      }
      for (const text of [trace.sentence, trace.source, trace.variant]) {
        assert.ok(all.includes(squeezed(oneLine(text))), text)
      }
    }),
    { numRuns: 300 },
  )
})

test('wrapping leaves nothing out and breaks at spaces, then after punctuation, then anywhere', () => {
  assert.equal(wrap('one two three', 8, 2), ['one two', '  three'])
  assert.equal(wrap('collect_longterm_unpinnable_folios', 20, 2), ['collect_longterm_', '  unpinnable_folios'])
  assert.equal(wrap('abcdefghij', 4), ['abcd', 'efgh', 'ij'])
  assert.equal(wrap('', 4), [''])
  fc.assert(
    fc.property(words.map(oneLine), fc.integer({ min: 6, max: 40 }), (text, limit) => {
      const lines = wrap(text, limit, 2)
      assert.ok(lines.every((line) => width(line) <= limit))
      assert.is(squeezed(lines.join('')), squeezed(text))
    }),
  )
})

test.run()
