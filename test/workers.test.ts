/** How the threads of a search start, and how they share out a level. */
import { spawnSync } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Crew, INTERRUPT_BUDGET, type Order, type Report } from '../checker/engine/crew.ts'
import { judgeFor } from '../checker/engine/judge.ts'
import { search } from '../checker/engine/search.ts'
import type { loadModel } from '../checker/engine/source.ts'
import { Space } from '../checker/engine/space.ts'
import { noTally } from '../checker/engine/statistics.ts'
import type { Model } from '../checker/language/model.ts'
import { spec } from './support/unbundled-spec.ts'

// Plain JavaScript, which no type is known of.
const bundling: string = new URL('../checker/engine/bundle.mjs', import.meta.url).href
const { loadBundled } = (await import(bundling)) as {
  loadBundled(entry: string, spec: string): Promise<{ spec: Record<string, unknown>; loadModel: typeof loadModel }>
}

/** Runs something on a spec file in a folder of its own, which knows neither mmcheck nor any package. */
async function withSpec<T>(text: string, run: (module: string, file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mmcheck-workers-'))
  const file = join(folder, 'spec.ts')
  writeFileSync(file, text)
  try {
    return await run(pathToFileURL(file).href, file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const counter = `
  import { model, range, when } from 'mmcheck'
  import { Map } from 'immutable'
  export const spec = model('Counter', { state: { n: range(0, 3) } }, {
    init: (s) => { s.n = 0 }, actions: { Up: (s) => { when(s.n < 3); s.n++ } }, deadlock: 'off' })
  export const known: unknown = Map({ url: import.meta.url })`

test('a bundle gives the spec, and the checker that it is written with', async () => {
  await withSpec(counter, async (module) => {
    const bundle = await loadBundled('source.ts', module)
    assert.equal(JSON.parse(JSON.stringify(bundle.spec.known)), { url: module })
    const model: Model = await bundle.loadModel({ module, name: 'spec', args: [{}] }, bundle.spec)
    assert.equal(
      model.instances.map(({ label }) => label),
      ['Up'],
    )
  })
})

test('a spec in a bundle hears its own file and folder', async () => {
  const text = 'export const places = [import.meta.filename, import . meta\n.dirname]'
  await withSpec(text, async (module, file) => {
    const { spec } = await loadBundled('source.ts', module)
    assert.equal(spec.places, [file, join(file, '..')])
  })
})

test('what a bundle would not answer truly is not bundled', async () => {
  for (const text of ["export const a = import.meta.resolve('mmcheck')", 'export const a = { ...import.meta }']) {
    const refusal = await withSpec(text, (module) => loadBundled('source.ts', module)).then(
      () => 'none',
      (thrown) => String(thrown),
    )
    assert.match(refusal, 'asks what no bundle knows')
  }
})

test('threads search a spec that cannot be bundled', async () => {
  const { href } = new URL('./support/unbundled-spec.ts', import.meta.url)
  assert.is(await loadBundled('source.ts', href).catch(() => 'refused'), 'refused')
  const source = { module: href, name: 'spec', args: [{}] }
  const { outcome } = await search(spec, { workers: 2, parallelFrom: 0, source })
  assert.is(outcome.fault, null)
  assert.equal([outcome.distinct, outcome.generated, outcome.depth], [301 * 301, 1 + 2 * 300 * 301, 601])
})

test('node knows the option that is set when threads start', () => {
  const { status } = spawnSync(process.execPath, [`--interrupt-budget=${INTERRUPT_BUDGET}`, '-e', ''])
  assert.is(status, 0)
  assert.is.not(spawnSync(process.execPath, ['--interrupt-budgets=1', '-e', '']).status, 0)
})

class FakeWorker extends EventEmitter {
  readonly orders: Order[] = []
  postMessage(order: Order): void {
    this.orders.push(order)
  }
}

test('a thread that is ready while a level is worked on joins in, and not after it has ended', async () => {
  const space = new Space({ words: 1, bits: 1, fields: [] })
  const report: Report = {
    stint: 'done',
    added: [],
    tally: noTally,
    levels: new Int32Array(),
    deadlockLevel: 0,
    coverage: { enabled: new Uint8Array(), premises: new Uint8Array(), codes: [] },
    fault: null,
  }
  const workers = [new FakeWorker(), new FakeWorker(), new FakeWorker()]
  const [early, joining, late] = workers
  const crew = new Crew(workers as unknown as Worker[])
  early.emit('message', 'ready')
  const frontier = { ranges: [{ from: 1, to: 9 }], size: 8 }
  crew.begin(frontier, 3, space.memory, { frontier: 0, flush: 0, search: 0 }, judgeFor([], false))
  joining.emit('message', 'ready')
  assert.equal(
    workers.map(({ orders }) => orders.map(({ level }) => level)),
    [[3], [3], []],
  )
  const settled = crew.settled()
  early.emit('message', report)
  joining.emit('message', { ...report, stint: 'full' })
  assert.is(await settled, false)
  late.emit('message', 'ready')
  assert.equal(late.orders, [])
})

test('what a thread reported about one level says nothing about a level on which it was not asked', async () => {
  const worker = Object.assign(new EventEmitter(), { postMessage() {} })
  const crew = new Crew([worker as unknown as Worker])
  worker.emit('message', 'ready')
  const space = new Space({ fields: [], words: 1, bits: 32 })
  const epochs = { frontier: 0, flush: 0, search: 0 }
  crew.begin({ ranges: [], size: 0 }, 1, space.memory, epochs, judgeFor([], false))
  worker.emit('message', { stint: 'full', added: [] })
  assert.is(await crew.settled(), false, 'it found no room')
  assert.is(await crew.settled(), true, 'nobody was set to work since')
})

test.run()
