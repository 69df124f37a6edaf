/** Direct I/O pins a page of a CMA area for a while, where it is, and the area is being allocated. */
import { type Claim, type Constants, forAll, model, when } from '../../checker/language/index.ts'
import { type CmaCall, cmaAlloc } from '../cma.ts'
import type { PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { flushBatch } from '../lru.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { labelsOf } from '../offline.ts'
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
  pageblocks: 'CMA',
  lruCacheDisablers: settings['cma-lru-batches'] === 'disable' ? 1 : 0,
})

/** The bounds in words. */
export const boundsFor = ({ passes, deep }: typeof constants): string =>
  `1 page in a CMA area of 1 folio, 1 free folio in ZONE_NORMAL, 2 CPUs with batches of 2, migration passes: ${deep ? Math.max(2, passes) : passes}`

/** The memory, and where the two tasks stand. */
export type Scene = Mm & { readonly pinner: PinCall; readonly cma: CmaCall }

/** The model on a kernel, with the claims made about it. I/O that has begun ends; whether more of it begins is left open. */
export function cmaVsShortPin(
  { settings }: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values, settings)
  const mm = memory(sizes)
  const pinner = shortPinner(mm, { cpu: 0, settings })
  const cma = cmaAlloc(mm, { cpu: 1, settings })
  return model(
    'cma-vs-short-pin',
    { state: mm.state, processes: { pinner, cma } },
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
        weak: [{ anyOf: labelsOf('pinner', pinner, ['read pte']) }, { anyOf: labelsOf('cma', cma, []) }],
      },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      final: (s) => s.cma.pc === 'done',
      waive,
    },
  )
}
