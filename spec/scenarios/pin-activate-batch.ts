/**
 * A task pins a page that was accessed before and is on the inactive list. The next access sends the folio to the activate
 * batch of the CPU at hand: the access of the pin itself (FOLL_TOUCH), or that of another thread on CPU 1.
 */
import { bool, type Claim, type Constants, choose, model } from '../../checker/language/index.ts'
import { longtermPinner, type PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { drainBatches } from '../lru.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { otherWork } from '../other-work.ts'
import { reader } from '../reader.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { pages: 1, large: false, deep: false } satisfies Constants

/** The sizes of the address space and of memory. */
export function sizesFor({ pages, large, deep }: typeof constants, settings: Settings): Sizes {
  return {
    pages,
    freeMovable: 0,
    freeNormal: pages,
    cpus: 2,
    passes: deep ? 2 : 1,
    activation: settings['lru-flag-in-batches'],
    large,
    ...(settings['drain-when'] === 'disabled' && { lruCacheDisablers: 1 }),
  }
}

/** The bounds in words. */
export function boundsFor({ pages, large, deep }: typeof constants): string {
  return `${pages} page${pages === 1 ? '' : 's'} in ZONE_MOVABLE, ${large ? 'large' : 'small'} folios, as many free ones in ZONE_NORMAL, 2 CPUs with batches of 2, migration passes: ${deep ? 2 : 1}, 1 call`
}

/** The memory, the task that pins, and whether anything was batched since the round of its call began. */
export type Scene = Mm & { readonly pinner: PinCall; batchedMeanwhile: boolean }

/** The model on a kernel, with the claims made about it. Nothing makes an idle CPU flush its batches. */
export function pinActivateBatch(
  { settings }: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values, settings)
  const mm = memory(sizes)
  return model(
    'pin-activate-batch',
    {
      state: { ...mm.state, batchedMeanwhile: bool },
      processes: {
        pinner: longtermPinner(mm, { cpu: 0, settings, touches: true, calls: 'once' }),
        thread: reader(mm, {
          cpu: 1,
          batched: (s) => {
            if ((s as Scene).pinner.pc !== 'pin') (s as Scene).batchedMeanwhile = true
          },
        }),
      },
    },
    {
      init: (s) => {
        bootMemory(s, sizes)
        for (const page of s.pte.keys()) s.folio[page].PG_referenced = choose(s, bool)
        s.batchedMeanwhile = false
      },
      actions: {
        'other work flushes the batches': otherWork(
          mm,
          (s, cpu) => s.batch[cpu].length + s.activateBatch[cpu].length,
          drainBatches,
        ),
      },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      final: (s) => s.pinner.pc === 'done',
      waive,
    },
  )
}
