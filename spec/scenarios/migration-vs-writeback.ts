/**
 * Two folios are migrated while the second one is written back by a loop device, whose worker needs the first one
 * for that. Whoever holds the first and waits for the second to be written waits for ever.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { loopWorker } from '../lock-holder.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import type { Mode } from '../migrate-locals.ts'
import { movePages } from '../move-pages.ts'

export const constants = { mode: 'sync' } satisfies Constants

/** The sizes of the address space and of memory. */
export const sizes: Sizes = {
  pages: 2,
  freeMovable: 2,
  freeNormal: 0,
  cpus: 1,
  pinner: false,
  lruCacheDisabled: true,
  file: true,
  writeback: true,
}

/** The bounds in words. */
export function boundsFor({ mode }: { mode: string }): string {
  return `2 folios of the page cache, 2 free ones, one call, MIGRATE_${mode.toUpperCase()}, 2 passes`
}

/** The model of the scenario on a kernel. That it may come to a standstill is what its claim is about. */
export function migrationVsWriteback(
  { settings }: Kernel,
  values: { mode: string },
  claimsOn: (mm: Memory) => readonly Claim<Mm>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = memory(sizes)
  return model(
    'migration-vs-writeback',
    {
      state: mm.state,
      processes: {
        migration: movePages(mm, { cpu: 0, mode: values.mode as Mode, settings, until: 'returned' }),
        worker: loopWorker(mm),
      },
    },
    {
      init: (s) => {
        bootMemory(s, sizes, 'file')
        s.folio[1].PG_writeback = true
      },
      claims: claimsOn(mm),
      deadlock: 'off',
      fairness: { weak: ['migration', 'worker'] },
      waive,
    },
  )
}
