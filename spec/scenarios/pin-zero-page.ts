/**
 * A task pins a page of which it has only read, so that it maps the zero page, and that lies in ZONE_MOVABLE. It is on no
 * LRU, cannot be migrated, and is never freed.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { longtermPinner, type PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { labelsOf } from '../offline.ts'

export const constants = { deep: false } satisfies Constants

const sizes: Sizes = { pages: 1, freeMovable: 0, freeNormal: 1, cpus: 1, zeroPage: true }

/** The bounds in words. */
export const boundsFor = () => '1 page that maps the zero page, 1 CPU'

/** The memory, and the task that pins. */
export type Scene = Mm & { readonly pinner: PinCall }

/** The model on a kernel, with the claims made about it. A call that has begun goes on. */
export function pinZeroPage(
  { settings }: Kernel,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = memory({ ...sizes, ...(settings['drain-when'] === 'disabled' && { lruCacheDisablers: 1 }) })
  const pinner = longtermPinner(mm, { cpu: 0, settings })
  return model(
    'pin-zero-page',
    { state: mm.state, processes: { pinner } },
    {
      init: (s) => bootMemory(s, sizes),
      fairness: { weak: [{ anyOf: labelsOf('pinner', pinner, ['let go']) }] },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      waive,
    },
  )
}
