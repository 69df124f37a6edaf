/** `mmcheck graph`: the state graph of a model, or its quotient by one of the model's projections, as a picture. */
import { writeFileSync } from 'node:fs'
import { match } from 'ts-pattern'
import type { Catalogue } from '../catalogue.ts'
import { type Search, search } from '../engine/search.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { SpecError } from '../language/errors.ts'
import { graphDot } from '../report/dot.ts'
import { graphMermaid } from '../report/mermaid.ts'
import { quotientGraph, stateGraph } from '../report/quotient.ts'
import { renderSvg } from '../report/svg.ts'
import { STOP_REASONS } from '../verdict.ts'
import type { Io } from './io.ts'
import { counted, states } from './numbers.ts'
import type { SearchFlags } from './options.ts'
import { searchOptions } from './run.ts'
import { parseSettings } from './settings.ts'
import { unknownName } from './suggest.ts'
import { openTarget, type Target } from './target.ts'

/** Nodes that a person can take in. */
const READABLE = 60

export const FORMATS = ['dot', 'svg', 'mermaid'] as const
export type Format = (typeof FORMATS)[number]

export interface GraphFlags extends SearchFlags {
  /** the name of a projection */
  readonly by?: string
  readonly format?: Format
}

/** Draws the graph on standard output, or into the file of `--out`. */
export async function graphCommand(name: string, flags: GraphFlags, catalogue: Catalogue, io: Io): Promise<ExitCode> {
  if (flags.kernel.length > 1) {
    throw new SpecError(
      'a graph has one kernel',
      `--kernel was given ${flags.kernel.length} times`,
      'draw one graph for each',
    )
  }
  const [target] = await openTarget(name, flags.kernel, parseSettings(flags.set), catalogue)
  if (flags.by !== undefined) findProjection(flags.by, target)
  const { options, end } = searchOptions(target, flags, io)
  // A graph shows no lassos, and temporal claims would not let symmetry reduce it.
  const claims = target.model.claims.filter(({ kind }) => kind !== 'temporal')
  const found = await search({ ...target.model, claims }, options).finally(end)
  const { fault, complete, stopped, distinct } = found.outcome
  if (fault !== null) throw fault.error
  if (!complete) {
    io.err(
      `stopped after ${states(distinct)}: ${stopped === null ? '' : STOP_REASONS[stopped]}; a graph would lack the rest\n`,
    )
    return EXIT.stopped
  }
  // Drawing hears nothing, so from here on Ctrl-C ends the process.
  io.interrupt.release()
  await draw(found, target, flags, io)
  return EXIT.expected
}

async function draw(found: Search, target: Target, flags: GraphFlags, io: Io): Promise<void> {
  const { by, out } = flags
  const graph = by === undefined ? stateGraph(found, READABLE) : quotientGraph(found, by, READABLE)
  const title = [target.model.name, target.variant, by === undefined ? '' : `by ${by}`].filter(Boolean).join(', ')
  const text = await match(flags.format ?? formatOf(out))
    .with('dot', () => graphDot(graph, title))
    .with('mermaid', () => graphMermaid(graph, title))
    .with('svg', () => renderSvg(graphDot(graph, title)))
    .exhaustive()
  if (out === undefined) io.out(text.endsWith('\n') ? text : `${text}\n`)
  else {
    writeFileSync(out, text)
    io.err(`${out}: ${graph.nodes.length} nodes and ${graph.edges.length} edges for ${counted(found.outcome)}\n`)
  }
}

/** The format that the ending of a file asks for. */
function formatOf(file: string | undefined): Format {
  if (file?.endsWith('.svg')) return 'svg'
  return file !== undefined && /\.(mmd|mermaid)$/.test(file) ? 'mermaid' : 'dot'
}

function findProjection(name: string, { model }: Target): void {
  const known = Object.keys(model.projections)
  if (known.includes(name)) return
  if (known.length === 0) {
    throw new SpecError(
      `there is no projection '${name}'`,
      `${model.name} has no projections`,
      `add one to the spec, for example:
    import { Map } from 'immutable'
    projections: {
      '${name}': (s) => Map({ owner: s.owner, contended: s.waiting.size > 0 }),
    },`,
    )
  }
  throw unknownName('projection', name, known, `the projections of ${model.name} are ${known.join(', ')}`)
}
