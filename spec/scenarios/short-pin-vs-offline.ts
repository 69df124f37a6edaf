/** Direct I/O pins a page of ZONE_MOVABLE for a while, where it is, and the memory below it is being offlined. */
import { type Claim, type Constants, forAll, model, when } from '../../checker/language/index.ts'
import type { PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { flushBatch } from '../lru.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { labelsOf, offlining } from '../offline.ts'
import { shortPinner } from '../short-pin.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { passes: 1, deep: false } satisfies Constants

/** The sizes of the address space and of memory. */
export const sizesFor = ({ passes, deep }: typeof constants, settings: Settings): Sizes => ({
  pages: 1,
  freeMovable: 0,
  freeNormal: 1,
  cpus: 2,
  gets: 2,
  passes: deep ? Math.max(2, passes) : passes,
  lruCacheDisablers: settings['offline-disables-lru-cache'] === 'yes' ? 1 : 0,
})

/** The bounds in words. */
export const boundsFor = ({ passes, deep }: typeof constants): string =>
  `1 page in ZONE_MOVABLE, 1 free folio in ZONE_NORMAL, 2 CPUs with batches of 2, migration passes: ${deep ? Math.max(2, passes) : passes}`

/** The memory, and where the two tasks stand. */
export type Scene = Mm & { readonly pinner: PinCall; readonly offline: { readonly pc: string } }

/** The model on a kernel, with the claims made about it. I/O that has begun ends; whether more of it begins is left open. */
export function shortPinVsOffline(
  { settings }: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values, settings)
  const mm = memory(sizes)
  const pinner = shortPinner(mm, { cpu: 0, settings })
  const offline = offlining(mm, { cpu: 1, settings, range: 1 })
  return model(
    'short-pin-vs-offline',
    { state: mm.state, processes: { pinner, offline } },
    {
      init: (s) => bootMemory(s, sizes),
      actions: {
        'other work flushes the batch': forAll(
          { cpu: mm.cpus },
          (s, { cpu }) => {
            when(s.batch[cpu].length > 0)
            flushBatch(s, cpu)
          },
          'mm/swap.c: lru_add_drain',
        ),
      },
      fairness: {
        weak: [{ anyOf: labelsOf('pinner', pinner, ['read pte']) }, { anyOf: labelsOf('offline', offline, []) }],
      },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      final: (s) => s.offline.pc === 'done',
      waive,
    },
  )
}
