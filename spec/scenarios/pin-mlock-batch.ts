/**
 * A virtual machine monitor has its guest memory, pages of a memfd, locked (mlock2 with MLOCK_ONFAULT) and pins it
 * long-term. Another of its threads touches the page on CPU 1, which leaves a reference in the mlock batch of that CPU.
 */
import type { Claim } from '../../checker/language/index.ts'
import { toucher } from '../fault.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory } from '../memory.ts'
import { boundsOf, type constants, pinVsBatch, type Scene, sizesOf } from './pin-vs-batch.ts'

export { constants, type Scene } from './pin-vs-batch.ts'

const capacityFor = ({ deep }: typeof constants): number => (deep ? 3 : 2)

/** The bounds in words. */
export const boundsFor = (values: typeof constants): string =>
  boundsOf(values, {
    of: 'of a memfd',
    folios: (size) => `${size} in ZONE_MOVABLE`,
    batches: `mlock batches of ${capacityFor(values)}`,
  })

/** The model on a kernel, with the claims made about it. */
export function pinMlockBatch(
  on: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const { settings } = on
  const batched = settings['munlock-decides-by'] === 'mlock-count'
  const sizes = sizesOf(values, settings, {
    file: true,
    ptesMayBeEmpty: true,
    mlock: { capacity: batched ? capacityFor(values) : 0, count: batched ? 3 : 0 },
  })
  return pinVsBatch(
    on,
    {
      name: 'pin-mlock-batch',
      sizes,
      pin: { faults: true },
      thread: (mm, batched) => toucher(mm, { cpu: 1, settings, zaps: true, batched }),
      before: ['pin', 'handle_mm_fault'],
      init: (s) => {
        bootMemory(s, sizes, 'file')
        for (const page of s.pte.keys()) {
          s.pte[page] = { kind: 'none' }
          s.folio[page].refs--
        }
        s.vma[0].VM_LOCKED = true
      },
      work: {
        name: 'other work drains the batches',
        waiting: (s, cpu) => s.batch[cpu].length + s.mlockBatch[cpu].length,
      },
    },
    claimsOn,
    waive,
  )
}
