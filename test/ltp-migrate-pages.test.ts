/**
 * What the tests of the Linux Test Project expect of migrate_pages(2), on the model. It moves between one pair of nodes; the
 * lookup of the process, its permissions, and the masks are not modelled, so migrate_pages01 has no rows.
 */
import { fromJS, type Map as ImmutableMap } from 'immutable'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { model } from '../checker/index.ts'
import { endingsOf } from '../checker/verdict/endings.ts'
import { readTable } from '../invariants/tables/tsv.ts'
import { type As, addressSpace, bootAddressSpace } from '../spec/address-space.ts'
import { type Kernel, kernel } from '../spec/kernels.ts'
import type { Layout } from '../spec/mbind/layout.ts'
import { migratePagesCall } from '../spec/migrate-pages.ts'
import { drawn } from './support/mbind-layouts.ts'

const TABLE = readTable('ltp-migrate-pages.tsv', ['test', 'vmas', 'pages', 'capable', 'moves', 'nodes'])
const KERNELS = ['v3.19', 'v5.0', 'v5.3', 'v6.3', 'v6.6', 'patch:mbind-counts-failures', 'v6.7', 'v7.3']

interface Ending {
  readonly ret: string
  readonly nodes: readonly (number | null)[]
}

/** One call from a node to another one, with or without CAP_SYS_NICE. */
async function migrated({ settings }: Kernel, layout: Layout, move: string, capSysNice: boolean): Promise<Ending[]> {
  const [from, to] = move.trim().split('>').map(Number)
  const machine = { nodes: 2, cpus: 1, free: layout.folios.map(() => to) }
  const space = addressSpace({ machine, cases: [{ layout, calls: [] }], readers: 1 }, settings)
  const spec = model(
    'migrate-pages',
    {
      state: space.state,
      processes: { call: migratePagesCall(space, { cpu: 0, settings, from, to, capSysNice }) },
    },
    { init: (s: As) => bootAddressSpace(s, space, layout) },
  )
  const { values } = await endingsOf(spec, (s) => {
    const nodes = layout.pages.map((_, page) => {
      const pte = s.pte[page]
      return pte.kind === 'present' ? s.folio[pte.folio].node : null
    })
    return fromJS({ ret: s.call.ret, nodes })
  })
  return values.map((value) => (value as ImmutableMap<string, unknown>).toJS() as unknown as Ending)
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
        const endings = await migrated(kernel(name), layout, move, line.capable === 'yes')
        const about = `${line.test}: ${move}`
        assert.is(endings.length, 1, about)
        const [{ ret, nodes }] = endings
        assert.ok(ret === '0' || ret === 'a count', `${about} is ${ret}`)
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
  assert.equal(await migrated(kernel('v7.3'), shared, '0>1', true), [{ ret: '0', nodes: [1] }])
  assert.equal(await migrated(kernel('v7.3'), shared, '0>1', false), [{ ret: '0', nodes: [0] }])
})

test.run()
