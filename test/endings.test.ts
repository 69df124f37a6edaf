/** Where the behaviours of a model end: on known models, by both engines on random ones, and what is refused. */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { choose, type Model, model, range, SpecError, when } from '../checker/index.ts'
import { endingsOf } from '../checker/verdict/endings.ts'
import { lostUpdate } from './fixtures/lost-update.ts'
import { buildGenerated } from './support/generated-spec.ts'
import { specDescriptions } from './support/spec-descriptions.ts'

const ENGINES = ['tables', 'reference'] as const

for (const engine of ENGINES) {
  test(`${engine}: a race has every outcome that it may have, each once`, async () => {
    const racy = await endingsOf(lostUpdate(false, 3), ({ counter }) => counter, engine)
    assert.equal([...racy.values].sort(), [1, 2, 3])
    const locked = await endingsOf(lostUpdate(true, 3), ({ counter }) => counter, engine)
    assert.equal(locked.values, [3])
  })

  test(`${engine}: an initial state may be an ending, and what the constraint rejects is neither state nor successor`, async () => {
    const counting = model(
      'Counting',
      { state: { n: range(0, 9) } },
      {
        init: (s) => {
          s.n = choose(s, [0, 7])
        },
        actions: {
          Up: (s) => {
            when(s.n < 9)
            s.n++
          },
        },
        constraint: (s) => s.n < 8 && s.n !== 3,
        deadlock: 'off',
      },
    )
    assert.equal([...(await endingsOf(counting, ({ n }) => n, engine)).values].sort(), [2, 7])
  })

  test(`${engine}: a standstill that is no ending, and a fault of the spec, are refused`, async () => {
    const stuck = { ...lostUpdate(true, 2), deadlock: 'stuck' } as ReturnType<typeof lostUpdate>
    await rejected(() => endingsOf(stuck, () => 0, engine), /standstill after 5 states/)
    const wrong = { ...lostUpdate(true, 2), final: () => JSON.parse('no') } as ReturnType<typeof lostUpdate>
    await rejected(() => endingsOf(wrong, () => 0, engine), /lost-update: /)
    await rejected(
      () => endingsOf(lostUpdate(true, 2), (s) => (s as unknown as { sum: number }).sum, engine),
      /ending: /,
    )
  })
}

test('both engines see the same endings of random specs', async () => {
  let endings = 0
  const property = fc.asyncProperty(specDescriptions, async (description) => {
    const seen = await Promise.all(ENGINES.map((engine) => seenBy(buildGenerated(description), engine)))
    assert.equal(seen[0], seen[1])
    endings += seen[0].length
  })
  await fc.assert(property, { seed: 5, numRuns: 200, includeErrorInReport: true })
  assert.ok(endings > 20, `only ${endings} endings in all: nothing is compared`)
})

/** The endings as sorted texts; nothing where the engines may meet different errors first, or the spec is large. */
async function seenBy(spec: Model, engine: (typeof ENGINES)[number]): Promise<string[]> {
  const small = { ...spec, deadlock: 'off' as const }
  try {
    const { values } = await endingsOf(small, (state) => JSON.stringify(state), engine, 100)
    return [...values].sort()
  } catch (thrown) {
    if (thrown instanceof SpecError) return []
    throw thrown
  }
}

async function rejected(run: () => Promise<unknown>, message: RegExp): Promise<void> {
  try {
    await run()
  } catch (thrown) {
    assert.instance(thrown, SpecError)
    assert.match((thrown as SpecError).message, message)
    return
  }
  assert.unreachable('nothing was refused')
}

test.run()
