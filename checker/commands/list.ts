/** `mmcheck list`: the names that the other verbs take. */
import { match } from 'ts-pattern'
import type { Catalogue } from '../catalogue.ts'
import { loadModel } from '../engine/source.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { WIDTH, wrap } from '../report/text.ts'
import type { Io } from './io.ts'
import { printSettings } from './settings.ts'
import { unknownName } from './suggest.ts'

const KINDS = ['kernels', 'switches', 'scenarios', 'claims'] as const
type Kind = (typeof KINDS)[number]

/** Lists one kind of names, or all kinds. */
export async function listCommand(
  kind: string | undefined,
  flags: { json?: boolean },
  catalogue: Catalogue,
  io: Io,
): Promise<ExitCode> {
  const kinds = kind === undefined ? KINDS : [known(kind)]
  const claims = kinds.includes('claims') ? await claimsOf(catalogue) : []
  if (flags.json) {
    io.out(`${JSON.stringify(Object.fromEntries(kinds.map((each) => [each, plain(each, catalogue, claims)])))}\n`)
    return EXIT.expected
  }
  const { bold } = io.colour
  io.out(kinds.map((each) => `${bold(each)}\n${entries(each, catalogue, claims, io) || '  none\n'}`).join('\n'))
  return EXIT.expected
}

interface ClaimEntry {
  readonly name: string
  readonly sentence: string
  readonly source: string
}

/** The claims of all scenarios, each name once. Which claims there are may depend on the variant. */
async function claimsOf({ scenarios }: Catalogue): Promise<ClaimEntry[]> {
  const claims = new Map<string, ClaimEntry>()
  for (const scenario of scenarios) {
    for (const variant of scenario.variants) {
      const model = await loadModel(scenario.source(variant, {}))
      for (const { name, sentence, source } of model.claims) claims.set(name, { name, sentence, source })
    }
  }
  return [...claims.values()]
}

function known(kind: string): Kind {
  const found = KINDS.find((each) => each === kind)
  if (found === undefined) throw unknownName('list', kind, KINDS, `the lists are ${KINDS.join(', ')}`)
  return found
}

function entries(kind: Kind, catalogue: Catalogue, claims: readonly ClaimEntry[], io: Io): string {
  const list = match(kind)
    .with('kernels', () => catalogue.variants.map(({ name, about }) => ({ name, lines: [about] })))
    .with('switches', () =>
      catalogue.switches.map(({ name, about, values, history }) => ({
        name,
        lines: [about, `values: ${values.join(', ')}`, ...history],
      })),
    )
    .with('scenarios', () =>
      catalogue.scenarios.map(({ name, area, about, bounds, variants, constants }) => ({
        name,
        lines: [
          about,
          `area: ${area}`,
          `bounds: ${bounds({})}`,
          `kernels: ${variants.join(', ')}`,
          ...(Object.keys(constants).length === 0 ? [] : [`constants: ${printSettings(constants)}`]),
        ],
      })),
    )
    .with('claims', () =>
      claims.map(({ name, sentence, source }) => ({
        name,
        lines: [...(sentence === name ? [] : [sentence]), ...(source === '' ? [] : [`promised by: ${source}`])],
      })),
    )
    .exhaustive()
  return list
    .map(({ name, lines }) => {
      const below = lines.filter((line) => line !== '').flatMap((line) => wrap(line, WIDTH - 6, 2))
      return [`  ${io.colour.cyan(name)}`, ...below.map((line) => `      ${line}`), ''].join('\n')
    })
    .join('')
}

function plain(kind: Kind, catalogue: Catalogue, claims: readonly ClaimEntry[]): unknown {
  return match(kind)
    .with('kernels', () => catalogue.variants)
    .with('switches', () => catalogue.switches)
    .with('claims', () => claims)
    .with('scenarios', () =>
      catalogue.scenarios.map(({ name, area, about, bounds, variants, constants }) => ({
        name,
        area,
        about,
        bounds: bounds({}),
        variants,
        constants,
      })),
    )
    .exhaustive()
}
