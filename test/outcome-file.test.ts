/** The files that mmcheck outcome reads: what they may say, and for every mistake its path and what was expected. */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { SpecError } from '../checker/index.ts'
import { parseJson } from '../questions/outcome/json.ts'
import { readSituation } from '../questions/outcome/read.ts'

// biome-ignore lint/suspicious/noExplicitAny: the point is to say what no type would allow
type Anything = any

/** A file without mistakes: two VMAs with a gap. */
const good = () => ({
  vmas: [
    { off: 0, n: 2, kind: 'anon', policy: null },
    { off: 3, n: 1, kind: 'shmem', policy: { mode: 'BIND', nodes: [0] } },
  ],
  pages: [{ state: 'present', node: 0 }, { state: 'absent' }, { state: 'hole' }, { state: 'pinned', node: 1 }],
  call: { off: 0, n: 4, mode: 'BIND', nodes: [1], flags: ['MOVE', 'STRICT'] },
})

const changed = (change: (file: Anything) => void): string => {
  const file = good()
  change(file)
  return JSON.stringify(file)
}

function errorOf(text: string): SpecError {
  try {
    readSituation(text)
  } catch (thrown) {
    return thrown as SpecError
  }
  throw new Error(`nothing is wrong with ${text}`)
}

test('a file without mistakes', () => {
  const { call, vmas, pages, local } = readSituation(JSON.stringify(good()))
  assert.equal(call, { off: 0, n: 4, mode: 'BIND', nodes: [1], flags: 'MOVE|STRICT' })
  assert.equal(vmas[1].policy, { mode: 'BIND', nodes: [0] })
  assert.equal(pages[1], { state: 'absent', node: null })
  assert.is(local, 0)
})

test('words may have prefixes, any case, bars between them, or be the numbers of the system call', () => {
  const callOf = (change: (call: Anything) => void) => readSituation(changed((file) => change(file.call))).call
  for (const mode of ['bind', 'MPOL_BIND', ' Bind ', 2]) assert.is(callOf((call) => (call.mode = mode)).mode, 'BIND')
  for (const mode of ['preferred-many', 'MPOL_PREFERRED_MANY', 5])
    assert.is(callOf((call) => (call.mode = mode)).mode, 'PREFERRED_MANY')
  for (const flags of ['ALL|STRICT', ['MPOL_MF_MOVE_ALL', 'strict'], 'move | all | strict', 5])
    assert.is(callOf((call) => (call.flags = flags)).flags, 'ALL|STRICT')
  for (const flags of [[], '', '0', 0]) assert.is(callOf((call) => (call.flags = flags)).flags, '0')
})

test('what is unusual about a call', () => {
  const raw = (change: (call: Anything) => void) => readSituation(changed((file) => change(file.call))).call.raw
  assert.equal(
    raw(() => {}),
    undefined,
  )
  assert.equal(
    raw((call) => (call.mode = 'MPOL_BIND|MPOL_F_STATIC_NODES')),
    { modeFlags: ['STATIC'] },
  )
  assert.equal(
    raw((call) => (call.nodes = null)),
    { mask: 'null' },
  )
  assert.equal(
    raw((call) => (call.flags = ['LAZY'])),
    { flags: 'LAZY' },
  )
  assert.equal(
    raw((call) => (call.cap_sys_nice = false)),
    { capSysNice: false },
  )
})

test('the answer writes modes as the call does', () => {
  const shown = (mode: unknown) =>
    readSituation(changed((file) => (file.call.mode = mode))).shown({ mode: 'INTERLEAVE', nodes: [0, 1] })
  assert.equal(shown('BIND'), { mode: 'INTERLEAVE', nodes: [0, 1] })
  assert.equal(shown('bind'), { mode: 'interleave', nodes: [0, 1] })
  assert.equal(shown('MPOL_BIND'), { mode: 'MPOL_INTERLEAVE', nodes: [0, 1] })
  assert.equal(shown(2), { mode: 3, nodes: [0, 1] })
})

