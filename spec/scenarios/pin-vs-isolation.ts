/**
 * A task pins its pages long-term while compaction isolates and moves them: the question of the thread on "mm/gup:
 * migrate pinned pages out of movable zone" (December 2020). May the pin leak into ZONE_MOVABLE when isolation fails?
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { compaction } from '../compaction.ts'
import { longtermPinner, type PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { otherWork } from '../other-work.ts'

export const constants = { pages: 1, deep: false } satisfies Constants

/** The sizes of the address space and of memory. */
export function sizesFor({ pages, deep }: typeof constants): Sizes {
  const mapped = deep ? Math.max(2, pages) : pages
  return { pages: mapped, freeMovable: 1, freeNormal: mapped, cpus: 2 }
}

/** The bounds in words. */
export function boundsFor(values: typeof constants): string {
  const { pages, freeMovable, freeNormal, cpus } = sizesFor(values)
  return `${pages} page${pages === 1 ? '' : 's'} in ZONE_MOVABLE, ${freeMovable} free folio there and ${freeNormal} in ZONE_NORMAL, ${cpus} CPUs with batches of 2, 2 migration passes`
}

/** The memory, and the task that pins. */
export type Scene = Mm & { readonly pinner: PinCall }

/** The model of the scenario on a kernel, with the claims that `claimsOn` makes about its memory. */
export function pinVsIsolation(
  kernel: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const { settings } = kernel
  const disabling = settings['drain-when'] === 'disabled' ? { lruCacheDisablers: 1 } : {}
  const sizes = { ...sizesFor(values), ...disabling }
  const mm = memory(sizes)
  return model(
    'pin-vs-isolation',
    {
      state: mm.state,
      processes: {
        pinner: longtermPinner(mm, { cpu: 0, settings, mayRunOut: true }),
        compaction: compaction(mm, { cpu: 1, settings }),
      },
    },
    {
      init: (s) => bootMemory(s, sizes),
      actions: {
        // Whatever else happens on a CPU may flush its batch; nothing makes it.
        'other work flushes the batch': otherWork(mm),
      },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      final: (s) => s.pinner.pc === 'done',
      projections: {
        'folio-life': (s) => folioLife(s, 0),
        'page-and-call': (s) => `page in ${zoneOf(s, 0)}, call ${s.pinner.result}`,
      },
      waive,
    },
  )
}

/** Where a folio stands: what a reader of mm/ would say of it at a glance. */
function folioLife(s: Mm, f: number): string {
  const { refs, pins, isolated, PG_lru, PG_locked, fresh } = s.folio[f]
  if (refs === 0) return 'free'
  if (fresh) return 'being filled'
  if (PG_locked) return pins > 0 ? 'migrating, pinned' : 'migrating'
  if (isolated) return pins > 0 ? 'isolated, pinned' : 'isolated'
  if (PG_lru) return pins > 0 ? 'on the LRU, pinned' : 'on the LRU'
  return pins > 0 ? 'in a batch, pinned' : 'in a batch'
}

/** The zone of the folio behind a page, whether mapped or on the way. */
function zoneOf(s: Mm, page: number): string {
  const pte = s.pte[page]
  return 'folio' in pte ? `ZONE_${s.folio[pte.folio].zone}` : 'nowhere'
}
