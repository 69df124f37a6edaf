/** A task pins a page that lies in a CMA area, long-term, while somebody allocates that area. */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { cmaAlloc } from '../cma.ts'
import { longtermPinner, type PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { otherWork } from '../other-work.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { passes: 1, deep: false } satisfies Constants

/** The sizes of the address space and of memory. */
export function sizesFor({ passes, deep }: typeof constants, settings: Settings): Sizes {
  const disablers = [settings['cma-lru-batches'] === 'disable', settings['drain-when'] === 'disabled']
  return {
    pages: 1,
    freeMovable: 1,
    freeNormal: 1,
    cpus: 2,
    passes: deep ? Math.max(2, passes) : passes,
    gets: 2,
    pageblocks: 'CMA',
    lruCacheDisablers: disablers.filter(Boolean).length,
  }
}

/** The bounds in words. */
export const boundsFor = ({ passes, deep }: typeof constants): string =>
  `1 page in a CMA area of 1 folio, 1 free folio each in ZONE_MOVABLE and ZONE_NORMAL, 2 CPUs with batches of 2, migration passes: ${deep ? Math.max(2, passes) : passes}`

/** The memory, and the task that pins. */
export type Scene = Mm & { readonly pinner: PinCall & { readonly dst: number | null } }

/** The model on a kernel, with the claims made about it. */
export function pinVsCma(
  { settings }: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values, settings)
  const mm = memory(sizes)
  return model(
    'pin-vs-cma',
    {
      state: mm.state,
      processes: {
        pinner: longtermPinner(mm, { cpu: 0, settings, fast: true }),
        cma: cmaAlloc(mm, { cpu: 1, settings }),
      },
    },
    {
      init: (s) => bootMemory(s, sizes),
      actions: {
        'other work flushes the batch': otherWork(mm),
      },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      waive,
    },
  )
}
