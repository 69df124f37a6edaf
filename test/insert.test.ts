/** Insertion, into arrays and into WebAssembly memory, against a map. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Insert, makeInsert, type Numbers } from '../checker/engine/insert.ts'
import { recordWords } from '../checker/engine/record-code.ts'
import { hashWords, type IdRange, Space } from '../checker/engine/space.ts'
import type { RoomySizes } from '../checker/engine/space-memory.ts'

const [ARRAYS, ROOMY] = [
  { from: Infinity, to: Infinity },
  { from: 0, to: Infinity },
]
const LIMIT = 2 ** 30

/** The same numbers in every run. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
}

/** One thread's way into a space, and what it found there. */
class Inserting {
  readonly found: IdRange[] = []
  readonly #insert: Insert
  readonly #numbers: Numbers = { next: 0, end: 0 }
  readonly space: Space

  constructor(space: Space, shared: boolean) {
    this.space = space
    this.#insert = makeInsert(space.words, shared)
  }

  /** Inserts states with their parents; gives the numbers of the new ones in their order. */
  insert(states: readonly (readonly number[])[], parents: readonly number[]): { words: string; id: number }[] {
    const { words } = this.space
    const record = recordWords(words)
    const out = new Int32Array(states.length * record)
    states.forEach((state, at) => {
      out.set(state, at * record)
      out[at * record + words] = parents[at]
      out[at * record + words + 1] = hashWords(out, at * record, words)
    })
    const fresh = this.#insert(out, out.length, this.space, this.#numbers, (from, to) => this.found.push({ from, to }))
    return Array.from({ length: fresh / record }, (_, at) => ({
      words: out.slice(at * record, at * record + words).join(),
      id: out[at * record + words],
    }))
  }
}

/** Inserts batches of random states by several threads in turn, and compares all that they say with a map. */
function compare(words: number, threads: number, sizes: RoomySizes, seed: number): void {
  const random = numbersFrom(seed)
  const space = new Space({ fields: [], words, bits: 32 * words }, undefined, sizes)
  const others = Array.from(
    { length: threads - 1 },
    () => new Space({ fields: [], words, bits: 32 * words }, space.memory),
  )
  const all = [space, ...others].map((each) => new Inserting(each, threads > 1))
  const known = new Map<string, { id: number; parent: number }>()
  for (let batch = 0; batch < 40; batch++) {
    if (space.reserved + threads * 3000 > space.capacity) {
      assert.ok(
        space.grow(
          space.reserved + threads * 3000,
          all.flatMap(({ found }) => found),
          LIMIT,
        ),
      )
      for (const other of others) other.attach(space.memory)
    }
    const count = [1, 127, 128, 129, 700][random(5)]
    const states = Array.from({ length: count }, () =>
      Array.from({ length: words }, () => random(batch < 5 ? 3 : 40) - 1),
    )
    const parents = states.map(() => random(1000))
    const found = all[random(threads)].insert(states, parents)
    const fresh = new Map<string, number>()
    states.forEach((state, at) => {
      const text = state.join()
      if (!known.has(text) && !fresh.has(text)) fresh.set(text, parents[at])
    })
    assert.equal(
      found.map((each) => each.words),
      [...fresh.keys()],
    )
    for (const { words: text, id } of found) known.set(text, { id, parent: fresh.get(text)! })
  }
  const numbers = all
    .flatMap(({ found }) => found)
    .flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at))
  assert.equal(
    numbers.sort((a, b) => a - b),
    [...known.values()].map(({ id }) => id).sort((a, b) => a - b),
    'every number is told once',
  )
  for (const each of [space, ...others.slice(-1)]) {
    for (const [text, { id, parent }] of known) {
      if (each.find(Int32Array.from(text.split(',').map(Number)), 0) !== id) assert.unreachable(`${text} is lost`)
      if (each.parent(id) !== parent) assert.unreachable(`${text} has another parent`)
    }
  }
}

for (const words of [1, 2, 3, 64, 65]) {
  test(`states of ${words} words are inserted once`, () => {
    for (const sizes of [ARRAYS, ROOMY]) for (const threads of [1, 3]) compare(words, threads, sizes, words)
  })
}

test('states with the same hash are told apart', () => {
  for (const sizes of [ARRAYS, ROOMY]) {
    const space = new Space({ fields: [], words: 2, bits: 64 }, undefined, sizes)
    const out = Int32Array.from({ length: 4 * 300 }, (_, at) => [Math.floor(at / 4) % 150, 5, 0, 77][at % 4])
    const fresh = makeInsert(2, false)(out, out.length, space, { next: 0, end: 0 }, () => {})
    assert.is(fresh, 4 * 150)
    assert.equal(
      Array.from({ length: 150 }, (_, at) => out[4 * at]),
      Array.from({ length: 150 }, (_, at) => at),
    )
  }
})

test('a space moves into WebAssembly memory and out of it again', () => {
  for (const threads of [1, 2]) compare(2, threads, { from: 2 ** 14, to: 2 ** 14 }, 5)
})

test('more threads than have a place of their own in the memory', () => {
  compare(2, 20, ROOMY, 6)
})

test('two threads race for the same slots', async () => {
  const { Worker } = await import('node:worker_threads')
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
  const text = `
    import { parentPort } from 'node:worker_threads'
    await import(${url('../checker/typescript.mjs')})
    const { Space } = await import(${url('../checker/engine/space.ts')})
    const { makeInsert } = await import(${url('../checker/engine/insert.ts')})
    parentPort.on('message', ({ memory, out, go }) => {
      const space = new Space({ fields: [], words: 2, bits: 64 }, memory)
      const found = []
      Atomics.add(go, 0, 1)
      while (Atomics.load(go, 0) < 2);
      makeInsert(2, true)(out, out.length, space, { next: 0, end: 0 }, (from, to) => found.push({ from, to }))
      parentPort.postMessage(found)
    })
    parentPort.postMessage(null)`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(text)}`))
  const answer = () => new Promise<IdRange[]>((resolve) => worker.once('message', resolve))
  await answer()
  const random = numbersFrom(9)
  for (let turn = 0; turn < 3; turn++) {
    const space = new Space({ fields: [], words: 2, bits: 64 }, undefined, ROOMY)
    assert.ok(space.grow(200_000, [], LIMIT))
    const records = 60_000
    const out = new Int32Array(records * 4)
    for (let at = 0; at < records; at++) {
      out.set([random(50_000), 7, at % 500], 4 * at)
      out[4 * at + 3] = hashWords(out, 4 * at, 2)
    }
    const states = new Set(Array.from({ length: records }, (_, at) => out[4 * at]))
    const go = new Int32Array(new SharedArrayBuffer(4))
    const theirs = answer()
    worker.postMessage({ memory: space.memory, out: out.slice(), go })
    const found: IdRange[] = []
    Atomics.add(go, 0, 1)
    while (Atomics.load(go, 0) < 2);
    makeInsert(2, true)(out, out.length, space, { next: 0, end: 0 }, (from, to) => found.push({ from, to }))
    found.push(...(await theirs))
    const ids = found.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at))
    assert.is(ids.length, states.size, 'no state twice, none lost')
    assert.equal(new Set(ids.map((id) => space.log[id * space.stride])), states)
    for (const id of ids) assert.is(space.find(space.log, id * space.stride), id)
  }
  await worker.terminate()
})

test.run()
