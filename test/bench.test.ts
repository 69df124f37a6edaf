/** What the benchmark stands on: specs that differ in style alone, and pictures that show what was measured. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { log, plot } from '../bench/plot.ts'
import { spec as bare } from '../bench/styles/bare.ts'
import { spec as readable } from '../bench/styles/readable.ts'
import { search } from '../checker/engine/search.ts'

test('style costs nothing: the same graph, as many contexts, as many bits', async () => {
  for (const RMs of [2, 4, 6]) {
    const [a, b] = [await search(readable.build({ RMs })), await search(bare.build({ RMs }))]
    const told = ({ outcome, statistics }: typeof a) => [
      outcome.distinct,
      outcome.generated,
      outcome.depth,
      statistics.learned,
      statistics.questions,
      statistics.bitsPerState,
    ]
    assert.equal(told(a), told(b))
  }
})

test('the statistics of a run add up', async () => {
  for (const kernelAfter of [0, 2000, Infinity]) {
    const { outcome, statistics } = await search(readable.build({ RMs: 5 }), { kernelAfter })
    assert.is(statistics.generated, outcome.generated)
    assert.ok(statistics.lookups >= outcome.distinct && statistics.lookups <= outcome.generated)
    const last = statistics.samples[statistics.samples.length - 1]
    assert.equal([last.distinct, last.generated], [outcome.distinct, outcome.generated])
    assert.is(statistics.lookups === outcome.generated, kernelAfter === Infinity)
  }
})

test('a logarithmic scale', () => {
  const scale = log([10, 1000], [0, 100])
  assert.equal([scale(10), scale(100), scale(1000)], [0, 50, 100])
})

test('a plot has a line for each series and a label for each power of ten', () => {
  const svg = plot({
    title: 'T',
    x: 'states',
    y: 'seconds',
    series: [
      {
        name: 'a',
        points: [
          [10, 1],
          [1000, 10],
        ],
      },
      {
        name: 'b',
        points: [
          [10, 2],
          [100, 3],
        ],
      },
    ],
  })
  assert.is(svg.match(/<polyline/g)?.length, 2)
  for (const label of ['10<tspan', '>a<', '>b<', 'states', 'seconds']) assert.ok(svg.includes(label), label)
})

test.run()