test('mode flags are read and written beside the mode', () => {
  const through = (mode: unknown) => {
    const { call, shown } = readSituation(changed((file) => (file.call.mode = mode)))
    return shown({ mode: 'BIND', nodes: [1], flags: call.raw!.modeFlags! })
  }
  assert.equal(through('BIND|STATIC'), { mode: 'BIND|STATIC', nodes: [1] })
  assert.equal(through('mpol_bind|mpol_f_relative_nodes'), { mode: 'mpol_bind|mpol_f_relative_nodes', nodes: [1] })
  assert.equal(through(2 + 0x2000), { mode: 2 + 0x2000, nodes: [1] })
})

/** One mistake each: what is done to the file, the path that the message begins with, and part of what was expected. */
const MISTAKES: readonly [string, (file: Anything) => void, string, string][] = [
  ['a key is missing', (file) => delete file.call, '$.call is missing', 'vmas, pages, call'],
  ['a key of a VMA is missing', (file) => delete file.vmas[0].policy, '$.vmas[0].policy is missing', 'off, n, kind'],
  ['a key of the call is missing', (file) => delete file.call.flags, '$.call.flags is missing', 'mode, nodes, flags'],
  ['an unknown key', (file) => (file.call.nods = []), '$.call.nods is no key', 'nodes'],
  ['a list is no list', (file) => (file.vmas = {}), '$.vmas is {}', 'a list of VMAs'],
  ['a VMA is no object', (file) => (file.vmas[1] = 'anon'), "$.vmas[1] is 'anon'", 'a VMA: an object'],
  ['a page is no object', (file) => (file.pages[0] = null), '$.pages[0] is null', 'a page: an object'],
  ['the call is a list', (file) => (file.call = []), '$.call is []', 'a call of mbind'],
  [
    'too many VMAs',
    (file) => (file.vmas = [0, 1, 2, 3].map(() => file.vmas[0])),
    '$.vmas[3] is one too many',
    '3 VMAs',
  ],
  ['too many pages', (file) => (file.pages = Array(7).fill(file.pages[0])), '$.pages[6] is one too many', '6 pages'],
  ['too many nodes', (file) => (file.call.nodes = [0, 1, 2]), '$.call.nodes[2] is one too many', '2 nodes'],
  ['a node that is not there', (file) => (file.pages[0].node = 2), '$.pages[0].node is 2', 'from 0 to 1'],
  ['a node of the mask that is not there', (file) => (file.call.nodes = [3]), '$.call.nodes[0] is 3', 'from 0 to 1'],
  ['a node twice', (file) => (file.call.nodes = [1, 1]), '$.call.nodes[1] is 1 again', 'each node once'],
  ['a mask is a number', (file) => (file.call.nodes = 1), '$.call.nodes is 1', 'a list of nodes'],
  ['a number is a text', (file) => (file.vmas[0].off = '0'), "$.vmas[0].off is '0'", 'a whole number'],
  ['a number is not whole', (file) => (file.call.off = 0.5), '$.call.off is 0.5', 'a whole number from 0 to 5'],
  ['a number is negative', (file) => (file.call.n = -1), '$.call.n is -1', 'a whole number from 0 to 6'],
  ['a VMA without pages', (file) => (file.vmas[0].n = 0), '$.vmas[0].n is 0', 'from 1 to 6'],
  [
    'a range leaves the address space',
    (file) => (file.call = { ...file.call, off: 4, n: 3 }),
    '$.call.n is 3',
    'at most 2',
  ],
  ['an unknown kind', (file) => (file.vmas[0].kind = 'anonymous'), "$.vmas[0].kind is 'anonymous'", 'anon, shmem'],
  ['an unknown state', (file) => (file.pages[0].state = 'pined'), "$.pages[0].state is 'pined'", 'mlocked, pinned'],
  ['an unknown mode', (file) => (file.call.mode = 'BOUND'), "$.call.mode is 'BOUND'", 'DEFAULT, PREFERRED, BIND'],
  ['a mode is a list', (file) => (file.call.mode = ['BIND']), '$.call.mode is ["BIND"]', 'a mode: one of'],
  ['an unknown mode flag', (file) => (file.call.mode = 'BIND|FIXED'), "$.call.mode is 'FIXED'", 'STATIC'],
  ['an unknown flag', (file) => (file.call.flags = ['MOVE', 'STRIKT']), "$.call.flags[1] is 'STRIKT'", 'STRICT, MOVE'],
  ['a flag is a number', (file) => (file.call.flags = [2]), '$.call.flags[0] is 2', 'STRICT, MOVE'],
  ['flags are out of range', (file) => (file.call.flags = 16), '$.call.flags is 16', 'a list of names'],
  ['a policy is a word', (file) => (file.vmas[1].policy = 'BIND'), "$.vmas[1].policy is 'BIND'", 'a policy, or null'],
  [
    'a policy lacks its nodes',
    (file) => (file.vmas[1].policy = { mode: 'BIND' }),
    '$.vmas[1].policy.nodes is missing',
    'mode, nodes',
  ],
  [
    'BIND to nothing',
    (file) => (file.vmas[1].policy.nodes = []),
    '$.vmas[1].policy.nodes is empty',
    'at least one node',
  ],
  [
    'LOCAL with nodes',
    (file) => (file.vmas[1].policy.mode = 'LOCAL'),
    '$.vmas[1].policy.nodes is not empty',
    'no nodes',
  ],
  [
    'PREFERRED with several nodes',
    (file) => (file.vmas[1].policy = { mode: 'PREFERRED', nodes: [0, 1] }),
    '$.vmas[1].policy.nodes has 2 nodes',
    'at most one',
  ],
  ['VMAs overlap', (file) => (file.vmas[1].off = 1), '$.vmas[1] overlaps $.vmas[0]', 'pages 0 to 1'],
  ['a page in no VMA', (file) => (file.pages[2].state = 'absent'), "$.pages[2].state is 'absent'", "'hole'"],
  [
    'a hole in a VMA',
    (file) => (file.pages[1].state = 'hole'),
    "$.pages[1].state is 'hole'",
    '$.vmas[0] has pages 0 to 1',
  ],
  ['pages are missing', (file) => file.pages.pop(), '$.pages has 3 entries', '$.vmas[1] has page 3'],
  ['a page without a node', (file) => delete file.pages[0].node, '$.pages[0].node is missing', 'a node of the machine'],
  ['a zero page of shmem', (file) => (file.pages[3] = { state: 'zero' }), '$.pages[3].node is missing', 'no zero page'],
  [
    'a capability is a word',
    (file) => (file.call.cap_sys_nice = 'yes'),
    "$.call.cap_sys_nice is 'yes'",
    'true or false',
  ],
  ['the calling CPU is nowhere', (file) => (file.call.local = 7), '$.call.local is 7', 'from 0 to 1'],
  ['a remark is a number', (file) => (file.about = 5), '$.about is 5', 'a text'],
]

