/**
 * Direct I/O pins a page by gup-fast, without any lock, while compaction migrates it. Both write first and then read what
 * the other writes: the pin raises the counter and reads the entry again, migration clears the entry and reads the counter.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { compaction } from '../compaction.ts'
import type { PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { otherWork } from '../other-work.ts'
import { shortPinner } from '../short-pin.ts'

export const constants = { large: false, passes: 1, deep: false } satisfies Constants

/** The sizes of the address space and of memory. */
export const sizesFor = ({ large, passes, deep }: typeof constants): Sizes => ({
  pages: 1,
  freeMovable: 1,
  freeNormal: 0,
  cpus: 2,
  gets: 2,
  large,
  passes: deep ? Math.max(2, passes) : passes,
})

/** The bounds in words. */
export const boundsFor = (values: typeof constants): string =>
  `1 page in ZONE_MOVABLE, ${values.large ? 'large' : 'small'} folios, 1 free folio there, 2 CPUs with batches of 2, migration passes: ${sizesFor(values).passes}`

/** The memory, and the task that pins. */
export type Scene = Mm & { readonly pinner: PinCall }

/** The model on a kernel, with the claims made about it. */
export function gupFastVsMigration(
  { settings }: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values)
  const mm = memory(sizes)
  return model(
    'gup-fast-vs-migration',
    {
      state: mm.state,
      processes: { pinner: shortPinner(mm, { cpu: 0, settings }), compaction: compaction(mm, { cpu: 1, settings }) },
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
