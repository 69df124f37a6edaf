/**
 * A virtual machine monitor has its guest memory, pages of a memfd, locked (mlock2 with MLOCK_ONFAULT) and pins it
 * long-term. Another of its threads touches the page on CPU 1, which leaves a reference in the mlock batch of that CPU.
 */
import { bool, type Claim, type Constants, model } from '../../checker/language/index.ts'
import { toucher } from '../fault.ts'
import { longtermPinner, type PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { drainBatches } from '../lru.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { otherWork } from '../other-work.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { pages: 1, large: false, deep: false } satisfies Constants

/** The sizes of the address space and of memory. */
export function sizesFor({ pages, large, deep }: typeof constants, settings: Settings): Sizes {
  const batched = settings['munlock-decides-by'] === 'mlock-count'
  return {
    pages,
    freeMovable: 0,
    freeNormal: pages,
    cpus: 2,
    passes: deep ? 2 : 1,
    file: true,
    ptesMayBeEmpty: true,
    mlock: { capacity: batched ? (deep ? 3 : 2) : 0, count: batched ? 3 : 0 },
    large,
    ...(settings['drain-when'] === 'disabled' && { lruCacheDisablers: 1 }),
  }
}

/** The bounds in words. */
export const boundsFor = ({ pages, large, deep }: typeof constants) =>
  `${pages} page${pages === 1 ? '' : 's'} of a memfd, ${large ? 'large' : 'small'} folios in ZONE_MOVABLE, as many free ones in ZONE_NORMAL, 2 CPUs with mlock batches of ${deep ? 3 : 2}, migration passes: ${deep ? 2 : 1}, 1 call`

/** The memory, the task that pins, and whether anything was batched since the round of its call began. */
export type Scene = Mm & { readonly pinner: PinCall; batchedMeanwhile: boolean }

/** The model on a kernel, with the claims made about it. Nothing makes an idle CPU flush its batch. */
export function pinMlockBatch(
  { settings }: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values, settings)
  const mm = memory(sizes)
  return model(
    'pin-mlock-batch',
    {
      state: { ...mm.state, batchedMeanwhile: bool },
      processes: {
        pinner: longtermPinner(mm, { cpu: 0, settings, faults: true, calls: 'once' }),
        thread: toucher(mm, {
          cpu: 1,
          settings,
          zaps: true,
          batched: (s) => {
            const { pinner } = s as Scene
            if (pinner.pc !== 'pin' && pinner.pc !== 'handle_mm_fault') (s as Scene).batchedMeanwhile = true
          },
        }),
      },
    },
    {
      init: (s) => {
        bootMemory(s, sizes, 'file')
        for (const page of s.pte.keys()) {
          s.pte[page] = { kind: 'none' }
          s.folio[page].refs--
        }
        s.vma[0].VM_LOCKED = true
        s.batchedMeanwhile = false
      },
      actions: {
        'other work drains the batches': otherWork(
          mm,
          (s, cpu) => s.batch[cpu].length + s.mlockBatch[cpu].length,
          drainBatches,
        ),
      },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      final: (s) => s.pinner.pc === 'done',
      waive,
    },
  )
}
