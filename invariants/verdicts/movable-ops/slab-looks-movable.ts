/** Which claims are made of the scenario slab-looks-movable, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, type Scene, slabLooksMovable } from '../../../spec/scenarios/slab-looks-movable.ts'
import { driverIsCalled, isolatedOnce, onlyDriversAreCalled, pageRefsConserved } from '../../movable-ops.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { beforeMovableOps, roomToSpare } from './waivers.ts'

/** The kernels that the matrix shows: the tag overlays slab fields, slab is tested for, and the tag is a page type. */
export const rows = ['v4.8', 'v6.0', 'v6.2', 'v6.17']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return slabLooksMovable(
    on,
    (mm) => [onlyDriversAreCalled<Scene>(), isolatedOnce(mm), pageRefsConserved(mm), driverIsCalled<Scene>()],
    waivers(onlyDrivers(kernelName)),
  )
}

const onlyDrivers = (kernelName: string) => expected(kernelName)['only-drivers-are-called'] === 'holds'

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const inMapping = ['mapping-flag', 'mapping-tag', 'movable-operations'].includes(settings['movable-tag'])
  const blind = settings['isolate-tests-slab'] === 'no' || settings['isolate-tests-slab'] === 'before-tag'
  return {
    'only-drivers-are-called': inMapping && blind ? 'violated' : 'holds',
    'isolated-once': 'holds',
    'page-refs-conserved': 'holds',
    'driver-is-called': 'reached',
  }
}

/** What cannot happen, with the reason; everything else that never happens fails the run. */
const waivers = (holds: boolean): Record<string, string> => ({
  ...roomToSpare,
  ...(holds && { 'called is never garbage': 'that is the claim' }),
})

export const slabLooksMovableScenario = scenario({
  name: 'slab-looks-movable',
  area: 'movable-ops',
  about: 'a PFN walker takes a slab page for a movable page',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  silentOn: beforeMovableOps,
  module: import.meta.url,
  build,
})
