/** Which claims are made of the scenario pin-vs-isolation, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, pinVsIsolation, sizesFor } from '../../../spec/scenarios/pin-vs-isolation.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import { inOnePlace, sourceHasNoOwner } from '../../folio-owners.ts'
import {
  failureHoldsNoPin,
  isolatedOnOneList,
  noOops,
  pinCanSucceed,
  pinOutsideMovable,
  refcountConserved,
  retryStartsClean,
} from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { peculiarities } from './spare.ts'

/** The kernels that the matrix shows: one for each way in which the check on pinned pages was ever written. */
export const rows = [
  'v5.12',
  'patch:longterm-movable-v3',
  'v5.13',
  'v6.1',
  'v6.2',
  'v6.11',
  'patch:unpin-on-nomem',
  'v6.12',
  'v6.14',
  'v6.16',
  'v6.17',
]

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return pinVsIsolation(
    on,
    values,
    (mm) => [
      pinOutsideMovable(mm),
      failureHoldsNoPin(mm),
      isolatedOnOneList(mm, ['pinner', 'compaction']),
      retryStartsClean(mm),
      noOops(),
      refcountConserved(mm),
      sourceHasNoOwner(['pinner', 'compaction']),
      inOnePlace(mm),
      pinCanSucceed(),
    ],
    waivers(on, values),
  )
}

/**
 * What is expected of each claim on a kernel. The leak is there where ZONE_MOVABLE is not looked for at all, and where
 * the check is content although isolation has failed.
 */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'pin-outside-movable': leaksPins(kernel(kernelName)) ? 'violated' : 'holds',
    'failure-holds-no-pin': settings['helper-array'] === 'leaks-pins' ? 'violated' : 'holds',
    'isolated-on-one-list': settings['isolation-test'] === 'inverted' ? 'violated' : 'holds',
    'retry-starts-clean': settings['isolation-test'] === 'inverted' ? 'violated' : 'holds',
    'no-oops':
      settings['isolation-test'] === 'inverted' || settings['error-path-null-entries'] === 'dereferenced'
        ? 'violated'
        : 'holds',
    'refcount-conserved': 'holds',
    'source-has-no-owner': 'holds',
    'in-one-place': 'holds',
    'pin-can-succeed': 'reached',
  }
}

/** Whether the check on pinned pages looks for ZONE_MOVABLE at all. */
export const looksForMovable = ({ unpinnable }: Settings): boolean =>
  unpinnable === 'cma+movable' || unpinnable === 'cma+movable+isolate'

/** Whether a call returns an error when migration fails: it may keep its pins instead, or crash on the way (v6.12). */
export const returnsErrors = (settings: Settings): boolean =>
  looksForMovable(settings) &&
  settings['on-migration-failure'] === 'fail' &&
  settings['error-path-null-entries'] === 'skipped'

/** Whether a kernel is known to grant long-term pins in ZONE_MOVABLE. */
export function leaksPins({ settings }: Kernel): boolean {
  return (
    !looksForMovable(settings) ||
    (settings['decide-by'] === 'list' && settings['on-isolation-failure'] === 'accept') ||
    settings['on-migration-failure'] === 'keep-pins'
  )
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(on: Kernel, values: typeof constants): Record<string, string> {
  const { settings } = on
  const always = {
    'folio[*].refs is never': 'the counter has room to spare, so that a reference too many is counted and not lost',
    'pinner.src is never': 'only folios of ZONE_MOVABLE are isolated',
    'pinner.dst is never': 'destinations of a long-term pin come from ZONE_NORMAL',
    'compaction.src is never': 'compaction stays in ZONE_MOVABLE',
    'compaction.dst is never': 'compaction stays in ZONE_MOVABLE',
  }
  const neverFails = 'this kernel keeps the pins when migration fails, and returns no error'
  const crashes = 'this kernel crashes on the way to returning the error'
  const onlyCma = 'this kernel looks for CMA only, and no folio of the scenario lies in a CMA area'
  const refusedWhilePinned = 'a pin is seen before the folio is unmapped, and nothing can be pinned while it is'
  return {
    ...(!rows.includes(on.name) && peculiarities(on.settings)),
    ...always,
    ...(settings['on-migration-failure'] === 'keep-pins' && {
      'pinner.result is never -ENOMEM': neverFails,
      "the premise of 'failure-holds-no-pin' is never true": neverFails,
    }),
    ...(settings['error-path-null-entries'] === 'dereferenced' && {
      "action 'pinner: return -ENOMEM'": crashes,
      "action 'pinner: call again'": crashes,
      'pinner.result is never -ENOMEM': crashes,
      "the premise of 'failure-holds-no-pin' is never true": crashes,
    }),
    ...(settings['migrate-list'] === 'batched' && {
      'pinner.phase is never undo': refusedWhilePinned,
      'compaction.phase is never undo': refusedWhilePinned,
    }),
    ...(sizesFor(values).pages === 1 && {
      'pinner.objection never changes': 'with one page the check ends in the step in which an isolation fails',
    }),
    ...(settings.unpinnable === 'cma' && {
      "action 'pinner: ": onlyCma,
      'pinner.': onlyCma,
      'pinner.pinned[*] is never': onlyCma,
    }),
  }
}

export const pinVsIsolationScenario = scenario({
  name: 'pin-vs-isolation',
  area: 'pinning',
  about: 'a long-term pin of pages in ZONE_MOVABLE while compaction isolates and moves them',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
