/** Which claims are made of the scenario pin-vs-cma, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, pinVsCma } from '../../../spec/scenarios/pin-vs-cma.ts'
import { inOnePlace, sourceHasNoOwner } from '../../folio-owners.ts'
import {
  destinationMayBePinned,
  isolatedOnOneList,
  pinCanSucceed,
  pinIsMapped,
  pinOutsideMovable,
  refcountConserved,
} from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { leaksPins } from './pin-vs-isolation.ts'
import { peculiarities, spare, spareOf } from './spare.ts'

/** The kernels that the matrix shows: each answer to what may be pinned, and the list decision of v6.14. */
export const rows = ['v5.8', 'v5.12', 'v5.13', 'v5.19', 'v6.2', 'v6.14', 'v6.16', 'v6.17']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return pinVsCma(
    on,
    values,
    (mm) => [
      pinOutsideMovable(mm),
      destinationMayBePinned(),
      pinIsMapped(mm),
      isolatedOnOneList(mm, ['pinner', 'cma']),
      refcountConserved(mm),
      sourceHasNoOwner(['pinner', 'cma'], ['pinner']),
      inOnePlace(mm),
      pinCanSucceed(),
    ],
    waivers(on),
  )
}

/** What is expected of each claim on a kernel. A pageblock that is being allocated is not of type CMA. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const on = kernel(kernelName)
  const { settings } = on
  return {
    'pin-outside-movable': leaksPins(on) || settings.unpinnable !== 'cma+movable+isolate' ? 'violated' : 'holds',
    'destination-may-be-pinned': settings['pin-destination'] === 'anywhere' ? 'violated' : 'holds',
    'pinned-folio-is-mapped': 'holds',
    'isolated-on-one-list': settings['isolation-test'] === 'inverted' ? 'violated' : 'holds',
    'refcount-conserved': 'holds',
    'source-has-no-owner': 'holds',
    'in-one-place': 'holds',
    'pin-can-succeed': 'reached',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(on: Kernel): Record<string, string> {
  return {
    ...(!rows.includes(on.name) && peculiarities(on.settings)),
    ...spare,
    ...spareOf('cma'),
  }
}

export const pinVsCmaScenario = scenario({
  name: 'pin-vs-cma',
  area: 'pinning',
  about: 'a long-term pin of a page in a CMA area while that area is being allocated',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
