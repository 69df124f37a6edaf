/** What the scenarios about mlock cannot do, with the reasons; each lists those that apply to it. */
import type { Settings } from '../../../spec/switches/index.ts'

/** For scenarios about calls and batches that came with v5.18. */
export const beforeBatches = (settings: Settings): string | null =>
  settings['munlock-decides-by'] === 'rmap-walk' ? 'mlock has no batches before v5.18' : null

/** Numbers that may grow further than they should. */
export const countersHaveRoom = {
  'folio[*].refs is never': 'the counter has room to spare, so that a reference too many is counted and not lost',
  'folio[*].mlock_count is never': 'the counter has room to spare, so that an mlock too many is counted and not lost',
  'NR_MLOCK is never': 'the counter has room to spare: one for each folio',
}

/** Nobody makes a call that changes the VMA. */
export const nobodyLocks = {
  'vma[*].VM_LOCKED never changes': 'nobody calls mlock(2) or munlock(2)',
  'vma[*].VM_IO never changes': 'nobody calls mlock(2)',
}

/** Drains are single steps. */
export const sectionsOfTheLruLockAreSteps = {
  'lruLock never changes': 'every section of the LRU lock is one step in this scenario',
}

/** F0 is migrated to F1, once. */
export const oneWay = (task: string) => ({
  [`${task}.src is never`]: 'F0 is migrated, and never back',
  [`${task}.dst is never`]: 'the free folio is the destination',
})
