/** `mmcheck list`: the names that the other verbs take. */
import { match } from 'ts-pattern'
import type { Catalogue } from '../catalogue.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { WIDTH, wrap } from '../report/text.ts'
import type { Io } from './io.ts'
import { printSettings } from './settings.ts'
import { unknownName } from './suggest.ts'

const KINDS = ['kernels', 'switches', 'scenarios', 'claims'] as const
type Kind = (typeof KINDS)[number]

/** Lists one kind of names, or all kinds. */
export function listCommand(
  kind: string | undefined,
  flags: { json?: boolean },
  catalogue: Catalogue,
  io: Io,
): ExitCode {
  const kinds = kind === undefined ? KINDS : [known(kind)]
  if (flags.json) {
    io.out(`${JSON.stringify(Object.fromEntries(kinds.map((each) => [each, plain(each, catalogue)])))}\n`)
    return EXIT.expected
  }
  const { bold } = io.colour
  io.out(kinds.map((each) => `${bold(each)}\n${entries(each, catalogue, io) || '  none\n'}`).join('\n'))
  return EXIT.expected
}

function known(kind: string): Kind {
  const found = KINDS.find((each) => each === kind)
  if (found === undefined) throw unknownName('list', kind, KINDS, `the lists are ${KINDS.join(', ')}`)
  return found
}

function entries(kind: Kind, catalogue: Catalogue, io: Io): string {
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
      catalogue.claims.map(({ name, sentence, source }) => ({
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

function plain(kind: Kind, catalogue: Catalogue): unknown {
  return match(kind)
    .with('kernels', () => catalogue.variants)
    .with('switches', () => catalogue.switches)
    .with('claims', () => catalogue.claims)
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
