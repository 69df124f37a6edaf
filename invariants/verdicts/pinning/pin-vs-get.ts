/** Which claims are made of the scenario pin-vs-get, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, pinVsGet } from '../../../spec/scenarios/pin-vs-get.ts'
import { sourceFreedAtOnce, sourceHasNoOwner } from '../../folio-owners.ts'
import { momentsDoNotMatter, pinCanSucceed, refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { returnsErrors } from './pin-vs-isolation.ts'
import { neverDrains, neverFails, peculiarities, spare } from './spare.ts'

/** The kernels that the matrix shows: both forms of migration, the newest, and the proposal. */
export const rows = ['v5.13', 'v6.2', 'v6.17', 'patch:wait-for-refcount']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return pinVsGet(
    on,
    values,
    (mm) => [momentsDoNotMatter(), refcountConserved(mm), sourceHasNoOwner(), sourceFreedAtOnce(), pinCanSucceed()],
    waivers(on),
  )
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const fails = returnsErrors(settings) && settings['pin-waits-for-refs'] === 'no'
  return {
    'moments-do-not-matter': fails ? 'violated' : 'holds',
    'refcount-conserved': 'holds',
    'source-has-no-owner': 'holds',
    'source-freed-at-once': 'holds',
    'pin-can-succeed': 'reached',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(on: Kernel): Record<string, string> {
  const { settings } = on
  return {
    ...(!rows.includes(on.name) && peculiarities(on.settings)),
    ...spare,
    ...(settings['drain-when'] === 'lru-clear' && neverDrains('the folio is on the LRU throughout')),
    ...(settings['pin-waits-for-refs'] === 'yes' && {
      ...neverFails('this kernel waits'),
      'pinner.pass is never': 'one wait is enough',
      "action 'pinner: wait for references, mapped'": 'nobody else pins here',
    }),
  }
}

export const pinVsGetScenario = scenario({
  name: 'pin-vs-get',
  area: 'pinning',
  about: 'a long-term pin of a page to which others take references of a moment',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
