/** `mmcheck trace`: replays a saved counterexample on the spec as it is now, and prints it again. */
import { readFileSync } from 'node:fs'
import type { Catalogue } from '../catalogue.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { SpecError } from '../language/errors.ts'
import { raceTable } from '../report/race-table.ts'
import { parseTraceFile, type SavedTrace } from '../report/trace-file.ts'
import { replay } from '../trace/replay.ts'
import type { Io } from './io.ts'
import { openTarget } from './target.ts'
import { traceJson } from './verdict-json.ts'

/** Replays the counterexample in a file; throws a SpecError when it is damaged or does not fit the spec any more. */
export async function traceCommand(
  path: string,
  flags: { json?: boolean },
  catalogue: Catalogue,
  io: Io,
): Promise<ExitCode> {
  const { origin, trace } = read(path)
  const kernels = origin.kernel === undefined ? [] : [origin.kernel]
  const settings = new Map(Object.entries(origin.settings ?? {}).map(([name, value]) => [name, String(value)]))
  const [target] = await openTarget(origin.target, kernels, settings, catalogue)
  const shown = await replay(target.model, trace)
  if (flags.json) io.out(`${JSON.stringify({ model: shown.model, kernel: target.kernel, trace: traceJson(shown) })}\n`)
  else
    io.out(
      `${raceTable(shown, { colour: io.colour })}\n${io.colour.dim(`replayed: the spec still does this, step by step (${path})`)}\n`,
    )
  return EXIT.expected
}

function read(path: string): SavedTrace {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (thrown) {
    throw new SpecError(
      `${path} cannot be read: ${(thrown as Error).message}`,
      'a saved counterexample is a JSON file',
      'mmcheck check TARGET --out DIR saves counterexamples as DIR/.../trace.json',
    )
  }
  try {
    return parseTraceFile(text)
  } catch (thrown) {
    if (thrown instanceof SpecError) throw thrown.within(path)
    throw thrown
  }
}
