/** What the scenarios have in common in which direct I/O pins a page for a while, and somebody wants the page gone. */
import type { Settings } from '../../../spec/switches/index.ts'
import type { Expectation } from '../../scenario.ts'
import { spare, spareOf } from './spare.ts'

/** Draining once and disabling the batches, and the newest kernel. */
export const rows = ['v5.12', 'v5.13', 'v6.17']

/** What is expected of the memory and of the pin itself. */
export function expectedOfPin(settings: Settings): Readonly<Record<string, Expectation>> {
  const sound = settings['gup-fast-rechecks-pte'] === 'yes'
  return {
    'pinned-folio-is-mapped': sound ? 'holds' : 'violated',
    'refcount-conserved': 'holds',
    'source-has-no-owner': sound ? 'holds' : 'violated',
  }
}

/** What cannot happen; `other` is the task that wants the page gone, and `disables` whether it keeps the batches off. */
export const waiversOf = (other: string, disables: boolean): Record<string, string> => ({
  ...spare,
  ...spareOf(other),
  ...(disables && {
    "action 'other work flushes the batch'": 'nothing waits in the batches, which are disabled',
  }),
})
