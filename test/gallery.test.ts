/** The gallery of counterexamples is what the checker finds now. */
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findings } from '../counterexamples/findings/index.ts'
import { differences } from '../counterexamples/regenerate.ts'

test('every committed file equals what the checker finds now', async () => {
  assert.equal(await differences(), [], 'run `npm run gallery`, look at what changed, and commit it')
})

test('the README counts the findings of each area', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const told = Object.fromEntries(
    [...readme.matchAll(/\[(\d+)\]\(counterexamples\/([\w-]+)\)/g)].map(([, count, area]) => [area, Number(count)]),
  )
  const made: Record<string, number> = {}
  for (const { folder } of findings) {
    const [area] = folder.split('/')
    made[area] = (made[area] ?? 0) + 1
  }
  assert.equal(told, made)
})

test.run()
