/**
 * A task pins its page long-term and may hold the pin for ever, while the memory below it is being offlined. Does
 * offlining complete, and does the pin call return?
 */
import { type Claim, type Constants, model, oneOf } from '../../checker/language/index.ts'
import { longtermPinner, type PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { labelsOf, offlining } from '../offline.ts'
import { otherWork } from '../other-work.ts'

export const constants = { pages: 1, deep: false } satisfies Constants

/** What the task pins: ordinary pages, or pages that a driver has mapped and that never get onto the LRU. */
export const pageKinds = oneOf('LRU page', 'driver page')

/** The sizes of the address space and of memory. */
export function sizesFor({ pages, deep }: typeof constants): Sizes {
  const mapped = deep ? Math.max(2, pages) : pages
  return { pages: mapped, freeMovable: 0, freeNormal: 2 * mapped, cpus: 2, lruCacheDisablers: 1 }
}

/** The bounds in words. */
export function boundsFor(values: typeof constants): string {
  const { pages, freeNormal, cpus } = sizesFor(values)
  return `${pages} page${pages === 1 ? '' : 's'} in ZONE_MOVABLE, ${freeNormal} free folios in ZONE_NORMAL, ${cpus} CPUs with batches of 2, 2 migration passes`
}

/** The memory, and where the two tasks stand. */
export type Scene = Mm & {
  pinning: 'LRU page' | 'driver page'
  pinner: PinCall & { pc: string }
  offline: { pc: string }
}

/**
 * The model of the scenario on a kernel. Tasks are weakly fair once they have begun; whether the pin is ever let go,
 * a failed call is ever repeated, offlining ever begins, and an idle CPU's batch is ever flushed, is left open.
 */
export function pinVsOffline(
  kernel: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const { settings } = kernel
  const disabling = settings['drain-when'] === 'disabled' ? { lruCacheDisablers: 2 } : {}
  const sizes = { ...sizesFor(values), ...disabling }
  const mm = memory(sizes)
  const pinner = longtermPinner(mm, { cpu: 0, settings, mayRunOut: true })
  const offline = offlining(mm, { cpu: 1, settings, range: sizes.pages + sizes.freeMovable })
  return model(
    'pin-vs-offline',
    { state: { ...mm.state, pinning: pageKinds }, processes: { pinner, offline } },
    {
      init: {
        'pages on the LRU': (s) => {
          bootMemory(s, sizes)
          s.pinning = 'LRU page'
        },
        'pages of a driver': (s) => {
          bootMemory(s, sizes)
          for (const folio of s.folio) folio.PG_lru = false
          s.pinning = 'driver page'
        },
      },
      actions: {
        'other work flushes the batch': otherWork(mm),
      },
      fairness: {
        weak: [
          { anyOf: labelsOf('pinner', pinner, ['let go', 'call again']) },
          { anyOf: labelsOf('offline', offline, ['offline_pages']) },
        ],
      },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      waive,
    },
  )
}
