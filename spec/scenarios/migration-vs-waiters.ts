/**
 * A task migrates a page until it has been moved, as offlining and compaction do, while another one uses that page
 * all the time and so waits for its migration entries. Does the migration ever succeed, and is the waiter ever
 * woken?
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import type { Mode } from '../migrate-locals.ts'
import { movePages } from '../move-pages.ts'
import { user } from '../user.ts'

export const constants = { mode: 'sync', deep: false } satisfies Constants

/** The sizes of the address space and of memory; the larger bounds have a second task that uses the page. */
export function sizesFor({ deep }: { deep: boolean }): Sizes {
  return {
    pages: 1,
    freeMovable: 1,
    freeNormal: 0,
    cpus: deep ? 3 : 2,
    pinner: false,
    lruCacheDisabled: true,
    gets: deep ? 3 : 2,
    sleepers: true,
  }
}

/** The bounds in words. */
export function boundsFor({ mode, deep }: { mode: string; deep: boolean }): string {
  return `1 anonymous page used by ${deep ? 'two tasks' : 'one task'}, 1 free folio, MIGRATE_${mode.toUpperCase()}, 2 passes`
}

/** The model of the scenario on a kernel. Every task is weakly fair. */
export function migrationVsWaiters(
  { settings }: Kernel,
  values: { mode: string; deep: boolean },
  claimsOn: (mm: Memory) => readonly Claim<Mm>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values)
  const mm = memory(sizes)
  const second: { user2?: ReturnType<typeof user> } = values.deep ? { user2: user(mm, { cpu: 2, settings }) } : {}
  return model(
    'migration-vs-waiters',
    {
      state: mm.state,
      processes: {
        migration: movePages(mm, { cpu: 0, mode: values.mode as Mode, settings, until: 'moved' }),
        user: user(mm, { cpu: 1, settings }),
        ...second,
      },
    },
    {
      init: (s) => bootMemory(s, sizes),
      claims: claimsOn(mm),
      fairness: { weak: ['migration', 'user', ...(values.deep ? ['user2'] : [])] },
      waive,
    },
  )
}
