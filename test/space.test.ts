/** The table of states grows: with and without other threads that help, every state must be found in it afterwards. */
import { Worker } from 'node:worker_threads'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { layoutOf } from '../checker/engine/layout.ts'
import { type IdRange, Space } from '../checker/engine/space.ts'

const word = { size: 2 ** 31, path: 'word', pattern: '', print: String }
const layout = layoutOf([word, word])
const STATES = 2 ** 18 + 12_345
const LIMIT = 2 ** 30

/** A space whose log holds that many states, of which none is in the table yet, and their ranges. */
function filled(): { space: Space; ranges: IdRange[] } {
  const space = new Space(layout)
  assert.ok(space.grow(STATES, [], LIMIT))
  for (let id = 1; id <= STATES; id++) space.log.set([Math.imul(id, 40_503) >>> 1, id], id * space.stride)
  // Numbers that no state has, as at the end of a thread's block.
  return {
    space,
    ranges: [
      { from: 1, to: 100_000 },
      { from: 100_100, to: STATES + 1 },
    ],
  }
}

function assertComplete(space: Space, ranges: readonly IdRange[]): void {
  const entries = space.table.reduce((sum, entry) => sum + (entry === 0 ? 0 : 1), 0)
  assert.is(
    entries,
    ranges.reduce((sum, { from, to }) => sum + to - from, 0),
    'every state once',
  )
  for (const { from, to } of ranges)
    for (let id = from; id < to; id++) if (space.find(space.log, id * space.stride) !== id) assert.unreachable(`${id}`)
}

test('a table that grows holds what it held', () => {
  const { space, ranges } = filled()
  assert.ok(space.grow(2 * space.table.length, ranges, LIMIT))
  assertComplete(space, ranges)
})

test('a table grows in steps, between which other work can be done', () => {
  const { space, ranges } = filled()
  let steps = 0
  for (const _ of space.growing(2 * space.table.length, ranges, LIMIT)) steps++
  assert.ok(steps > 10)
  assertComplete(space, ranges)
})

test('helpers enter what the calling thread does not, and come too late without harm', () => {
  const { space, ranges } = filled()
  const late: (() => void)[] = []
  const call = (pieces: readonly IdRange[], growth: number) => {
    const other = new Space(layout, space.memory)
    late.push(() => other.help(pieces, growth))
    if (late.length === 1) return
    // One that still has the table before the last growth comes first.
    late[0]()
    other.help(pieces, growth)
  }
  assert.ok(space.grow(2 * space.table.length, ranges, LIMIT, call))
  assertComplete(space, ranges)
  assert.ok(space.grow(2 * space.table.length, ranges, LIMIT, call))
  assert.is(late.length, 2)
  for (const help of late) help()
  assertComplete(space, ranges)
})

test('two threads enter at the same time', async () => {
  const { space, ranges } = filled()
  const text = `
    import { parentPort } from 'node:worker_threads'
    await import(${JSON.stringify(new URL('../checker/typescript.mjs', import.meta.url).href)})
    const { Space } = await import(${JSON.stringify(new URL('../checker/engine/space.ts', import.meta.url).href)})
    parentPort.on('message', ({ layout, memory, ranges, growth }) => new Space(layout, memory).help(ranges, growth))
    parentPort.postMessage('ready')`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(text)}`))
  await new Promise((resolve) => worker.once('message', resolve))
  for (let turn = 0; turn < 4; turn++) {
    const call = (pieces: readonly IdRange[], growth: number) =>
      worker.postMessage({ layout, memory: space.memory, ranges: pieces, growth })
    assert.ok(space.grow(space.table.length, ranges, LIMIT, call))
    assertComplete(space, ranges)
  }
  await worker.terminate()
})

test('a table that cannot grow still finds what it found', () => {
  const space = new Space({ fields: [], words: 1, bits: 32 })
  for (let id = 1; id <= 1000; id++) space.log[id * space.stride] = id * 7
  space.enter({ from: 1, to: 1001 })
  const { grow } = SharedArrayBuffer.prototype
  SharedArrayBuffer.prototype.grow = () => {
    throw new RangeError('no memory')
  }
  try {
    assert.throws(() => space.grow(6000, [{ from: 1, to: 1001 }], 1e9), 'no memory')
  } finally {
    SharedArrayBuffer.prototype.grow = grow
  }
  for (let id = 1; id <= 1000; id++) assert.is(space.find(Int32Array.of(id * 7), 0), id)
})

test.run()
