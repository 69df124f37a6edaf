/**
 * What migrate_pages returns and counts, for two folios that may be unmapped meanwhile, that somebody else looks at,
 * and for which there may not be memory enough.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import type { Mode } from '../migrate-locals.ts'
import { movePages } from '../move-pages.ts'
import { pfnWalker } from '../pfn-walker.ts'
import { zapper } from '../zap.ts'

export const constants = { mode: 'sync' } satisfies Constants

/** The sizes of the address space and of memory. */
export const sizes: Sizes = {
  pages: 2,
  freeMovable: 1,
  freeNormal: 0,
  cpus: 2,
  pinner: false,
  lruCacheDisabled: true,
  gets: 2,
  ptesMayBeEmpty: true,
}

/** The bounds in words. */
export function boundsFor({ mode }: { mode: string }): string {
  return `2 anonymous pages, 1 free folio, one call, MIGRATE_${mode.toUpperCase()}, 2 passes`
}

/** The model of the scenario on a kernel. */
export function migrationResults(
  { settings }: Kernel,
  values: { mode: string },
  claimsOn: (mm: Memory) => readonly Claim<Mm>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = memory(sizes)
  return model(
    'migration-results',
    {
      state: mm.state,
      processes: {
        migration: movePages(mm, {
          cpu: 0,
          mode: values.mode as Mode,
          settings,
          mayRunOut: true,
          counts: true,
          until: 'returned',
        }),
        munmap: zapper(mm, { cpu: 1, settings }),
        walker: pfnWalker(mm),
      },
    },
    { init: (s) => bootMemory(s, sizes), claims: claimsOn(mm), waive },
  )
}
