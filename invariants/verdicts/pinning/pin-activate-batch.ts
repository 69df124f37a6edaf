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
import { leaksPins, returnsErrors } from './pin-vs-isolation.ts'
import { neverDrains, neverFails, peculiarities, spare } from './spare.ts'

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
  // v6.1 takes the isolation for a failure. In the next round it finds PG_lru clear, and drains every CPU.
  const looksAtFlag = settings['drain-when'] === 'lru-clear' && settings['isolation-test'] === 'right'
  const inverted = settings['isolation-test'] === 'inverted'
  return {
    'own-batch-does-not-matter': fails && looksAtFlag ? 'violated' : 'holds',
    'pin-succeeds-alone': fails && looksAtFlag ? 'violated' : 'holds',
    'idle-batches-do-not-matter': fails && looksAtFlag ? 'violated' : 'holds',
    'batches-do-not-matter': fails && !inverted && settings['drain-when'] !== 'disabled' ? 'violated' : 'holds',
    'pin-outside-movable': leaksPins(on) ? 'violated' : 'holds',
    'refcount-conserved': 'holds',
    'source-has-no-owner': 'holds',
    'in-one-place': 'holds',
    'pin-can-succeed': 'reached',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(on: Kernel): Record<string, string> {
  const { settings } = on
  return {
    ...(!rows.includes(on.name) && peculiarities(on.settings)),
    ...spare,
    ...(settings['drain-when'] === 'lru-clear' && neverDrains('the folio keeps PG_lru while it waits')),
    ...(settings['on-migration-failure'] === 'keep-pins' && neverFails('this kernel keeps the pins instead')),
    ...(settings['lru-flag-in-batches'] === 'cleared' && neverFails('a folio in a batch is not isolated')),
    ...(settings['drain-when'] === 'disabled' && neverFails('nothing else holds a reference')),
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
