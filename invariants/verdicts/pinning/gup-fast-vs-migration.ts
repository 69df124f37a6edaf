/** Which claims are made of the scenario gup-fast-vs-migration, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, gupFastVsMigration } from '../../../spec/scenarios/gup-fast-vs-migration.ts'
import { sourceHasNoOwner } from '../../folio-owners.ts'
import { isolatedOnOneList, pinCanSucceed, pinIsMapped, refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { spare } from './spare.ts'

/** Both sides of PG_anon_exclusive, both forms of migration, and gup-fast without its second look. */
export const rows = ['v5.18', 'v5.19', 'v6.17', 'patch:gup-fast-no-recheck']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return gupFastVsMigration(
    on,
    values,
    (mm) => [
      pinIsMapped(mm),
      isolatedOnOneList(mm, ['compaction']),
      refcountConserved(mm),
      sourceHasNoOwner(['compaction'], ['pinner']),
      pinCanSucceed(),
    ],
    waivers(on),
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'pinned-folio-is-mapped': settings['gup-fast-rechecks-pte'] === 'yes' ? 'holds' : 'violated',
    'isolated-on-one-list': 'holds',
    'refcount-conserved': 'holds',
    'source-has-no-owner': settings['gup-fast-rechecks-pte'] === 'yes' ? 'holds' : 'violated',
    'pin-can-succeed': 'reached',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(_: Kernel): Record<string, string> {
  return { ...spare }
}

export const gupFastVsMigrationScenario = scenario({
  name: 'gup-fast-vs-migration',
  area: 'pinning',
  about: 'direct I/O pins a page by gup-fast while compaction migrates it',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
