/** What the scenarios have in common in which a folio waits in a batch while it is pinned long-term. */
import type { Kernel } from '../../../spec/kernels.ts'
import type { Settings } from '../../../spec/switches/index.ts'
import type { Expectation } from '../../scenario.ts'
import { neverDrains, neverFails, peculiarities, spare } from './spare.ts'

/**
 * What is expected of claims about batches, on a kernel where a reference of a batch can make a call fail. Looking at PG_lru
 * does not find such a folio, unless it is taken for one that cannot be isolated (v6.1), and so looked at again.
 */
export function expectedOfBatches(settings: Settings, fails: boolean): Readonly<Record<string, Expectation>> {
  const looksAtFlag = settings['drain-when'] === 'lru-clear' && settings['isolation-test'] === 'right'
  const overlooked = fails && looksAtFlag ? 'violated' : 'holds'
  return {
    'pin-succeeds-alone': overlooked,
    'idle-batches-do-not-matter': overlooked,
    'batches-do-not-matter': fails && settings['drain-when'] !== 'disabled' ? 'violated' : 'holds',
    'refcount-conserved': 'holds',
    'source-has-no-owner': 'holds',
    'in-one-place': 'holds',
    'pin-can-succeed': 'reached',
  }
}

/** What cannot happen on a kernel, which is one of the rows or not. */
export const waiversOf = ({ name, settings }: Kernel, rows: readonly string[]): Record<string, string> => ({
  ...(!rows.includes(name) && peculiarities(settings)),
  ...spare,
  ...(settings['drain-when'] === 'lru-clear' && neverDrains('the folio keeps PG_lru while it waits')),
  ...(settings['drain-when'] === 'disabled' && neverFails('nothing else holds a reference')),
})
