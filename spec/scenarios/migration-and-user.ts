/**
 * A task loads and stores while its pages are migrated again and again, and somebody else takes references that make some
 * of the migrations fail. The pages are anonymous memory or those of a file; those of a file are dropped and faulted too.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import type { Mode } from '../migrate-locals.ts'
import { movePages } from '../move-pages.ts'
import { pfnWalker } from '../pfn-walker.ts'
import { user } from '../user.ts'

export const constants = { pages: 1, mode: 'sync', deep: false } satisfies Constants

type Values = { pages: number; mode: string; deep: boolean }

/** The sizes of the address space and of memory. */
export function sizesFor({ pages, deep }: Values): Sizes {
  const mapped = deep ? Math.max(2, pages) : pages
  return {
    pages: mapped,
    freeMovable: 1,
    freeNormal: 0,
    cpus: 2,
    pinner: false,
    lruCacheDisabled: true,
    gets: 3,
    file: true,
    ptesMayBeEmpty: true,
    versions: 2,
    sleepers: true,
    isolatedCount: true,
  }
}

/** The bounds in words. */
export function boundsFor(values: Values): string {
  const { pages, freeMovable } = sizesFor(values)
  return `${pages} page${pages === 1 ? '' : 's'} of anonymous memory or of a file, ${freeMovable} free folio, one store to each page, MIGRATE_${values.mode.toUpperCase()}, 2 passes, LRU batches disabled`
}

/** The model of the scenario on a kernel, with the claims that `claimsOn` makes about its memory. */
export function migrationAndUser(
  { settings }: Kernel,
  values: Values,
  claimsOn: (mm: Memory) => readonly Claim<Mm>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values)
  const mm = memory(sizes)
  return model(
    'migration-and-user',
    {
      state: mm.state,
      processes: {
        migration: movePages(mm, {
          cpu: 0,
          mode: values.mode as Mode,
          settings,
          mayRunOut: sizes.pages > sizes.freeMovable,
        }),
        user: user(mm, { cpu: 1, settings, drops: true }),
        walker: pfnWalker(mm),
      },
    },
    {
      init: {
        'anonymous memory': (s) => bootMemory(s, sizes, 'anon'),
        'a file': (s) => bootMemory(s, sizes, 'file'),
      },
      claims: claimsOn(mm),
      projections: { 'page-and-migration': (s) => `${s.pte[0].kind}, ${s.migration.pc}` },
      waive,
    },
  )
}
