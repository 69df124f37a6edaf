/** What a small scenario of the shared memory leaves unused, whatever the kernel: waivers of all scenarios about pins. */
import type { Settings } from '../../../spec/switches/index.ts'
import { looksForMovable } from './pin-vs-isolation.ts'

/** The texts of the findings, with the reasons. */
export const spare: Readonly<Record<string, string>> = {
  'folio[*].refs is never': 'the counter has room to spare, so that a reference too many is counted and not lost',
  'folio[*].mlock_count is never': 'so has this one',
  'folio[*].gets never changes': 'nobody takes transient references here',
  'folio[*].zone never changes': 'all folios lie in one zone',
  'folio[*].large never changes': 'only large folios here',
  'vma[*].VM_LOCKED never changes': 'the VMA is locked throughout',
  'vma[*].VM_IO never changes': 'nobody calls mlock(2) here',
  'pte[*].kind is never special': 'there is no zero page here',
  'cache[*] is never': 'the page is never truncated',
  'lruLock never changes': 'batches are processed in one step here',
  'NR_MLOCK is never': 'there is one page',
  'folio[*].block is never ISOLATE': 'nobody isolates pageblocks here',
  ...spareOf('pinner'),
}

/** The same for the locals of a task that migrates. */
export function spareOf(task: string): Readonly<Record<string, string>> {
  return {
    [`${task}.src is never`]: 'only what must move is isolated',
    [`${task}.dst is never`]: 'destinations come from where folios are free',
    [`${task}.seen is never`]: 'gup-fast meets what is mapped when the call begins',
    [`${task}.pinned[*] is never`]: 'some folios never get mapped',
    [`${task}.pfn never changes`]: 'there is one page',
    [`${task}.alone is never`]: 'there is one page',
    [`${task}.phase is never undo`]:
      'a pin is seen before the folio is unmapped, and nothing can be pinned while it is',
    [`${task}.objection never changes`]: 'with one page the check ends in the step in which an isolation fails',
  }
}

/** Waivers for a kernel whose calls cannot fail in a scenario, with the reason. */
export const neverFails = (reason: string, task = 'pinner'): Readonly<Record<string, string>> => ({
  [`${task}.result is never -E`]: reason,
  [`action '${task}: undo_isolate_page_range'`]: reason,
  [`action '${task}: return -ENOMEM'`]: reason,
  [`action '${task}: call again'`]: reason,
  [`action '${task}: restore ptes'`]: reason,
  [`action '${task}: unlock, -EAGAIN'`]: reason,
  [`action '${task}: putback'`]: reason,
  [`${task}.failed never changes`]: reason,
  [`${task}.pass never changes`]: reason,
  [`${task}.alone never changes`]: reason,
})

/** Waivers for a kernel that sees no reason to drain in a scenario, with the reason. */
export const neverDrains = (reason: string, task = 'pinner'): Readonly<Record<string, string>> => ({
  [`action '${task}: lru_add_drain_all'`]: reason,
  [`${task}.drained never changes`]: reason,
  [`${task}.drainCpu never changes`]: reason,
})

/** Waivers for a kernel that never gets to migrating anything in a scenario, with the reason. */
export const neverMigrates = (reason: string, task = 'pinner'): Readonly<Record<string, string>> => ({
  [`action '${task}: `]: reason,
  [`${task}.`]: reason,

  'folio[*].isolated never changes': reason,
  'folio[*].fresh never changes': reason,
  'folio[*].PG_locked never changes': reason,
  'folio[*].PG_lru never changes': reason,
  'pte[*].kind never changes': reason,
})

/** Waivers for kernels that are no row of a scenario: what their check on pinned pages never does with an ordinary page. */
export function peculiarities(settings: Settings, task = 'pinner'): Readonly<Record<string, string>> {
  const looksAway = 'this kernel does not look for ZONE_MOVABLE'
  const waits = 'this kernel waits until the references are gone'
  const crashes = 'this kernel crashes on the way to returning the error, if anything makes a migration fail'
  return {
    ...(!looksForMovable(settings) && { ...neverMigrates(looksAway, task), ...nothingMoves }),
    ...(settings['isolation-test'] === 'inverted' && {
      ...neverFails('the mistake of this kernel makes it drain, and migration then succeeds', task),
      [`action '${task}: list corrupted'`]: 'nobody else isolates the folio',
    }),
    ...(settings['error-path-null-entries'] === 'dereferenced' && {
      [`action '${task}: return -ENOMEM'`]: crashes,
      [`action '${task}: call again'`]: crashes,
      [`action '${task}: unpin_user_pages'`]: crashes,
      [`action '${task}: NULL dereference'`]: crashes,
      [`${task}.result is never -ENOMEM`]: crashes,
    }),
    ...(settings['pin-waits-for-refs'] === 'yes' && {
      ...neverFails(waits, task),
      [`${task}.phase is never undo`]: waits,
      "the premise of 'failure-holds-no-pin'": waits,
      [`action '${task}: wait for references`]: 'there is nothing to wait for, or it is seen earlier',
    }),
    ...(settings['drain-when'] === 'disabled' && {
      "action 'other work flushes the batch'": 'nothing waits in the batches, which are disabled',
    }),
    ...(settings['on-migration-failure'] === 'keep-pins' && {
      [`${task}.giveUp never changes`]: 'nothing makes a migration fail on this kernel',
    }),
  }
}

/** What else stays as it is in scenarios of pins where no pin makes anything move. */
const nothingMoves: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "action 'other work ",
    'folio[*].frozen never changes',
    'folio[*].PG_unevictable never changes',
    'cache[*] never changes',
    'i_pages_locked never changes',
    'worker.got never changes',
    "the premise of 'destination-may-be-pinned'",
    "the premise of 'source-has-no-owner'",
    "the premise of 'source-freed-at-once'",
  ].map((finding) => [finding, 'nothing is migrated on this kernel, and nothing goes through a batch']),
)
