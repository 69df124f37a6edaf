/** Which claims are made of the scenario pins-in-opposite-order, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, pinsInOppositeOrder } from '../../../spec/scenarios/pins-in-opposite-order.ts'
import { sourceHasNoOwner } from '../../folio-owners.ts'
import { noMutualWait, pinOutsideMovable, refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { leaksPins } from './pin-vs-isolation.ts'
import { peculiarities, spare, spareOf } from './spare.ts'

/** The kernels that the matrix shows: both forms of migration, which do not wait for references, and the proposal. */
export const rows = ['v6.2', 'v6.17', 'patch:wait-for-refcount']

const tasks = ['pinner', 'rival']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return pinsInOppositeOrder(
    on,
    values,
    (mm) => [noMutualWait(tasks), pinOutsideMovable(mm, tasks), refcountConserved(mm), sourceHasNoOwner(tasks)],
    waivers(on),
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const on = kernel(kernelName)
  const waits = on.settings['pin-waits-for-refs'] === 'yes'
  return {
    'no-mutual-wait': waits ? 'violated' : 'holds',
    'pin-outside-movable': leaksPins(on) ? 'violated' : 'holds',
    'refcount-conserved': 'holds',
    'source-has-no-owner': 'holds',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(on: Kernel): Record<string, string> {
  const seen = 'the pins of the other are seen before the folio is unmapped'
  return {
    ...(!rows.includes(on.name) && { ...peculiarities(on.settings), ...peculiarities(on.settings, 'rival') }),
    ...spare,
    ...spareOf('rival'),
    "action 'pinner: wait for references' is": seen,
    "action 'rival: wait for references' is": seen,
  }
}

export const pinsInOppositeOrderScenario = scenario({
  name: 'pins-in-opposite-order',
  area: 'pinning',
  about: 'two tasks pin the same two pages, which they have mapped in opposite orders',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
