/**
 * A page is migrated while somebody who walks over frame numbers finds the destination and looks at its mapping.
 * Batched migration has to remember the anon_vma of the source somewhere until it moves it.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { mappingReader } from '../mapping-reader.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import type { Mode } from '../migrate-locals.ts'
import { movePages } from '../move-pages.ts'

export const constants = { mode: 'sync' } satisfies Constants

/** The sizes of the address space and of memory. */
export const sizes: Sizes = {
  pages: 1,
  freeMovable: 1,
  freeNormal: 0,
  cpus: 1,
  pinner: false,
  lruCacheDisabled: true,
  gets: 2,
  mappings: true,
}

/** The bounds in words. */
export function boundsFor({ mode }: { mode: string }): string {
  return `1 anonymous page, 1 free folio, MIGRATE_${mode.toUpperCase()}, 2 passes`
}

/** The model of the scenario on a kernel. */
export function migrationVsPfnReader(
  { settings }: Kernel,
  values: { mode: string },
  claimsOn: (mm: Memory) => readonly Claim<Mm>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = memory(sizes)
  return model(
    'migration-vs-pfn-reader',
    {
      state: mm.state,
      processes: {
        migration: movePages(mm, { cpu: 0, mode: values.mode as Mode, settings }),
        reader: mappingReader(mm),
      },
    },
    { init: (s) => bootMemory(s, sizes), claims: claimsOn(mm), waive },
  )
}
