/** Which claims are made of the scenario balloon-deflate, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { balloonDeflate, boundsFor, constants, type Scene } from '../../../spec/scenarios/balloon-deflate.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { balloonPageMoves, finalPutFreesNothing } from '../../balloon.ts'
import { driverPageOffLru, isolatedOnce, pageRefsConserved, releasedPageIsFreed } from '../../movable-ops.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { roomToSpare } from './waivers.ts'

/** The kernels that the matrix shows: one for each way of deflating, of tagging, and of putting the destination. */
export const rows = ['v3.12', 'v3.18', 'v4.8', 'patch:clear-movable-tag', 'v5.0', 'v6.17']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return balloonDeflate(
    on,
    (mm) => [
      isolatedOnce(mm),
      driverPageOffLru(mm),
      releasedPageIsFreed<Scene>(mm, busyWith),
      pageRefsConserved(mm),
      finalPutFreesNothing<Scene>(),
      balloonPageMoves(),
    ],
    waivers(on.settings),
  )
}

const busyWith = ({ compaction, balloon }: Scene, p: number) =>
  compaction.src === p || compaction.dst === p || balloon.page === p

/**
 * What is expected of each claim on a kernel. Deflating races with isolation where the page is picked without a second look.
 * The destination is taken for an LRU page where the question is put to the destination itself, after it was unlocked, and
 * releasing it takes away the answer.
 */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const asksDestination = settings['destination-kind-from'] === 'destination'
  const forgets = settings['released-page-keeps-tag'] === 'no'
  const unlockedPick = settings['balloon-dequeue'] === 'unlocked-pick'
  return {
    'isolated-once': unlockedPick ? 'violated' : 'holds',
    'driver-page-off-lru': asksDestination && forgets ? 'violated' : 'holds',
    'released-page-freed': asksDestination && forgets ? 'violated' : 'holds',
    'page-refs-conserved': 'holds',
    // Deflated right after it was unlocked, the destination is freed by that put, as it should be.
    'final-put-frees-nothing': asksDestination && forgets ? 'holds' : 'violated',
    'balloon-page-moves': 'reached',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(settings: Settings): Record<string, string> {
  return {
    ...roomToSpare,
    "action 'compaction: not moved' is never enabled":
      'moving a page of this balloon cannot fail once there is a free one',
    ...(settings['released-page-keeps-tag'] === 'yes' && {
      'page[*].onLru never changes': 'the tag of a released page keeps it from being taken for an LRU page',
    }),
  }
}

export const balloonDeflateScenario = scenario({
  name: 'balloon-deflate',
  area: 'movable-ops',
  about: 'a balloon deflates a page that compaction isolates or has just moved to',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