for (const [name, change, path, expected] of MISTAKES) {
  test(`refused: ${name}`, () => {
    const { message, why, hint } = errorOf(changed(change))
    assert.ok(message.startsWith(path), message)
    assert.ok(why.startsWith('expected ') && why.includes(expected), why)
    assert.ok(hint.length > 0)
  })
}

test('all mistakes are told at once, the first in full', () => {
  const { message, hint } = errorOf(
    changed((file) => {
      file.vmas[0].kind = 'an'
      file.pages[3].node = 9
      file.call.mode = 'bnd'
    }),
  )
  assert.is(message, "$.vmas[0].kind is 'an'")
  assert.is(hint, "did you mean 'anon'?; look at $.pages[3].node, $.call.mode too")
})

test('a misspelt key is told with the one that was meant', () => {
  const { message, hint } = errorOf(
    changed((file) => {
      file.call.flag = file.call.flags
      delete file.call.flags
    }),
  )
  assert.is(message, '$.call.flag is no key of this object')
  assert.match(hint, /^did you mean 'flags'\?/)
})

test('what is not JSON is told with the path of what was being read, and the line', () => {
  const texts: readonly [string, string, string][] = [
    ['', '$: the text ends', 'a value'],
    ['vmas', '$: unexpected "v"', 'a value'],
    ['{"vmas": [{"off": }]}', '$.vmas[0].off: unexpected }', 'a value'],
    ['{"vmas": [{"off": 0 "n": 1}]}', '$.vmas[0]: unexpected "n"', 'a comma or }'],
    ['{"vmas": [1, 2', '$.vmas: the text ends', 'a comma or ]'],
    ['{"vmas": [1, 2,]}', '$.vmas: a comma before ]', 'a value'],
    ["{'vmas': []}", '$: unexpected "\'"', 'a key in double quotes'],
    ['{"call": {"mode": "BIND}}', '$.call.mode: a string does not end', 'a second "'],
    ['{"call": 01}', '$: unexpected 1', 'a comma or }'],
    ['{"call": 1, "call": 2}', '$.call: the key is there twice', 'each key once'],
    ['{} {}', '$: something stands behind the end', 'nothing more'],
    ['{"about": "\\q"}', '$.about: "\\q" has a backslash', 'one of'],
    ['['.repeat(1000), '$[0]', 'at most 20'],
  ]
  for (const [text, path, expected] of texts) {
    const { message, why, hint } = errorOf(text)
    assert.ok(message.startsWith(path), message)
    assert.ok(why.startsWith('expected ') && why.includes(expected), why)
    assert.match(hint, /^correct line \d+, column \d+$/)
  }
  assert.is(errorOf('{\n  "vmas": [],\n  "pages" [],\n}').hint, 'correct line 3, column 11')
})

