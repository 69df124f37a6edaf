/** The gallery of counterexamples is what the checker finds now. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { differences } from '../counterexamples/regenerate.ts'

test('every committed file equals what the checker finds now', async () => {
  assert.equal(await differences(), [], 'run `npm run gallery`, look at what changed, and commit it')
})

test.run()
