/**
 * A task pins a page that nobody has touched, so that the pin itself allocates it. Another thread of the process, which is
 * not pinning and has no reason to avoid ZONE_MOVABLE, may be faster.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { toucher } from '../fault.ts'
import { longtermPinner, movableFirst, type PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { bootFree, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { otherWork } from '../other-work.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { passes: 1, deep: false } satisfies Constants

/** The sizes of the address space and of memory. */
export const sizesFor = ({ passes, deep }: typeof constants, settings: Settings): Sizes => ({
  pages: 1,
  folios: 2,
  freeMovable: 0,
  freeNormal: 1,
  cpus: 2,
  ptesMayBeEmpty: true,
  passes: deep ? Math.max(2, passes) : passes,
  ...(settings['drain-when'] === 'disabled' && { lruCacheDisablers: 1 }),
})

/** The bounds in words. */
export const boundsFor = ({ passes, deep }: typeof constants): string =>
  `1 page, empty at first, 1 free folio each in ZONE_MOVABLE and ZONE_NORMAL, 2 CPUs with batches of 2, migration passes: ${deep ? Math.max(2, passes) : passes}`

/** The memory, and the task that pins. */
export type Scene = Mm & { readonly pinner: PinCall }

/** The model on a kernel, with the claims made about it. */
export function pinVsFault(
  { settings }: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values, settings)
  const mm = memory(sizes)
  return model(
    'pin-vs-fault',
    {
      state: mm.state,
      processes: {
        pinner: longtermPinner(mm, { cpu: 0, settings, faults: true }),
        thread: toucher(mm, { cpu: 1, settings, allocate: movableFirst }),
      },
    },
    {
      init: (s) => {
        bootFree(s, sizes)
        s.pte[0] = { kind: 'none' }
      },
      actions: {
        'other work flushes the batch': otherWork(mm),
      },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      waive,
    },
  )
}
