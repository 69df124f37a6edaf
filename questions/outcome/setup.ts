/** From a question to the address space and the call that the model runs. */
import type { Call } from '../../spec/mbind/call.ts'
import type { FolioText, Layout, Machine, PageText, VmaKind } from '../../spec/mbind/layout.ts'
import { type AskedPage, isZeroPage, type Kind, MOST, type Situation } from './read.ts'

export interface Setup {
  readonly machine: Machine
  readonly layout: Layout
  readonly call: Call
}

/**
 * VMAs whose pages are off the LRU (the rings of a packet socket) or never migrated (secret memory) are ordinary ones to
 * mbind: it is their folios that differ.
 */
const KIND: Readonly<Record<Kind, VmaKind>> = {
  anon: 'anon',
  shmem: 'shmem',
  unmigratable: 'unmigratable',
  'isolation-fails': 'anon',
  'migration-fails': 'anon',
}

/** The address space of a question. Every page that is there has a small folio of its own. */
export function setUp({ vmas, pages, call, local }: Situation): Setup {
  const folios: FolioText[] = []
  const entries = Array.from({ length: Math.max(pages.length, call.off + call.n, 1) }, (_, page): PageText => {
    const vma = vmas.find(({ off, n }) => off <= page && page < off + n)
    if (vma === undefined) return 'none'
    const { state, node } = pages[page]
    if (isZeroPage(state, vma.kind)) return 'special'
    if (node === null || state === 'absent') return 'none'
    folios.push(folioOf({ state, node }, vma.kind))
    return { maps: folios.length - 1 }
  })
  const nodes = Array.from({ length: MOST.nodes }, (_, node) => node)
  return {
    machine: {
      nodes: MOST.nodes,
      cpus: 1,
      local,
      // No call runs out of memory: each node has room for every folio.
      free: nodes.flatMap((node) => Array<number>(Math.max(1, folios.length)).fill(node)),
    },
    layout: {
      vmas: [...vmas]
        .sort((a, b) => a.off - b.off)
        .map(({ off, n, kind, policy }) => ({ off, n, kind: KIND[kind], policy })),
      pages: entries,
      folios,
    },
    call,
  }
}

/** Pins and other references that nobody drops in time do the same to a migration. An mlocked page is like any other. */
function folioOf({ state, node }: AskedPage, kind: Kind): FolioText {
  return {
    node: node!,
    lru: kind === 'isolation-fails' ? 'off' : 'on',
    held: kind === 'migration-fails' || state === 'pinned' || state === 'referenced',
    elsewhere: state === 'shared' ? 1 : 0,
  }
}
