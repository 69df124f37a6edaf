/** Which kernels implement the contract of mbind(2), spec/contracts/mbind.ts, in the situations of mbind-one-call. */
import type { Model } from '../../../checker/language/index.ts'
import { mbindCalls } from '../../../spec/scenarios/mbind-calls.ts'
import { constants, MACHINE, situationsFor } from '../../../spec/scenarios/mbind-one-call.ts'
import { keepsTheContract } from '../../mbind-contract.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { rows, waivers } from './mbind-one-call.ts'

export { rows }

/** The model on a kernel: each situation is an initial state. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  const situations = situationsFor(values)
  return mbindCalls(
    on,
    { name: 'mbind-contract', machine: MACHINE, situations },
    (space) => [keepsTheContract(space, on.settings, situations)],
    waivers(on.settings, values),
  )
}

export const expected = truthTable('mbind-contract.tsv')

export const mbindContractScenario = scenario({
  name: 'mbind-contract',
  area: 'mbind',
  about: 'what the user sees of one call of mbind, against the contract',
  rows,
  constants,
  bounds: (values) => `the situations of mbind-one-call: ${Object.keys(situationsFor(values)).length}`,
  expected,
  module: import.meta.url,
  build,
})