test('JSON is read as JSON.parse reads it', () => {
  for (const text of [
    'null',
    ' [1, -2.5e3, 0, true, false, "a\\u0041\\n\\"\\\\"] ',
    '{"a b": {"": [[]]}}',
    '\uFEFF{}',
    '"é☃"',
  ])
    assert.equal(JSON.stringify(parseJson(text)), JSON.stringify(JSON.parse(text.replace('\uFEFF', ''))))
})

/** Every place of a file: its path as a list of keys. */
function places(json: Anything, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof json !== 'object' || json === null) return [path]
  const keys = Array.isArray(json) ? json.keys() : Object.keys(json)
  return [path, ...[...keys].flatMap((key) => places(json[key], [...path, key]))]
}

/** The file with something else in one place, or nothing. */
function withAt(file: Anything, path: readonly (string | number)[], value: unknown): unknown {
  if (path.length === 0) return value
  const [last] = path.slice(-1)
  const parent = path.slice(0, -1).reduce((part, key) => part[key], file)
  if (value !== undefined) parent[last] = value
  else if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else delete parent[last]
  return file
}

/** Reading must end with a question, or with an error that begins with a path of the file. */
function assertToldOrRead(text: string): boolean {
  try {
    readSituation(text)
    return true
  } catch (thrown) {
    assert.instance(thrown, SpecError, `${text}\n${(thrown as Error).stack}`)
    assert.match((thrown as SpecError).message, /^\$/, text)
    return false
  }
}

test('whatever stands in one place of a file, it is read or told', () => {
  const where = fc.constantFrom(...places(good()))
  const what = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constant(undefined),
    fc.constantFrom(0, 1, 2, '', 'anon', 'BIND', [], {}),
  )
  let read = 0
  const property = fc.property(where, what, (path, value) => {
    if (assertToldOrRead(JSON.stringify(withAt(good(), path, value)) ?? '')) read++
  })
  fc.assert(property, { seed: 3, numRuns: 2000 })
  assert.ok(read > 20 && read < 1900, `${read} of 2000 were read`)
})

test('whatever a text looks like, it is read or told', () => {
  const text = JSON.stringify(good(), null, 1)
  const place = fc.integer({ min: 0, max: text.length - 1 })
  const typed = fc.constantFrom('', '{', '}', '[', ']', ',', ':', '"', '\\', '0', '-', 'e', '\n', 'null', '\u0000', 'é')
  const property = fc.property(place, fc.integer({ min: 0, max: 3 }), typed, (at, cut, more) => {
    assertToldOrRead(text.slice(0, at) + more + text.slice(at + cut))
  })
  fc.assert(property, { seed: 4, numRuns: 2000 })
})

test.run()
