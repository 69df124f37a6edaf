/** Which claims are made of the scenario contig-vs-copy-on-write, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, contigVsCopyOnWrite } from '../../../spec/scenarios/contig-vs-copy-on-write.ts'
import { unpinnedIsIsolated } from '../../migration-progress.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { MEMORY_WAIVERS } from './waivers.ts'

/** How compaction guesses that an anonymous folio is pinned. */
export const rows = ['v3.14', 'v3.15', 'v6.0', 'v6.1', 'v7.3']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return contigVsCopyOnWrite(on, (mm) => [unpinnedIsIsolated(), refcountConserved(mm)] as readonly Claim<Mm>[], {
    ...MEMORY_WAIVERS,
    'cache[*]': 'anonymous memory',
  })
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const hint = kernel(kernelName).settings['compaction-hint']
  return { 'unpinned-is-isolated': hint === 'mapcount-of-head' ? 'violated' : 'holds', 'refcount-conserved': 'holds' }
}

export const contigVsCopyOnWriteScenario = scenario({
  name: 'contig-vs-copy-on-write',
  area: 'migration',
  about: 'isolation of a large folio of which a store has copied the first page away',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
