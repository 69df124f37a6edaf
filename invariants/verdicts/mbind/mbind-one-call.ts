/** What a call of mbind(2) with nobody else about owes to whoever makes it, on each kernel: claims I1 to I17 and I22. */
import type { Claim, Model } from '../../../checker/language/index.ts'
import type { AddressSpace } from '../../../spec/address-space.ts'
import { type CallScene, mbindCalls, type Situation } from '../../../spec/scenarios/mbind-calls.ts'
import { constants, MACHINE, situationsFor } from '../../../spec/scenarios/mbind-one-call.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import * as claims from '../../mbind.ts'
import { type RawSettings, scenario, settle } from '../../scenario.ts'
import { truthTable } from '../../tables/truth-table.ts'
import { onlyOne } from './waivers.ts'

/** A kernel for each way in which mbind ever went about its work; which VMAs it locks makes no difference here. */
export const rows = [
  'v3.19',
  'v5.0',
  'v5.2',
  'v5.3',
  'v5.4',
  'v5.6',
  'v6.3',
  'v6.5',
  'v6.6',
  'patch:mbind-counts-failures',
  'v7.3',
]

const counted = (n: number) => `${n} situation${n === 1 ? '' : 's'}`

/** The model on a kernel: each situation is an initial state. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on, values } = settle(kernelName, settings, constants)
  const situations = situationsFor(values)
  const text = { name: 'mbind-one-call', machine: MACHINE, situations, contents: true }
  return mbindCalls(on, text, (space) => claimsOn(space, situations), waivers(on.settings, values))
}

function claimsOn(space: AddressSpace, situations: Readonly<Record<string, Situation>>): Claim<CallScene>[] {
  const calls = new claims.Calls(space, situations)
  return [
    claims.strictZeroMeansMoved(calls),
    claims.strictZeroMeansExclusiveMoved(calls),
    claims.faultChangesNothing(calls),
    claims.holeMeansFault(calls),
    claims.faultMeansHole(calls),
    claims.strictErrorChangesNothing(calls),
    claims.strictSeesMisplaced(calls),
    claims.strictSeesMisplacedHugetlb(calls),
    claims.moveInstallsPolicy(calls),
    claims.errorNeedsStrict(calls),
    claims.moveTriesEveryPage(calls),
    claims.errorHasReason(calls),
    claims.strictErrorMeansPolicyBroken(calls),
    claims.nothingStaysIsolated(calls),
    claims.unmigratableIsLeftAlone(calls),
    claims.batchesAreOnAgain(),
    claims.mmapLockIsHeld(),
    claims.memoryIsUnchanged(calls),
    claims.neverACount(),
  ]
}

/** A column for each change, see invariants/tables/. */
export const expected = truthTable('mbind-one-call.tsv')

/** What the kernel at hand cannot do, with the reason. */
export function waivers(settings: Settings, { situation }: typeof constants): Record<string, string> {
  if (situation !== 'all') return onlyOne(situation)
  const edges = 'VMAs begin and end where the situations have them'
  const spare = 'there are more policy objects than any situation needs'
  const few = 'two folios, at most, are isolated, and move to free ones'
  const neverFails = 'STRICT alone looks at no page on this kernel, and never fails'
  return {
    'vma[*].start is never': edges,
    'vma[*].end is never': edges,
    'mbind.prevEnd is never': edges,
    'vma[*].vm_policy is never': spare,
    'mbind.new is never': spare,
    'mbind.src is never': few,
    'mbind.dst is never': few,
    'mbind.large is never': few,
    'mbind.nr_failed is never': 'one page fails in a situation',
    'mbind.ret is never': 'no call of the situations runs out of memory or is killed, and counts stay inside',
    'folio[*].refs is never': 'the counter has room to spare, so that a reference too many is counted and not lost',
    ...(settings['mbind-strict-alone'] === 'nothing' && {
      "the premise of 'strict-eio-": neverFails,
    }),
  }
}

export const mbindOneCallScenario = scenario({
  name: 'mbind-one-call',
  area: 'mbind',
  about: 'one call of mbind in some hundred situations, nobody else about',
  rows,
  constants,
  bounds: (values) =>
    `${counted(Object.keys(situationsFor(values)).length)} of up to 6 pages in up to 3 VMAs, page tables of 2 pages, 2 nodes, 1 CPU`,
  expected,
  module: import.meta.url,
  build,
})
