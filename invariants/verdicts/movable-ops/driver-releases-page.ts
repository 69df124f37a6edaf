/** Which claims are made of the scenario driver-releases-page, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, driverReleasesPage, type Scene } from '../../../spec/scenarios/driver-releases-page.ts'
import {
  callbackFindsItsData,
  isolatedOnce,
  isolatedPageIsReleased,
  pageRefsConserved,
  releasedPageIsFreed,
} from '../../movable-ops.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { beforeMovableOps, roomToSpare } from './waivers.ts'

/** The kernels that the matrix shows: the core sees that a page was released, and the driver has to look itself. */
export const rows = ['v4.8', 'v6.0', 'v6.17']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return driverReleasesPage(
    on,
    (mm) => [
      callbackFindsItsData<Scene>(),
      releasedPageIsFreed<Scene>(mm, ({ compaction, driver }, p) =>
        [compaction.src, compaction.dst, driver.page].includes(p),
      ),
      isolatedOnce(mm),
      pageRefsConserved(mm),
      isolatedPageIsReleased<Scene>(),
    ],
    waivers,
  )
}

/** What is expected of each claim on a kernel: a driver that does as it is asked is safe in each era. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const somebodyLooks = settings['movable-tag'] !== 'page-type' || settings['driver-callbacks-look'] === 'yes'
  return {
    'callback-finds-its-data': somebodyLooks ? 'holds' : 'violated',
    'released-page-freed': 'holds',
    'isolated-once': 'holds',
    'page-refs-conserved': 'holds',
    'isolated-page-is-released': 'reached',
  }
}

/** What cannot happen, with the reason; everything else that never happens fails the run. */
const waivers = {
  ...roomToSpare,
  'usedGoneData never changes': 'that is the claim',
  "action 'compaction: not moved' is never enabled": 'this driver refuses no page once there is a destination',
}

export const driverReleasesPageScenario = scenario({
  name: 'driver-releases-page',
  area: 'movable-ops',
  about: 'a driver releases a page that compaction has isolated',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  silentOn: beforeMovableOps,
  module: import.meta.url,
  build,
})
