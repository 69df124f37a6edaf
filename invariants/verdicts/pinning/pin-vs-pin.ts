/** Which claims are made of the scenario pin-vs-pin, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, pinVsPin } from '../../../spec/scenarios/pin-vs-pin.ts'
import { inOnePlace, sourceHasNoOwner } from '../../folio-owners.ts'
import {
  bothPinsSucceed,
  isolatedOnOneList,
  onePinSucceeds,
  pinOutsideMovable,
  refcountConserved,
} from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { leaksPins, returnsErrors } from './pin-vs-isolation.ts'
import { neverFails, peculiarities, spare, spareOf } from './spare.ts'

/** The kernels that the matrix shows: each failure policy, and each idea of what could help. */
export const rows = [
  'patch:longterm-movable-v3',
  'v5.13',
  'v6.2',
  'v6.14',
  'v6.16',
  'v6.17',
  'patch:exact-pin-refs',
  'patch:pin-disables-lru-cache',
  'patch:wait-for-refcount',
]

const tasks = ['pinner', 'rival']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return pinVsPin(
    on,
    values,
    (mm) => [
      pinOutsideMovable(mm, tasks),
      bothPinsSucceed(tasks),
      onePinSucceeds(tasks),
      isolatedOnOneList(mm, tasks),
      refcountConserved(mm),
      sourceHasNoOwner(tasks),
      inOnePlace(mm),
    ],
    waivers(on),
  )
}

/**
 * What is expected of each claim on a kernel. A kernel that never fails succeeds by leaking. v6.1 may end with a corrupted
 * list instead of a success, v6.12 with a NULL dereference instead of an error.
 */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const on = kernel(kernelName)
  return {
    'pin-outside-movable': leaksPins(on) ? 'violated' : 'holds',
    'both-pins-succeed': returnsErrors(on.settings) ? 'violated' : 'holds',
    'one-pin-succeeds': on.settings['isolation-test'] === 'inverted' ? 'violated' : 'holds',
    'isolated-on-one-list': on.settings['isolation-test'] === 'inverted' ? 'violated' : 'holds',
    'refcount-conserved': 'holds',
    'source-has-no-owner': 'holds',
    'in-one-place': 'holds',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(on: Kernel): Record<string, string> {
  const { settings } = on
  return {
    ...(!rows.includes(on.name) && { ...peculiarities(on.settings), ...peculiarities(on.settings, 'rival') }),
    ...spare,
    ...spareOf('rival'),
    ...(settings['on-migration-failure'] === 'keep-pins' && neverFails('this kernel keeps the pins instead')),
    ...(settings['drain-when'] === 'disabled' && {
      "action 'other work flushes the batch'": 'nothing waits in batches after a migration with disabled batches',
    }),
    "action 'pinner: wait for references'": 'the pins of the other are seen before the folio is unmapped',
    "action 'rival: wait for references'": 'the pins of the other are seen before the folio is unmapped',
  }
}

export const pinVsPinScenario = scenario({
  name: 'pin-vs-pin',
  area: 'pinning',
  about: 'two tasks pin the same page long-term, and nobody else is at work',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
