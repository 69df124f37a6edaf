/**
 * A page is migrated while mremap, or exec that shifts its stack, moves the page-table entry of it to another VMA of
 * the same rmap. The walk over the rmap goes from one VMA to the next and holds no page-table lock in between.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import type { Mode } from '../migrate-locals.ts'
import { movePages } from '../move-pages.ts'
import { mremap } from '../mremap.ts'
import { pfnWalker } from '../pfn-walker.ts'
import { user } from '../user.ts'

export const constants = { mode: 'sync' } satisfies Constants

/** The sizes of the address space and of memory. */
export const sizes: Sizes = {
  pages: 2,
  freeMovable: 1,
  freeNormal: 0,
  folios: 2,
  cpus: 3,
  pinner: false,
  lruCacheDisabled: true,
  gets: 3,
  shared: true,
  ptesMayBeEmpty: true,
  rmapLock: true,
  versions: 2,
  sleepers: true,
}

/** The bounds in words. */
export function boundsFor({ mode }: { mode: string }): string {
  return `1 anonymous page and 2 places for it, 1 free folio, one move, one store, MIGRATE_${mode.toUpperCase()}, 2 passes`
}

/** The model of the scenario on a kernel. Every task is weakly fair. */
export function migrationVsMremap(
  { settings }: Kernel,
  values: { mode: string },
  claimsOn: (mm: Memory) => readonly Claim<Mm>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = memory(sizes)
  const bootWithout = (empty: number) => (s: Mm) => {
    bootMemory(s, sizes)
    s.pte[empty] = { kind: 'none' }
    s.folio[0].refs--
  }
  return model(
    'migration-vs-mremap',
    {
      state: mm.state,
      processes: {
        migration: movePages(mm, { cpu: 0, mode: values.mode as Mode, settings }),
        mremap: mremap(mm, { cpu: 1, settings }),
        user: user(mm, { cpu: 2, settings }),
        walker: pfnWalker(mm),
      },
    },
    {
      init: { 'moves to a later VMA': bootWithout(1), 'moves to an earlier VMA': bootWithout(0) },
      claims: claimsOn(mm),
      fairness: { weak: ['migration', 'mremap', 'user', 'walker'] },
      waive,
    },
  )
}
