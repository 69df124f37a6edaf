import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { graphDot, traceDot } from '../checker/report/dot.ts'
import { graphMermaid } from '../checker/report/mermaid.ts'
import { ink } from '../checker/report/palette.ts'
import type { StateGraph } from '../checker/report/state-graph.ts'
import { renderSvg } from '../checker/report/svg.ts'
import type { Trace } from '../checker/trace/trace.ts'

const trace: Trace = {
  kind: 'violation',
  model: 'pin leak',
  sentence: 'a long-term pin is never in ZONE_MOVABLE',
  claim: 'movable',
  source: '',
  variant: 'v6.1',
  length: 4,
  columns: [
    { process: 'compaction', title: 'compaction (CPU 1)' },
    { process: 'pinner', title: 'pinner (CPU 0)' },
  ],
  initial: {
    name: 'initial',
    values: [
      { variable: 'F0.zone', value: 'MOVABLE' },
      { variable: 'F0.PG_lru', value: 'true' },
      { variable: 'F0.pins', value: '0' },
      { variable: 'F1.zone', value: 'NORMAL' },
    ],
  },
  steps: [
    {
      process: 'compaction',
      label: 'folio_isolate_lru(F0)',
      anchor: '',
      note: '',
      changes: [{ variable: 'F0.PG_lru', from: 'true', to: 'false' }],
    },
    {
      process: 'pinner',
      label: 'gup_slow: pin',
      anchor: '',
      note: '',
      changes: [{ variable: 'F0.pins', from: '0', to: '1' }],
    },
    { process: 'pinner', label: 'return 0', anchor: '', note: '', changes: [] },
  ],
  failed: [
    {
      name: 'movable',
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

const graph: StateGraph = {
  nodes: [
    { id: 0, text: 'on LRU', initial: true, final: false, count: 12 },
    { id: 1, text: 'pinned\nrefs = 10', initial: false, final: true, count: 1 },
  ],
  edges: [
    { from: 0, to: 1, labels: ['pinner: gup_fast', 'pinner: gup_slow'] },
    { from: 1, to: 0, labels: [] },
  ],
}

/** Everything that Graphviz or Mermaid could take for syntax. */
const NASTY = `"quoted" \\N \\G \\l \\ <b>bold</b> &lt; & {a|b} [c] #35; %% 'd' -> ;`

const nastyGraph: StateGraph = {
  nodes: [
    { id: 0, text: `${NASTY}\nsecond line`, initial: true, final: true, count: 2 },
    { id: 1, text: '', initial: false, final: false, count: 1 },
  ],
  edges: [{ from: 0, to: 1, labels: [NASTY, 'second'] }],
}

/** What a viewer of the picture reads. */
function texts(svg: string): string[] {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) =>
    text
      .replace(/&(#?)(\w+);/g, (_, code, name) => (code === '#' ? String.fromCharCode(Number(name)) : entities[name]))
      .trim(),
  )
}

test('the picture of a trace shows what matters at the start, each step with its changes, and the evidence', async () => {
  const shown = texts(await renderSvg(traceDot(trace)))
  assert.equal(
    shown.filter((text) => text !== ''),
    [
      'pin leak: a long-term pin is never in ZONE_MOVABLE',
      'v6.1',
      'initially',
      'F0.zone = MOVABLE',
      'F0.PG_lru = true',
      'F0.pins = 0',
      'compaction (CPU 1)',
      'pinner (CPU 0)',
      '1',
      'compaction',
      'folio_isolate_lru(F0)',
      'F0.PG_lru true->false',
      '2',
      'pinner',
      'gup_slow: pin',
      'F0.pins 0->1',
      'violated',
      'F0.zone = MOVABLE',
      'F0.pins = 1',
      'pinner',
      'return 0',
    ],
  )
})

test('a process has one colour in the whole picture', () => {
  const dot = traceDot(trace)
  const edges = [...dot.matchAll(/s\d -> s\d \[color="([^"]+)"/g)].map(([, colour]) => colour)
  assert.equal(edges, [ink(0).colour, ink(1).colour, ink(1).colour])
  for (const [at, name] of ['compaction', 'pinner'].entries()) {
    assert.match(dot, new RegExp(`bgcolor="${ink(at).colour}"><font color="\\w+">${name} \\(CPU`))
  }
})

test('the last state of a trace is marked, in red or, for a witness, in green', () => {
  assert.match(traceDot(trace), /s3 \[shape=box peripheries=2 .*color="#b3261e"/)
  assert.match(traceDot({ ...trace, kind: 'witness' }), /s3 \[shape=box peripheries=2 .*color="#00694d"/)
})

test('a trace without steps is its one state', async () => {
  const failed = [{ ...trace.failed[0], evidence: [trace.failed[0].evidence[0]] }]
  const shown = texts(await renderSvg(traceDot({ ...trace, columns: [], steps: [], length: 1, failed })))
  assert.equal(shown.slice(2), ['violated', 'F0.zone = MOVABLE'])
})

test('the picture of a graph shows nodes with their counts and edges with their actions', async () => {
  assert.fixture(
    graphDot(graph, 'F0 by refs'),
    String.raw`digraph states {
  graph [fontname="Verdana" fontsize=13 labelloc=t bgcolor=white pad=0.2 label="F0 by refs"];
  node [fontname="Verdana" fontsize=11 shape=box style="rounded,filled" fillcolor="#f5f5f5" color="#444444"];
  edge [fontname="Verdana" fontsize=10 color="#444444" fontcolor="#555555" arrowsize=0.7];
  n0 [label="on LRU\n(12 states)"];
  start0 [shape=point width=0.12 fillcolor="#444444" label=""];
  start0 -> n0;
  n1 [label="pinned\nrefs = 10" peripheries=2 fillcolor="#e6f4ef"];
  n0 -> n1 [label=" pinner: gup_fast \n pinner: gup_slow "];
  n1 -> n0;
}
`,
  )
  const shown = texts(await renderSvg(graphDot(graph, 'F0 by refs')))
  for (const text of ['F0 by refs', 'on LRU', '(12 states)', 'pinned', 'refs = 10', 'pinner: gup_fast']) {
    assert.ok(shown.includes(text), text)
  }
})

test('in DOT quotes, backslashes, line breaks and markup are nothing but text', async () => {
  const ofGraph = texts(await renderSvg(graphDot(nastyGraph, NASTY)))
  assert.is(ofGraph.filter((text) => text === NASTY).length, 3, 'title, node and edge')
  assert.ok(ofGraph.includes('second line') && ofGraph.includes('second'))
  const label = `\\N \\G "x"\n<i>&amp;`
  const change = { variable: 'a"b', from: '\\l', to: '<' }
  const nasty: Trace = {
    ...trace,
    sentence: '\\G',
    variant: '<hr/>',
    columns: [{ process: '"p"', title: '<p>\\N' }],
    steps: [{ process: '"p"', label, anchor: '', note: '', changes: [change] }],
    failed: [],
  }
  const ofTrace = texts(await renderSvg(traceDot(nasty)))
  for (const text of ['pin leak: \\G', '<hr/>', '"p"', '<p>\\N', '\\N \\G "x" <i>&amp;', 'a"b \\l-><']) {
    assert.ok(ofTrace.includes(text), text)
  }
})

test('the same graph gives the same bytes, whatever was drawn before', async () => {
  const [first, other] = [traceDot(trace), graphDot(graph, 'other')]
  assert.is(traceDot(structuredClone(trace)), first)
  const svg = await renderSvg(first)
  await renderSvg(other)
  assert.is(await renderSvg(first), svg)
  assert.match(svg, /<svg width="\d+pt"/)
  assert.not.match(svg, /font-family="Verdana"/, 'a font that may be missing has others to stand in for it')
})

test('DOT that is none is an error', async () => {
  try {
    await renderSvg('digraph {')
  } catch (thrown) {
    assert.match((thrown as Error).message, /syntax error/)
    return
  }
  assert.unreachable()
})

test('Mermaid shows the same graph', () => {
  assert.fixture(
    graphMermaid(graph, 'F0 by "refs"'),
    String.raw`---
title: "F0 by \"refs\""
---
flowchart TD
  n0("on LRU<br/>(12 states)")
  n1("pinned<br/>refs = 10")
  start0(( )) --> n0
  n0 -->|"pinner: gup_fast<br/>pinner: gup_slow"| n1
  n1 --> n0
  classDef start fill:#444,stroke:#444
  class start0 start
  classDef final fill:#e6f4ef,stroke:#00694d,stroke-width:3px
  class n1 final
`,
  )
})

test('in Mermaid everything that could be markup is an entity', () => {
  const text = graphMermaid(nastyGraph, NASTY)
  const quoted = [...text.matchAll(/^ {2}n.*?"(.*)"/gm)].map(([, inside]) => inside)
  assert.is(quoted.length, 3)
  for (const inside of quoted) assert.not.match(inside, /["\\<>&|%`*](?!br\/>)(?<!<br\/>)/)
  const read = quoted[0].replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
  assert.is(read, `${NASTY}<br/>second line<br/>(2 states)`)
  assert.is(quoted[1], ' ', 'an empty string is a syntax error')
  const node = (label: string) =>
    graphMermaid({ nodes: [{ id: 0, text: label, initial: false, final: false, count: 1 }], edges: [] }, '')
  assert.match(node('1. folio_lru'), /"1#46; folio_lru"/, 'no list')
  assert.match(node('__mlock_folio'), /"#95;#95;mlock_folio"/, 'no emphasis')
})

test.run()
