/** The program: the command line of the checker with the catalogue of the kernel model, on this terminal. */
import picocolors from 'picocolors'
import { main } from './checker/cli.ts'
import type { Io } from './checker/commands/io.ts'
import { PLAIN } from './checker/report/text.ts'
import { catalogue } from './spec/catalogue.ts'

const interrupt = new AbortController()
let listening = false

const io: Io = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isTTY: process.stderr.isTTY === true,
  colour: process.stdout.isTTY === true || process.env.FORCE_COLOR ? picocolors : PLAIN,
  interruptible() {
    if (!listening) {
      listening = true
      // Only once: the second Ctrl-C then has its usual effect, even while the process is too busy to listen.
      process.once('SIGINT', () => {
        process.stderr.write('\ninterrupted: finishing with what was found so far (Ctrl-C again ends at once)\n')
        interrupt.abort()
      })
    }
    return interrupt.signal
  },
}

// A reader that has seen enough (`mmcheck matrix | head`) closes the pipe: then there is nobody left to search for.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  interrupt.abort()
})
process.stderr.on('error', () => {})

process.exitCode = await main(process.argv.slice(2), catalogue, io)
