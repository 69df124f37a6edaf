/** Which locks mbind(2) holds in which of its phases, against the table of expectations, on each kernel that it names. */
import { Set as ImmutableSet, List } from 'immutable'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { search } from '../checker/engine/search.ts'
import type { Model } from '../checker/index.ts'
import { groupStates } from '../checker/report/projection.ts'
import { readTable } from '../invariants/tables/tsv.ts'
import { type Kernel, kernel, withSettings } from '../spec/kernels.ts'
import { type CallScene, mbindCalls } from '../spec/scenarios/mbind-calls.ts'
import { drawn } from './support/mbind-layouts.ts'

const KERNELS = [
  'v3.19',
  'v5.13',
  'v6.4',
  'patch:mbind-locks-first',
  'v6.5',
  'patch:mbind-locks-skipped-vmas',
  'v6.6',
  'patch:mbind-counts-failures',
  'v7.3',
] as const
const TABLE = readTable('mbind-locks.tsv', ['phase', 'pages', 'at', ...KERNELS])

/** What is held: mmap_lock for writing, the VMAs that are write-locked, and whether batches are kept off. */
function held(s: CallScene): string {
  const locked = s.vma
    .filter(({ start, end, writeLocked }) => end > start && writeLocked)
    .map(({ start }) => 'AB'[start])
  const all = [s.mmap_lock.writer ? 'mmap' : '', locked.join(''), s.lru_disable_count > 0 ? 'off' : '']
  return all.filter((word) => word !== '').join(' ') || '-'
}

/** Where the task stands, with the VMA in hand where that matters, and what it holds there: everything that occurs. */
async function holdings(on: Kernel): Promise<ImmutableSet<List<string>>> {
  const pages = [...new Set(TABLE.map((line) => line.pages))]
  const call = { off: 0, n: 2, mode: 'BIND', nodes: [1], flags: 'MOVE|STRICT' } as const
  const situations = Object.fromEntries(pages.map((text) => [text, { layout: drawn('AB', text), call }]))
  const spec = mbindCalls(on, { machine: { nodes: 2, cpus: 1, free: [1, 1] }, situations })
  const locks = (s: CallScene) => {
    const { pc, vma } = s.mbind
    const inHand = /^(queue_pages|vma_replace_policy)$/.test(pc) && vma !== null ? ` ${'AB'[s.vma[vma].start]}` : ''
    return List([s.situation, pc + inHand, held(s)])
  }
  const found = await search({ ...(spec as unknown as Model), projections: { locks: locks as never } })
  assert.ok(found.outcome.complete, found.outcome.fault?.error.message)
  return ImmutableSet(groupStates(found, 'locks', 1000).values as List<string>[])
}

const heldAt = (all: ImmutableSet<List<string>>, pages: string, at: string): string =>
  all
    .filter(([situation, where]) => situation === pages && where === at)
    .map(([, , what]) => what)
    .sort()
    .join(' or ') || 'never'

for (const name of KERNELS) {
  test(`${name} holds what the table says`, async () => {
    const all = await holdings(kernel(name))
    for (const line of TABLE)
      assert.is(heldAt(all, line.pages, line.at), line[name], `${line.phase} (${line.pages}, ${line.at})`)
  })
}

/** Switches about locks: setting one as another kernel has it makes the table of that other kernel fit, or differ. */
const MUTATIONS: readonly [(typeof KERNELS)[number], string, string][] = [
  ['v5.13', 'mbind-lru-batches', 'drained'],
  ['v6.5', 'mbind-vma-lock', 'never'],
  ['v6.5', 'mbind-vma-lock', 'before-walk'],
  ['v6.5', 'mbind-vma-lock', 'in-walk-or-apply'],
  ['v6.6', 'mbind-isolation-failure', 'stops-walk'],
  ['v7.3', 'mbind-migrates-under', 'mmap-lock'],
  ['v7.3', 'mbind-vma-lock', 'never'],
]

for (const [name, set, value] of MUTATIONS) {
  test(`setting ${set}=${value} on ${name} is noticed`, async () => {
    const all = await holdings(withSettings(kernel(name), { [set]: value }))
    assert.ok(TABLE.some((line) => heldAt(all, line.pages, line.at) !== line[name]))
  })
}

test.run()
