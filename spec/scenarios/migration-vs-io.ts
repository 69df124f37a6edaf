/**
 * Two folios of the page cache are migrated while the first one is being read and the second one is being written back,
 * and the disk takes its time. The modes of migration differ in what they wait for.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { disk } from '../disk.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import type { Mode } from '../migrate-locals.ts'
import { movePages } from '../move-pages.ts'

export const constants = { mode: 'sync_light' } satisfies Constants

/** The sizes of the address space and of memory. */
export const sizes: Sizes = {
  pages: 2,
  freeMovable: 2,
  freeNormal: 0,
  cpus: 1,
  pinner: false,
  lruCacheDisabled: true,
  file: true,
  uptodate: true,
  writeback: true,
}

/** The bounds in words. */
export function boundsFor({ mode }: { mode: string }): string {
  return `2 folios of the page cache, 2 free ones, one call, MIGRATE_${mode.toUpperCase()}, 2 passes`
}

/** The model of the scenario on a kernel. The migration is weakly fair; the disk need never be done. */
export function migrationVsIo(
  { settings }: Kernel,
  values: { mode: string },
  claimsOn: (mm: Memory) => readonly Claim<Mm>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = memory(sizes)
  return model(
    'migration-vs-io',
    {
      state: mm.state,
      processes: {
        migration: movePages(mm, { cpu: 0, mode: values.mode as Mode, settings, until: 'returned' }),
        disk: disk(mm),
      },
    },
    {
      init: (s) => {
        bootMemory(s, sizes, 'file')
        s.folio[0].PG_locked = true
        s.folio[0].PG_uptodate = false
        s.folio[1].PG_writeback = true
      },
      claims: claimsOn(mm),
      fairness: { weak: ['migration'] },
      waive,
    },
  )
}
