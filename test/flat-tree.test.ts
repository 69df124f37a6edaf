/** Flat trees and generated code are two forms of one table: they must lead every state to the same successors. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileExpand, type ExpandFallback } from '../checker/engine/compile.ts'
import { flatExpand } from '../checker/engine/flat-expand.ts'
import { codeAt, flatten, noNodes, UNKNOWN } from '../checker/engine/flat-tree.ts'
import { search } from '../checker/engine/search.ts'
import { leafFor } from '../checker/engine/table.ts'
import { model as define, invariant, type Model, range, when } from '../checker/index.ts'
import * as alternatingBit from '../examples/alternating-bit.ts'
import * as filterLock from '../examples/filter-lock.ts'
import * as readersWriters from '../examples/readers-writers.ts'
import * as twoPhase from '../examples/two-phase.ts'

// Cells of more codes than a flat node has children.
const wide = define(
  'Wide',
  { state: { low: range(0, 40), high: range(0, 70_000) } },
  {
    init: (s) => {
      s.low = 0
      s.high = 3
    },
    actions: {
      Double: (s) => {
        when(s.low < 40 && s.high <= 35_000)
        s.high = 2 * s.high
        s.low++
      },
      Drop: (s) => {
        when(s.low > 0)
        s.high = s.high % 1000
        s.low--
      },
    },
    claims: [invariant('the high one is not 17', (s) => s.high !== 17)],
    deadlock: 'off',
  },
)

// Small ones: large tables are never made code.
const models: Readonly<Record<string, Model>> = {
  'alternating bit': alternatingBit.spec.build({}),
  'filter lock': filterLock.spec.build({ processes: 2 }),
  'readers and writers': readersWriters.spec.build({}),
  'two-phase commit': twoPhase.spec.build({}),
  'a wide cell': wide,
}

/** A fallback that appends one record for each rule that it is asked about, with the rule as its first word. */
function markMisses(words: number): ExpandFallback {
  return {
    miss(rule, _source, _base, id, out, n) {
      out.fill(0, n, n + words)
      out[n] = rule
      out[n + words] = -id
      return n + words + 1
    },
  }
}

for (const [title, model] of Object.entries(models)) {
  test(`successors of ${title}`, async () => {
    // Tables of a search that ended early know too little for some states, those of the other one everything.
    for (const maxDepth of [4, Infinity]) {
      const known = await search(model, { maxDepth })
      const { space, levels } = await search(model)
      const tables = known.explorer.actions.map((rule) => rule.table)
      const { words, stride, log } = space
      const expanders = [
        compileExpand(tables, words, markMisses(words)),
        [flatExpand(tables, words, markMisses(words), 'id')],
      ]
      for (const { from, to } of levels.flat()) {
        for (let id = from; id < to; id++) {
          const [generated, flat] = expanders.map((functions) => {
            const out = new Int32Array(1000 * stride)
            let n = 0
            for (const expand of functions) n = expand(log, id * stride, id, out, n)
            return Array.from({ length: n / stride }, (_, at) =>
              out.slice(at * stride, (at + 1) * stride).join(),
            ).sort()
          })
          assert.equal(flat, generated)
        }
      }
    }
  })

  test(`claims of ${title}`, async () => {
    const { explorer, space, levels } = await search(model)
    for (const { table } of explorer.inspector.statePredicates) {
      const nodes = noNodes()
      const root = flatten(table.root, nodes, (result) => -1 - result)
      const flat = Int32Array.from(nodes)
      for (const { from, to } of levels.flat()) {
        for (let id = from; id < to; id++) {
          const leaf = leafFor(table, space.log, id * space.stride)
          const code = leaf === undefined ? UNKNOWN : -1 - leaf.result
          assert.is(codeAt(flat, root, space.log, id * space.stride), code)
        }
      }
    }
  })
}

test('a search through flat trees counts what other tools count', async () => {
  const { outcome } = await search(filterLock.spec.build({ processes: 3 }), { compileAfter: 0 })
  assert.equal([outcome.distinct, outcome.generated, outcome.depth], [11_681, 35_044, 62])
})

test.run()
