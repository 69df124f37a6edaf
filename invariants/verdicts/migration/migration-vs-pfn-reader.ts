/** Which claims are made of the scenario migration-vs-pfn-reader, and what is expected of each on every kernel. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import type { Mm } from '../../../spec/memory.ts'
import { boundsFor, constants, migrationVsPfnReader } from '../../../spec/scenarios/migration-vs-pfn-reader.ts'
import { walkerSeesMapping } from '../../migration.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { MEMORY_WAIVERS } from './waivers.ts'

/** The places in which the anon_vma was kept. */
export const rows = ['v6.2', 'v6.3', 'v6.7', 'v6.8', 'v7.3']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return migrationVsPfnReader(
    on,
    values,
    (mm) => [walkerSeesMapping(), refcountConserved(mm)] as readonly Claim<Mm>[],
    waivers(on),
  )
}

function waivers({ settings }: Kernel): Record<string, string> {
  const elsewhere = 'this kernel keeps the anon_vma elsewhere'
  return {
    ...MEMORY_WAIVERS,
    ...(settings['anon-vma-kept-in'] !== 'mapping' && {
      'folio[*].mapping is never anon_vma': elsewhere,
      'reader.saw is never anon_vma': elsewhere,
    }),
  }
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const kept = kernel(kernelName).settings['anon-vma-kept-in']
  return { 'mapping-is-a-mapping': kept === 'mapping' ? 'violated' : 'holds', 'refcount-conserved': 'holds' }
}

export const migrationVsPfnReaderScenario = scenario({
  name: 'migration-vs-pfn-reader',
  area: 'migration',
  about: 'migration of a page whose destination is looked at by a PFN walker',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
