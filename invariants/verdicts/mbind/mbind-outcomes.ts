/** The outcome table: one call on one page in every state and with every combination of flags, on each kernel. */
import type { Model } from '../../../checker/language/index.ts'
import { FLAGS } from '../../../spec/mbind/call.ts'
import { mbindCalls } from '../../../spec/scenarios/mbind-calls.ts'
import { cells, KIND_NAMES, MACHINE } from '../../../spec/scenarios/mbind-situations.ts'
import { asStated } from '../../mbind-outcomes.ts'
import { type Expectation, type RawSettings, scenario, settle } from '../../scenario.ts'
import { eraOf, PARTS } from '../../tables/mbind-variants.ts'
import { outcomeTable } from './outcome-table.ts'

/** The last release of each era in which a call on one page had the same outcomes, and the unmerged patches. */
export const rows = [
  'v3.19',
  'v5.0',
  'v5.2',
  'v5.3',
  'v5.4',
  'v5.6',
  'v6.3',
  'patch:mbind-locks-first',
  'v6.5',
  'patch:mbind-locks-skipped-vmas',
  'v6.6',
  'patch:mbind-counts-failures',
  'v7.3',
]

const constants = {}

/** The model on a kernel: every cell of the table is an initial state. */
export function build(kernelName: string, settings: RawSettings): Model {
  const { on } = settle(kernelName, settings, constants)
  return mbindCalls(on, { machine: MACHINE, situations: cells() }, () => asStated(kernelName), waivers(kernelName))
}

/** The table is what is expected, so every claim that compares with it holds on every kernel. */
export const expected = (): Readonly<Record<string, Expectation>> =>
  Object.fromEntries(PARTS.map((part) => [`${part}-as-stated`, 'holds']))

/** One call on one folio does little: what it does is in the table, and the claims compare every cell of that. */
const WAIVED: Readonly<Record<string, string>> = {
  "action 'mbind: split_vma'": 'the range is a whole VMA',
  "action 'mbind: vma_start_write (mbind_range)'": 'the walk has locked the only VMA',
  'vma[*].end is never 0': 'no VMA comes or goes',
  'vma[*].start never changes': 'the range is a whole VMA',
  'mbind.vma is never': 'there is one VMA',
  'folio[*].refs is never': 'the counter has room to spare, so that a reference too many is counted and not lost',
  'vma[*].vm_policy is never': 'there are more policy objects than one call needs',
  'mbind.new is never': 'there are more policy objects than one call needs',
  'mbind.next never changes': 'there is one folio to migrate',
  'mbind.src is never': 'there is one folio to migrate',
  'mbind.dst is never': 'there is one folio to migrate, and the first one free on the other node serves',
  'mbind.tried{': 'there is one folio to migrate',
  'mbind.queued{': 'there is one folio to migrate',
  'mbind.large is never': 'there is one folio to migrate',
  'mbind.nr_failed is never': 'one folio fails at most once on this kernel',
  'mbind.walk is never': 'the table says how far walks go on this kernel',
  'mbind.ret is never': 'arguments are in order, nothing is a hole, and memory is enough',
  'mbind.noted never changes': 'this kernel notes nothing',
  'vma[*].writeLocked never changes': 'this kernel locks no VMA in mbind',
  'lru_disable_count never changes': 'this kernel only drains the batches',
}

const waivers = (kernelName: string): Readonly<Record<string, string>> =>
  eraOf(kernelName) === null
    ? { ...WAIVED, 'the premise of ': 'nobody has said what this patch does to single calls' }
    : WAIVED

export const mbindOutcomesScenario = scenario({
  name: 'mbind-outcomes',
  area: 'mbind',
  about: 'one call on one page, in every state of the page and with every combination of flags',
  rows,
  constants,
  bounds: () =>
    `${KIND_NAMES.length} states of a page, ${FLAGS.length} combinations of flags, BIND to the other of 2 nodes`,
  expected,
  module: import.meta.url,
  build,
  appendix: outcomeTable,
})
