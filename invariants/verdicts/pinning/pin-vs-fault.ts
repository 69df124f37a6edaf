/** Which claims are made of the scenario pin-vs-fault, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, pinVsFault } from '../../../spec/scenarios/pin-vs-fault.ts'
import { sourceHasNoOwner } from '../../folio-owners.ts'
import { firstTouchMayStay, pinCanSucceed, pinOutsideMovable, refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { looksForMovable } from './pin-vs-isolation.ts'
import { neverFails, neverMigrates, peculiarities, spare } from './spare.ts'

/** No rule at all, CMA only, and ZONE_MOVABLE too. */
export const rows = ['v5.0', 'v5.12', 'v5.13', 'v6.17']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return pinVsFault(
    on,
    values,
    (mm) => [firstTouchMayStay(mm), pinOutsideMovable(mm), refcountConserved(mm), sourceHasNoOwner(), pinCanSucceed()],
    waivers(on),
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'first-touch-may-stay': settings['pin-faults-avoid'] === 'cma+movable' ? 'holds' : 'violated',
    // Nobody isolates here but the pin itself, and nothing makes a migration fail.
    'pin-outside-movable': looksForMovable(settings) ? 'holds' : 'violated',
    'refcount-conserved': 'holds',
    'source-has-no-owner': 'holds',
    'pin-can-succeed': 'reached',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(on: Kernel): Record<string, string> {
  const { settings } = on
  const looks = settings.unpinnable === 'cma+movable' || settings.unpinnable === 'cma+movable+isolate'
  return {
    ...(!rows.includes(on.name) && peculiarities(on.settings)),
    ...spare,
    ...(looks
      ? neverFails('nothing else holds a reference')
      : {
          ...neverMigrates('this kernel does not look for ZONE_MOVABLE'),
          "the premise of 'source-has-no-owner'": 'so nothing is migrated',
        }),
  }
}

export const pinVsFaultScenario = scenario({
  name: 'pin-vs-fault',
  area: 'pinning',
  about: 'a long-term pin of a page that nobody has touched, or that another thread touches first',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
