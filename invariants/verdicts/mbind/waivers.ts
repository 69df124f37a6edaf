/** What no scenario about mbind can use up, with the reasons: rooms that are larger than any run needs. */
import type { Settings } from '../../../spec/switches/index.ts'

/** Where one situation of several was asked for, what does not happen in it says nothing about the model. */
export const onlyOne = (name: string): Record<string, string> => ({ '': `only '${name}' was asked for` })

/** For scenarios in which nothing stands in the way of a migration: what is only done when one fails. */
export function migrationSucceeds(tasks: readonly string[]): Record<string, string> {
  const never = 'nothing stands in the way of a migration'
  return Object.fromEntries(
    tasks.flatMap((task) =>
      [
        `action '${task}: restore ptes'`,
        `action '${task}: unlock, -EAGAIN'`,
        `action '${task}: putback'`,
        `${task}.pass never changes`,
        `${task}.failed never changes`,
        `${task}.phase is never undo`,
        `${task}.alone never changes`,
        `${task}.nomem never changes`,
      ].map((finding) => [finding, never]),
    ),
  )
}

/** Waivers that every scenario with tasks in mbind shares; `tasks` are their names. */
export function commonWaivers(settings: Settings, tasks: readonly string[]): Record<string, string> {
  const spare = 'there are more policy objects than any run needs'
  const free = 'which folio is taken first is decided by the allocator'
  const outcomes = 'calls of this scenario cannot end like this'
  return {
    'folio[*].refs is never': 'the counter has room to spare, so that a reference too many is counted and not lost',
    'vma[*].vm_policy is never': spare,
    'vma[*].start ': 'VMAs begin and end where the scenario has them',
    'vma[*].end ': 'VMAs begin and end where the scenario has them',
    'pmd[*] never changes': 'no huge page is split',
    'folio[*].gets never changes': 'nobody holds a page for a moment',
    'pte[*].kind is never': 'not every kind of page plays a part',
    ...Object.fromEntries(
      tasks.flatMap((task) => [
        [`${task}.new is never`, spare],
        [`${task}.src `, free],
        [`${task}.dst `, free],
        [`${task}.tried{`, free],
        [`${task}.queued{`, free],
        [`${task}.large `, free],
        [`${task}.addr is never`, 'VMAs begin and end where the scenario has them'],
        [`${task}.vma is never`, 'VMAs begin and end where the scenario has them'],
        [`${task}.ret `, outcomes],
        [`${task}.walk is never`, outcomes],
        [`${task}.nr_failed `, 'few pages fail in a call of this scenario'],
        [`${task}.next never changes`, 'at most one folio is isolated'],
        [`${task}.prevEnd is never`, 'VMAs begin and end where the scenario has them'],
        [`${task}.noted never changes`, 'every page can be isolated'],
        [`action '${task}: split_vma'`, 'the range covers whole VMAs'],
        [`action '${task}: vma_start_write (mbind_range)'`, 'the walk has locked every VMA'],
      ]),
    ),
    ...(settings['mbind-vma-lock'] === 'never' && {
      'vma[*].writeLocked never changes': 'mbind write-locks no VMA on this kernel',
    }),
    ...(settings['faults-under-vma-lock'] === 'yes' && {
      'mmap_lock.readers never changes': 'nobody has to take mmap_lock for reading on this kernel',
    }),
  }
}

/** Waivers that the scenarios of migrate_pages(2) share; the task is `call`. */
export const migratePagesWaivers = (settings: Settings): Record<string, string> => ({
  ...commonWaivers(settings, ['call']),
  'vma[*].vm_policy never changes': 'policies play no part',
  'policy[*].refcnt never changes': 'policies play no part',
  'call.new never changes': 'policies play no part',
  'returned never changes': 'nobody calls mbind',
  'mmap_lock.writer never changes': 'mmap_lock is taken for reading only',
  'vma[*].writeLocked never changes': 'mmap_lock is taken for reading only',
  'vma[*].readers never changes': 'nobody faults',
})
