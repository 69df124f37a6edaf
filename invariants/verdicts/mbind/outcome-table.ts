/** The outcome table of a kernel, filled by running the model on each cell, as text and as JSON. */
import { List } from 'immutable'
import type { Answer } from '../../../checker/catalogue.ts'
import { endingsOf } from '../../../checker/verdict/endings.ts'
import { FLAGS, type Flags } from '../../../spec/mbind/call.ts'
import { type CallScene, mbindCalls } from '../../../spec/scenarios/mbind-calls.ts'
import { cellName, cells, KIND_NAMES, KINDS, type KindName, MACHINE } from '../../../spec/scenarios/mbind-situations.ts'
import { cellOf } from '../../mbind-outcomes.ts'
import { type RawSettings, settle } from '../../scenario.ts'
import { expectedCell, PARTS, partOf } from '../../tables/mbind-variants.ts'

export interface FilledCell {
  readonly kind: KindName
  readonly flags: Flags
  /** every outcome that the model has: one, as nothing races */
  readonly found: readonly string[]
  /** null where nobody said */
  readonly expected: string | null
}

/** Runs the model on every cell. */
export async function fillTable(
  kernelName: string,
  settings: RawSettings,
  engine: 'tables' | 'reference' = 'tables',
): Promise<FilledCell[]> {
  const { on } = settle(kernelName, settings, {})
  const kindOf = new Map(KIND_NAMES.flatMap((kind) => FLAGS.map((flags) => [cellName(kind, flags), kind] as const)))
  const read = (s: CallScene) => List([s.situation, cellOf(s, kindOf.get(s.situation)!)])
  const { values } = await endingsOf(mbindCalls(on, { machine: MACHINE, situations: cells() }), read, engine)
  const found = new Map<string, string[]>()
  for (const value of values) {
    const [name, cell] = value as List<string>
    found.set(name, [...(found.get(name) ?? []), cell])
  }
  return KIND_NAMES.flatMap((kind) =>
    FLAGS.map((flags) => ({
      kind,
      flags,
      found: found.get(cellName(kind, flags)) ?? [],
      expected: expectedCell(kernelName, kind, flags),
    })),
  )
}

/** Whether a cell is what was expected of it; so is one of which nobody said anything. */
export const asExpected = ({ found, expected }: FilledCell): boolean =>
  expected === null || (found.length === 1 && found[0] === expected)

/** What `mmcheck matrix` says of the table on a kernel that it is asked for by name. */
export async function outcomeTable(kernelName: string, settings: RawSettings): Promise<Answer> {
  const filled = await fillTable(kernelName, settings)
  return {
    text: textOf(kernelName, filled),
    json: {
      outcomes: filled.map(({ kind, flags, found, expected }) => ({
        situation: kind,
        flags,
        ...(found.length === 1 ? Object.fromEntries(PARTS.map((part) => [part, partOf(found[0], part)])) : { found }),
        expected,
      })),
    },
  }
}

const NAME = Math.max(...KIND_NAMES.map((name) => name.length))
const CELL = 8
const LEGEND = [
  'queued: Q migrated, q isolated and put back, - neither; walk: n nowhere,',
  'c to the end, t to the end of a page table, s to the page; P where the',
  'policy is applied; and what the call returns. ! differs from what is',
  'expected. BIND to node 1; pages that may move lie on node 0.',
]

function textOf(kernelName: string, filled: readonly FilledCell[]): string {
  const line = (name: string, texts: readonly string[]) =>
    [name.padEnd(NAME), ...texts.map((text) => text.padEnd(CELL))].join('  ').trimEnd()
  const headings = [0, 1].map((at) =>
    line(
      '',
      FLAGS.map((flags) => flags.split('|').toReversed()[1 - at] ?? ''),
    ),
  )
  return [
    `the outcome of one call on ${kernelName}`,
    ...headings,
    line(
      '-'.repeat(NAME),
      FLAGS.map(() => '-'.repeat(CELL)),
    ),
    ...KIND_NAMES.map((kind) => line(kind, filled.filter((cell) => cell.kind === kind).map(compact))),
    '',
    ...KIND_NAMES.map((kind) => `${kind.padEnd(NAME)}  ${KINDS[kind].about}`),
    '',
    ...LEGEND,
  ].join('\n')
}

/** `QcP EIO`; all of them where there are several. */
function compact(cell: FilledCell): string {
  const texts = cell.found.map((text) => {
    const [ret, ...first] = text.split(' ').toReversed()
    return `${first.toReversed().join('')} ${ret}`
  })
  return texts.join('/') + (asExpected(cell) ? '' : '!')
}
