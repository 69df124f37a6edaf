/** Which claims are made of the scenario pin-vs-offline, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { type Kernel, kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, pinVsOffline, sizesFor } from '../../../spec/scenarios/pin-vs-offline.ts'
import { sourceHasNoOwner } from '../../folio-owners.ts'
import { offliningCompletes, pinReturns } from '../../offlining.ts'
import { refcountConserved } from '../../pinning.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { leaksPins } from './pin-vs-isolation.ts'
import { peculiarities } from './spare.ts'

/** The kernels that the matrix shows: one for each answer that the check on pinned pages ever gave to a failure. */
export const rows = ['v5.12', 'patch:longterm-movable-v3', 'v5.13', 'v6.1', 'v6.2', 'v6.11', 'v6.14', 'v6.16', 'v6.17']

/** The model on a kernel, with switches and constants set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  return pinVsOffline(
    on,
    values,
    (mm) => [refcountConserved(mm), sourceHasNoOwner(['pinner', 'offline']), offliningCompletes(), pinReturns()],
    waivers(on, values),
  )
}

/**
 * What is expected of each claim on a kernel. Where a pin leaks into ZONE_MOVABLE, offlining never completes; where it
 * does not, the call repeats for ever on a page that cannot be isolated: the two ends of the same decision.
 */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const on = kernel(kernelName)
  const leaks = leaksPins(on)
  return {
    'refcount-conserved': 'holds',
    'source-has-no-owner': 'holds',
    // A call that finds no memory again and again, and unpins, is a short pin taken again and again.
    'offlining-completes': leaks || on.settings['helper-array'] !== 'none' ? 'violated' : 'holds',
    'pin-returns': leaks ? 'holds' : 'violated',
  }
}

/** What the kernel at hand cannot do, with the reason; everything else that never happens fails the run. */
function waivers(on: Kernel, values: typeof constants): Record<string, string> {
  const { settings } = on
  const neverFails = 'this kernel keeps the pins when migration fails, and returns no error'
  const crashes = 'this kernel crashes on the way to returning the error'
  const onlyCma = 'this kernel looks for CMA only, and no folio of the scenario lies in a CMA area'
  const onePage = 'there is only one page'
  return {
    ...(!rows.includes(on.name) && peculiarities(on.settings)),
    'folio[*].refs is never': 'the counter has room to spare, so that a reference too many is counted and not lost',
    ...(settings['destination-drain'] === 'mapped' && {
      "action 'other work flushes the batch' is never": 'migration flushes the batch itself, or no batch is in use',
    }),
    'pinner.pinned[*] is never': 'there are more free folios than any run needs',
    'pinner.src is never': 'only folios of ZONE_MOVABLE are isolated',
    'pinner.dst is never': 'destinations of a long-term pin come from ZONE_NORMAL',
    'offline.src is never': 'only folios of ZONE_MOVABLE are moved away',
    'offline.dst is never': 'destinations lie outside the range, and the first free one serves',
    'offline.pfn is never': 'only folios of ZONE_MOVABLE are walked over',
    ...(settings['error-path-null-entries'] === 'dereferenced' && {
      "action 'pinner: return -ENOMEM'": crashes,
      "action 'pinner: call again'": crashes,
      'pinner.result is never -ENOMEM': crashes,
    }),
    ...(settings['offline-disables-lru-cache'] === 'no' && {
      'lru_disable_count never changes': 'this kernel only drains the batches',
    }),
    ...(settings['migrate-list'] === 'batched' && {
      'offline.phase is never undo':
        'a pin is seen before the folio is unmapped, and nothing can be pinned while it is',
    }),
    ...(settings['on-migration-failure'] === 'keep-pins' && { 'pinner.result is never -ENOMEM': neverFails }),
    ...(sizesFor(values).pages === 1 && {
      'offline.pfn never changes': onePage,
      'pinner.objection never changes': onePage,
    }),
    ...(settings.unpinnable === 'cma' && { "action 'pinner: ": onlyCma, 'pinner.': onlyCma }),
  }
}

export const pinVsOfflineScenario = scenario({
  name: 'pin-vs-offline',
  area: 'pinning',
  about: 'a long-term pin that may be held for ever while the memory below it is being offlined',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
