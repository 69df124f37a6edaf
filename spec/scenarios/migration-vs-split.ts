/**
 * Two folios are migrated asynchronously, and the second one is a large folio that has to be split first, which
 * takes its lock. Readahead holds it, and needs the first one.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { readahead } from '../lock-holder.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import type { Mode } from '../migrate-locals.ts'
import { movePages } from '../move-pages.ts'

export const constants = { mode: 'async' } satisfies Constants

/** The sizes of the address space and of memory. */
export const sizes: Sizes = {
  pages: 2,
  freeMovable: 2,
  freeNormal: 0,
  cpus: 1,
  pinner: false,
  lruCacheDisabled: true,
  file: true,
  deferredSplit: true,
}

/** The bounds in words. */
export function boundsFor({ mode }: { mode: string }): string {
  return `2 folios of the page cache, one of them large, 2 free ones, one call, MIGRATE_${mode.toUpperCase()}, 2 passes`
}

/** The model of the scenario on a kernel. That it may come to a standstill is what its claim is about. */
export function migrationVsSplit(
  { settings }: Kernel,
  values: { mode: string },
  claimsOn: (mm: Memory) => readonly Claim<Mm>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = memory(sizes)
  return model(
    'migration-vs-split',
    {
      state: mm.state,
      processes: {
        migration: movePages(mm, { cpu: 0, mode: values.mode as Mode, settings, until: 'returned' }),
        reader: readahead(mm),
      },
    },
    {
      init: (s) => {
        bootMemory(s, sizes, 'file')
        s.folio[1].deferredSplit = true
      },
      claims: claimsOn(mm),
      deadlock: 'off',
      fairness: { weak: ['migration', 'reader'] },
      waive,
    },
  )
}
