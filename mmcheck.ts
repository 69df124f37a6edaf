/** The program: the command line of the checker with the catalogue of the kernel model, on this terminal. */
import picocolors from 'picocolors'
import type { Catalogue } from './checker/catalogue.ts'
import { main } from './checker/cli.ts'
import type { Interrupt, Io } from './checker/commands/io.ts'
import { namesOnlySpecFiles } from './checker/commands/spec-file.ts'
import { PLAIN } from './checker/report/text.ts'

const controller = new AbortController()

function onInterrupt(): void {
  process.stderr.write('\ninterrupted: ending with what was found so far (Ctrl-C again ends at once)\n')
  controller.abort()
}

// Heard only once: the second Ctrl-C has its usual effect (exit code 130), however busy the process is.
const interrupt: Interrupt = {
  signal: controller.signal,
  listen() {
    if (!controller.signal.aborted && process.listenerCount('SIGINT') === 0) process.once('SIGINT', onInterrupt)
  },
  release() {
    process.removeListener('SIGINT', onInterrupt)
  },
}

const io: Io = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  // Some pseudo-terminals say that they have no columns: nothing can be redrawn there.
  isTTY: process.stderr.isTTY === true && process.stderr.columns > 0,
  ...(process.stdout.isTTY === true && process.stdout.columns > 0 && { columns: process.stdout.columns }),
  colour: process.stdout.isTTY === true || process.env.FORCE_COLOR ? picocolors : PLAIN,
  interrupt,
}

// A reader that has seen enough (`mmcheck matrix | head`) closes the pipe: nobody is left to search for.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  controller.abort()
})
process.stderr.on('error', () => {})

const nothing: Catalogue = { variants: [], switches: [], scenarios: [], questions: [] }

/** Loading the scenarios takes a third of a second or more, which spec files and questions need not wait for. */
async function catalogueFor(argv: readonly string[]): Promise<Catalogue> {
  if (namesOnlySpecFiles(argv)) return nothing
  const { withoutScenarios } = await import('./questions/catalogue.ts')
  if (withoutScenarios.questions.some(({ name }) => name === argv[0])) return withoutScenarios
  return (await import('./catalogue.ts')).catalogue
}

const argv = process.argv.slice(2)
process.exitCode = await main(argv, await catalogueFor(argv), io)
