/** Progress on a terminal, where one line is redrawn in place. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Io } from '../checker/commands/io.ts'
import { statusLine } from '../checker/commands/progress.ts'

const { write, isTTY, cursorTo, moveCursor, clearLine } = process.stderr
const environment = { ...process.env }
let written = ''

test.before(() => {
  delete process.env.CI
  process.env.TERM = 'xterm'
  const terminal = {
    isTTY: true,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
    write(text: string) {
      written += text
      return true
    },
  }
  Object.assign(process.stderr, terminal)
})

test.after(() => {
  Object.assign(process.stderr, { write, isTTY, cursorTo, moveCursor, clearLine })
  process.env = environment
})

/** Tells a text again and again, as a search does, until it is shown. */
async function shown(line: ReturnType<typeof statusLine>, text: string): Promise<void> {
  for (let turn = 0; turn < 500 && !written.includes(text); turn++) {
    line.tell(text, 3)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert.ok(written.includes(text), `'${text}' is not shown`)
}

test('it comes back behind whatever took it away', async () => {
  const line = statusLine({ isTTY: true } as Io, false)
  try {
    await shown(line, 'level 7')
    line.end()
    await shown(line, 'level 8')
  } finally {
    line.end()
  }
})

test.run()
