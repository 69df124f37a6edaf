/** Which claims are made of the scenario balloon-inflate-fails, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { balloonInflateFails, boundsFor, constants, type Scene } from '../../../spec/scenarios/balloon-inflate-fails.ts'
import { balloonPageMoves, callbackHasOwner } from '../../balloon.ts'
import { isolatedOnce, pageRefsConserved, releasedPageIsFreed } from '../../movable-ops.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { roomToSpare } from './waivers.ts'

/** The kernels that the matrix shows: the core sees that the page was released, it does not, and the driver says success. */
export const rows = ['v6.0', 'v6.17', 'v6.18']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return balloonInflateFails(
    on,
    (mm) => [
      callbackHasOwner(),
      releasedPageIsFreed<Scene>(mm, ({ compaction }, p) => compaction.src === p || compaction.dst === p),
      isolatedOnce(mm),
      pageRefsConserved(mm),
      balloonPageMoves(),
    ],
    {
      ...roomToSpare,
      'balloon.page never changes': 'the balloon does not deflate here',
      'page[*].onLru never changes':
        'nor does it release a page that was just moved to, which is what gets one onto the LRU',
      ...(on.settings['balloon-inflate-fails'] === 'success' && {
        'warned never changes': 'a page that was deflated counts as moved, and is never put back',
        "action 'compaction: not moved' is never enabled": 'a page that was deflated counts as moved',
      }),
    },
  )
}

/** What is expected of each claim on a kernel: a page that was half moved is put back to a driver that does not own it. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  const coreIsBlind = settings['movable-tag'] === 'page-type'
  return {
    'callback-has-owner': coreIsBlind && settings['balloon-inflate-fails'] === 'error' ? 'violated' : 'holds',
    'released-page-freed': 'holds',
    'isolated-once': 'holds',
    'page-refs-conserved': 'holds',
    'balloon-page-moves': 'reached',
  }
}

export const balloonInflateFailsScenario = scenario({
  name: 'balloon-inflate-fails',
  area: 'movable-ops',
  about: 'the host refuses the new page of a VMware balloon when the old one is already gone',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
