/**
 * Two tasks pin the same page of ZONE_MOVABLE long-term, and nobody else is at work. Each one's pin, short as it is meant
 * to be, is an unexpected reference to the other.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { longtermPinner, type PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { otherWork } from '../other-work.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { pages: 1, opposite: false, passes: 1, deep: false } satisfies Constants

/** Settings of the scenario. `opposite`: the rival has the pages mapped in the opposite order. */
export interface Values {
  readonly pages: number
  readonly opposite: boolean
  readonly passes: number
  readonly deep: boolean
}

/** The sizes of the address space and of memory. */
export function sizesFor({ pages, passes, deep }: Values, settings: Settings): Sizes {
  return {
    pages,
    freeMovable: 0,
    freeNormal: pages,
    cpus: 2,
    pinsPerFolio: 2,
    passes: deep ? Math.max(2, passes) : passes,
    ...(settings['drain-when'] === 'disabled' && { lruCacheDisablers: 2 }),
  }
}

/** The bounds in words. */
export function boundsFor({ pages, opposite, passes, deep }: Values): string {
  const attempts = deep ? Math.max(2, passes) : passes
  return `${pages} page${pages === 1 ? '' : 's'} in ZONE_MOVABLE${opposite ? ', mapped in opposite orders' : ''}, as many free folios in ZONE_NORMAL, 2 CPUs with batches of 2, ${attempts} migration pass${attempts === 1 ? '' : 'es'}, 1 call of each task`
}

/** The memory, and the two tasks. */
export type Scene = Mm & { readonly pinner: PinCall; readonly rival: PinCall }

/** The model on a kernel, with the claims made about it. */
export function pinVsPin(
  { settings }: Kernel,
  values: Values,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values, settings)
  const mm = memory(sizes)
  return model(
    'pin-vs-pin',
    {
      state: mm.state,
      processes: {
        pinner: longtermPinner(mm, { cpu: 0, settings, calls: 'once' }),
        rival: longtermPinner(mm, { cpu: 1, settings, title: 'rival', calls: 'once', backwards: values.opposite }),
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
