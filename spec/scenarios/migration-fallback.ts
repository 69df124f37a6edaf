/**
 * A page of a file whose file system has no migrate_folio is migrated while a task stores to it through a shared mapping.
 * Up to v6.15 synchronous migration writes a dirty folio out first. The folio may have private data that the file system
 * releases.
 */
import { type Constants, model } from '../../checker/language/index.ts'
import { bootMemory, type Mm, memory, type Sizes } from '../memory.ts'
import type { Mode } from '../migrate-locals.ts'
import { movePages } from '../move-pages.ts'
import { flusher, sharedMapping, writebackDisk } from '../shared-mapping.ts'
import type { Given } from './cached-folios.ts'

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
  file: true,
  versions: 2,
  writeback: true,
  buffers: true,
  firstMapping: 'no migrate_folio',
}

/** The bounds in words. */
export function boundsFor({ mode }: { mode: string }): string {
  return `1 page of a file without migrate_folio, clean or dirty, 1 free folio, one call, one store, MIGRATE_${mode.toUpperCase()}, 2 passes`
}

function begin(s: Mm, { dirty, hasPrivate }: { dirty: boolean; hasPrivate: boolean }): void {
  bootMemory(s, sizes, 'file')
  if (!hasPrivate) {
    s.buffer.folio = null
    s.folio[0].refs--
  }
  if (!dirty) return
  s.folio[0].PG_dirty = true
  s.mayStore[0] = 'dirty'
  s.onDisk = 0
}

/** The model of the scenario on a kernel. After a BUG nothing need go on. */
export function migrationFallback(...[{ settings }, values, claimsOn, waive]: Given<{ mode: string }>) {
  const mm = memory(sizes)
  return model(
    'migration-fallback',
    {
      state: mm.state,
      processes: {
        migration: movePages(mm, {
          cpu: 0,
          mode: values.mode as Mode,
          settings,
          counts: true,
          until: 'returned',
        }),
        user: sharedMapping(mm),
        flusher: flusher(mm),
        disk: writebackDisk(mm),
      },
    },
    {
      init: {
        clean: (s) => begin(s, { dirty: false, hasPrivate: false }),
        dirty: (s) => begin(s, { dirty: true, hasPrivate: false }),
        'dirty, with private data': (s) => begin(s, { dirty: true, hasPrivate: true }),
      },
      claims: claimsOn(mm),
      deadlock: 'off',
      waive,
    },
  )
}
