/** Which claims are made of the scenario drain-vs-device-fault, and what is expected of each on every kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { kernel } from '../../../spec/kernels.ts'
import { boundsFor, constants, drainVsDeviceFault } from '../../../spec/scenarios/drain-vs-device-fault.ts'
import { drainEnds } from '../../offlining.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'

/** A kernel before the retry loop, one with it, and the one that sleeps again. */
export const rows = ['v6.14', 'v6.15', 'v6.19', 'v7.0']

/** The model on a kernel, with switches set otherwise where `settings` says so. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return drainVsDeviceFault(on, [drainEnds()], {})
}

/** What is expected of each claim on a kernel. */
export function expected(kernelName: string): Readonly<Record<string, Expectation>> {
  const { settings } = kernel(kernelName)
  return {
    'drain-ends': settings['device-private-locked'] === 'repeat' ? 'violated' : 'holds',
  }
}

export const drainVsDeviceFaultScenario = scenario({
  name: 'drain-vs-device-fault',
  area: 'pinning',
  about: 'lru_add_drain_all waits for a CPU on which a fault waits for the caller',
  rows,
  constants,
  bounds: boundsFor,
  expected,
  module: import.meta.url,
  build,
})
