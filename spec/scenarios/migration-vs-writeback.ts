/**
 * Two folios are migrated while the second one is written back by a loop device, whose worker needs the first one
 * for that. Whoever holds the first and waits for the second to be written waits for ever.
 */
import type { Constants } from '../../checker/language/index.ts'
import { loopWorker } from '../lock-holder.ts'
import { boundsOfTwo, type Given, movedOnce, twoCachedFolios } from './cached-folios.ts'

export const constants = { mode: 'sync' } satisfies Constants

/** The bounds in words. */
export const boundsFor = (values: { mode: string }): string => boundsOfTwo(values)

/** The model of the scenario on a kernel. That it may come to a standstill is what its claim is about. */
export const migrationVsWriteback = (...given: Given<{ mode: string }>) =>
  movedOnce('migration-vs-writeback', given, {
    sizes: twoCachedFolios({ writeback: true }),
    others: (mm) => ({ worker: loopWorker(mm) }),
    begin(s) {
      s.folio[1].PG_writeback = true
    },
    fair: ['worker'],
    mayStandStill: true,
  })
