/** Which claims are made of the scenario pin-activate-batch, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, pinActivateBatch } from '../../../spec/scenarios/pin-activate-batch.ts'
import { inOnePlace, sourceHasNoOwner } from '../../folio-owners.ts'
import {
  batchesDoNotMatter,
  idleBatchesDoNotMatter,
  ownBatchDoesNotMatter,
  pinCanSucceed,
  pinOutsideMovable,
  refcountConserved,
  succeedsAlone,
} from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { expectedOfBatches, waiversOf } from './pin-vs-batches.ts'
import { leaksPins, returnsErrors } from './pin-vs-isolation.ts'
import { neverFails } from './spare.ts'

/** The kernels that the matrix shows: each treatment of PG_lru in batches, each drain rule, and the list patch. */
export const rows = [
  'patch:longterm-movable-v3',
  'v5.13',
  'v6.2',
  'v6.11',
  'v6.13',
  'v6.14',
  'v6.16',
  'v6.17',
  'patch:exact-pin-refs',
  'patch:pin-disables-lru-cache',
]

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return pinActivateBatch(
    on,
    values,
    (mm) => [
      succeedsAlone(),
      ownBatchDoesNotMatter(mm),
      idleBatchesDoNotMatter(mm),
      batchesDoNotMatter(mm),
      pinOutsideMovable(mm),
      refcountConserved(mm),
      sourceHasNoOwner(),
      inOnePlace(mm),
      pinCanSucceed(),
    ],
    waivers(on),
  )
}

/**
 * What is expected of each claim on a kernel. Where PG_lru is clear in every batch, looking at PG_lru is enough; where it
 * is not, only batches that nobody can fill are.
 */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const on = kernel(kernelName)
  const { settings } = on
  const fails = returnsErrors(settings) && settings['lru-flag-in-batches'] === 'kept'
  // v6.1 finds PG_lru clear in its second round, and drains every CPU. Here nothing is batched behind that.
  const batches = expectedOfBatches(settings, fails && settings['isolation-test'] !== 'inverted')
  return {
    ...batches,
    'own-batch-does-not-matter': batches['pin-succeeds-alone'],
    'pin-outside-movable': leaksPins(on) ? 'violated' : 'holds',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(on: Kernel): Record<string, string> {
  const { settings } = on
  return {
    ...waiversOf(on, rows),
    ...(settings['on-migration-failure'] === 'keep-pins' && neverFails('this kernel keeps the pins instead')),
    ...(settings['lru-flag-in-batches'] === 'cleared' && neverFails('a folio in a batch is not isolated')),
  }
}

export const pinActivateBatchScenario = scenario({
  name: 'pin-activate-batch',
  area: 'pinning',
  about: 'a long-term pin of a page that waits in an activate batch, perhaps because of the pin itself',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
