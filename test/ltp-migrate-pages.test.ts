/**
 * What the tests of the Linux Test Project expect of migrate_pages(2), on the model. Three ways of making a mask unreadable
 * are one to the model, and so are two processes of one user that may be dumped.
 */
import { fromJS, type Map as ImmutableMap } from 'immutable'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endingsOf } from '../checker/verdict/endings.ts'
import { readTable } from '../invariants/tables/tsv.ts'
import { type Kernel, kernel } from '../spec/kernels.ts'
import type { Layout } from '../spec/mbind/layout.ts'
import type { MigratePagesArguments, Pair } from '../spec/migrate-pages/arguments.ts'
import { migratePagesArguments } from '../spec/scenarios/migrate-pages-arguments.ts'
import { drawn } from './support/mbind-layouts.ts'
import { argumentsIn } from './support/migrate-pages-arguments.ts'

const TABLE = readTable('ltp-migrate-pages.tsv', [
  'test',
  'vmas',
  'pages',
  'capable',
  'arguments',
  'moves',
  'nodes',
  'returns',
])
const KERNELS = [
  'v3.19',
  'v4.14',
  'v4.15',
  'v5.0',
  'v5.3',
  'v6.3',
  'v6.6',
  'patch:mbind-counts-failures',
  'v6.7',
  'v7.3',
]

interface Ending {
  readonly ret: string
  readonly nodes: readonly (number | null)[]
}

/** What one call comes to. */
async function migrated(on: Kernel, layout: Layout, pair: Pair, call: MigratePagesArguments): Promise<Ending[]> {
  const machine = { nodes: 2, cpus: 1, free: layout.folios.map(() => pair[1]) }
  const spec = migratePagesArguments(on, { call }, () => [], { layout, machine, pair })
  const { values } = await endingsOf(spec, (s) => {
    const nodes = layout.pages.map((_, page) => {
      const pte = s.pte[page]
      return pte.kind === 'present' ? s.folio[pte.folio].node : null
    })
    return fromJS({ ret: s.call.ret, nodes })
  })
  return values.map((value) => (value as ImmutableMap<string, unknown>).toJS() as unknown as Ending)
}

/** A call from one node to another, with or without CAP_SYS_NICE. */
const callFor = ([from, to]: Pair, capable: boolean): MigratePagesArguments => ({
  pid: 'own',
  old: [from],
  new: [to],
  ...(capable && { caps: ['CAP_SYS_NICE', 'CAP_SYS_PTRACE'] }),
})

const pairIn = (move: string): Pair => {
  const [from, to] = move.split('>').map(Number)
  return [from, to]
}

for (const name of KERNELS) {
  test(`${name} passes them`, async () => {
    for (const line of TABLE) {
      let layout = drawn(line.vmas, line.pages)
      // The first move may be the way back: then the pages begin on the other node.
      const home = Number(line.moves[0])
      layout = { ...layout, folios: layout.folios.map((folio) => ({ ...folio, node: home })) }
      const expected = line.nodes.split('; ')
      for (const [at, move] of line.moves.split('; ').entries()) {
        const pair = pairIn(move)
        const call = { ...callFor(pair, line.capable === 'yes'), ...argumentsIn(line.arguments) }
        const endings = await migrated(kernel(name), layout, pair, call)
        const about = `${line.test}: ${move}`
        assert.is(endings.length, 1, about)
        const [{ ret, nodes }] = endings
        if (line.returns === 'moved') assert.ok(ret === '0' || ret === 'a count', `${about} is ${ret}`)
        else assert.is(ret, line.returns, about)
        assert.is(nodes.join(' '), expected[at], about)
        layout = {
          ...layout,
          folios: layout.folios.map((folio, f) => ({ ...folio, node: nodes[pageOf(layout, f)]! })),
        }
      }
    }
  })
}

/** A page that maps a folio. */
const pageOf = ({ pages }: Layout, f: number): number =>
  pages.findIndex((page) => typeof page === 'object' && 'maps' in page && page.maps === f)

test('the capability is what moves pages that others map too', async () => {
  const shared = drawn('A', 's')
  const pair = [0, 1] as const
  assert.equal(await migrated(kernel('v7.3'), shared, pair, callFor(pair, true)), [{ ret: '0', nodes: [1] }])
  assert.equal(await migrated(kernel('v7.3'), shared, pair, callFor(pair, false)), [{ ret: '0', nodes: [0] }])
})

test('migrate_pages02 failed when v4.15 began to ask ptrace, until it made its child dumpable again', async () => {
  const pair = [0, 1] as const
  const call: MigratePagesArguments = { ...callFor(pair, false), pid: 'another', ids: 'in part', dumpable: false }
  assert.equal(await migrated(kernel('v4.14'), drawn('A', 'm'), pair, call), [{ ret: '0', nodes: [1] }])
  assert.equal(await migrated(kernel('v4.15'), drawn('A', 'm'), pair, call), [{ ret: 'EPERM', nodes: [0] }])
})

test.run()
