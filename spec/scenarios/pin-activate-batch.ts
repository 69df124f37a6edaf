/**
 * A task pins a page that was accessed before and is on the inactive list. The next access sends the folio to the activate
 * batch of the CPU at hand: the access of the pin itself (FOLL_TOUCH), or that of another thread on CPU 1.
 */
import { bool, type Claim, choose } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory } from '../memory.ts'
import { reader } from '../reader.ts'
import { boundsOf, type constants, pinVsBatch, type Scene, sizesOf } from './pin-vs-batch.ts'

export { constants, type Scene } from './pin-vs-batch.ts'

/** The bounds in words. */
export const boundsFor = (values: typeof constants): string =>
  boundsOf(values, { of: 'in ZONE_MOVABLE', folios: (size) => size, batches: 'batches of 2' })

/** The model on a kernel, with the claims made about it. */
export function pinActivateBatch(
  on: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesOf(values, on.settings, { activation: on.settings['lru-flag-in-batches'] })
  return pinVsBatch(
    on,
    {
      name: 'pin-activate-batch',
      sizes,
      pin: { touches: true },
      thread: (mm, batched) => reader(mm, { cpu: 1, batched }),
      before: ['pin'],
      init: (s) => {
        bootMemory(s, sizes)
        for (const page of s.pte.keys()) s.folio[page].PG_referenced = choose(s, bool)
      },
      work: {
        name: 'other work flushes the batches',
        waiting: (s, cpu) => s.batch[cpu].length + s.activateBatch[cpu].length,
      },
    },
    claimsOn,
    waive,
  )
}
