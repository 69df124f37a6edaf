import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { SpecError } from '../checker/language/errors.ts'
import type { TraceOrigin } from '../checker/report/trace-file.ts'
import { parseTraceFile, traceToJson } from '../checker/report/trace-file.ts'
import type { Trace } from '../checker/trace/trace.ts'

const trace: Trace = {
  kind: 'violation',
  model: 'pin leak',
  sentence: 'no "leak"\never',
  claim: 'no-leak',
  source: '',
  variant: 'v6.1',
  length: 3,
  columns: [
    { process: '', title: '' },
    { process: 'pinner', title: 'pinner (CPU 0)' },
  ],
  initial: { name: 'initial', values: [{ variable: 'F0.pins', value: '0' }] },
  steps: [
    {
      process: 'pinner',
      label: 'pin',
      anchor: 'mm/gup.c: pin',
      note: '',
      changes: [{ variable: 'F0.pins', from: '0', to: '1' }],
    },
    { process: '', label: 'tick', anchor: '', note: '', changes: [] },
  ],
  failed: [
    {
      name: 'no leak',
      args: 'f=F0',
      evidence: [
        { variable: 'F0.pins', value: '1', writtenBy: 0 },
        { variable: 'F0.zone', value: 'MOVABLE', writtenBy: null },
      ],
    },
  ],
  loop: null,
  contextSwitches: 1,
}

const origin: TraceOrigin = {
  target: 'pin-leak',
  kernel: 'v6.1',
  settings: { tries: 2, 'retry.forever': false, patch: 'v3' },
}

/** The error that reading a damaged file gives. */
function mistake(text: string): SpecError {
  try {
    parseTraceFile(text)
  } catch (thrown) {
    assert.instance(thrown, SpecError)
    const error = thrown as SpecError
    assert.ok(error.why !== '' && error.hint !== '', 'an error says why, and what to do')
    return error
  }
  throw new Error('the file was accepted')
}

/** The message about a file in which the value at a path was replaced, or removed where none is given. */
function damage(path: readonly (string | number)[], value?: unknown): string {
  const file = JSON.parse(traceToJson(trace, origin))
  const last = path[path.length - 1]
  const at = path.slice(0, -1).reduce((object, key) => object[key], file)
  if (value === undefined) delete at[last]
  else at[last] = value
  return mistake(JSON.stringify(file)).message
}

test('a trace comes back from its file as it was saved', () => {
  assert.equal(parseTraceFile(traceToJson(trace, origin)), { origin, trace })
  assert.equal(parseTraceFile(traceToJson(trace, { target: 'examples/two-phase.ts' })).origin, {
    target: 'examples/two-phase.ts',
  })
})

test('the text does not depend on the order in which objects were built', () => {
  const text = traceToJson(trace, origin)
  const reversed = JSON.parse(JSON.stringify(trace), (_, value) =>
    value?.constructor === Object ? Object.fromEntries(Object.entries(value).reverse()) : value,
  )
  const settings = Object.fromEntries(Object.entries(origin.settings!).reverse())
  assert.is(traceToJson(reversed, { settings, kernel: 'v6.1', target: 'pin-leak' }), text)
  assert.match(text, /^\{\n {2}"format": "mmcheck trace",\n {2}"version": 1,\n {2}"origin": \{\n {4}"target"/)
  assert.match(text, /\n\}\n$/)
})

test('what is no saved counterexample is refused', () => {
  assert.match(mistake('').message, /^the file is not JSON: /)
  assert.match(mistake(traceToJson(trace, origin).slice(0, 200)).message, /^the file is not JSON: /)
  for (const text of ['null', '[]', '7', '{}', '{"format": "SARIF"}']) {
    assert.match(mistake(text).message, /^the file is no saved counterexample: format is /)
  }
})

test('another version of the format is refused before anything else is looked at', () => {
  const error = mistake('{"format": "mmcheck trace", "version": 2, "states": []}')
  assert.is(error.message, 'version is 2, which cannot be read')
  assert.match(error.why, /version 1/)
})

test('an error names the place of what is missing, of the wrong type or unknown', () => {
  assert.is(damage(['origin']), 'origin is missing')
  assert.is(damage(['origin', 'target'], 5), 'origin.target is 5')
  assert.is(damage(['origin', 'kernal'], 'v6.1'), 'origin.kernal is not a known field')
  assert.is(damage(['origin', 'settings', 'tries'], [2]), 'origin.settings.tries is [2]')
  assert.is(damage(['trace'], []), 'trace is []')
  assert.is(damage(['trace', 'kind'], 'bug'), "trace.kind is 'bug'")
  assert.is(damage(['trace', 'length'], -1), 'trace.length is -1')
  assert.is(damage(['trace', 'steps'], { 0: 'pin' }), 'trace.steps is {"0":"pin"}')
  assert.is(damage(['trace', 'steps', 1, 'label']), 'trace.steps[1].label is missing')
  assert.is(damage(['trace', 'steps', 0, 'changes', 0, 'to'], 1), 'trace.steps[0].changes[0].to is 1')
  assert.is(damage(['trace', 'initial', 'values', 0], null), 'trace.initial.values[0] is null')
  assert.is(
    damage(['trace', 'failed', 0, 'evidence', 1, 'writtenBy'], 'pin'),
    "trace.failed[0].evidence[1].writtenBy is 'pin'",
  )
  assert.is(damage(['extra'], 1), 'extra is not a known field')
})

test('the parts of a trace must fit together', () => {
  assert.is(damage(['trace', 'length'], 7), 'trace.length is 7')
  assert.is(damage(['trace', 'steps', 0, 'process'], 'mlock'), "trace.steps[0].process is 'mlock'")
  assert.is(damage(['trace', 'failed', 0, 'evidence', 0, 'writtenBy'], 2), 'trace.failed[0].evidence[0].writtenBy is 2')
})

test('a name that means something in JavaScript is a name like any other', () => {
  const settings = JSON.parse('{"__proto__": 1, "constructor": 2}')
  const read = parseTraceFile(traceToJson(trace, { target: 't', settings })).origin.settings!
  assert.equal(Object.entries(read), [
    ['__proto__', 1],
    ['constructor', 2],
  ])
  assert.is(damage(['trace', 'constructor'], 1), 'trace.constructor is not a known field')
})

test.run()
