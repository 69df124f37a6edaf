/** A CMA area is allocated while a thread on another CPU goes on using the page in it, which batches its folio again. */
import { bool, type Claim, type Constants, choose, model } from '../../checker/language/index.ts'
import { type CmaCall, cmaAlloc } from '../cma.ts'
import type { Kernel } from '../kernels.ts'
import { drainBatches } from '../lru.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { otherWork } from '../other-work.ts'
import { reader } from '../reader.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { passes: 1, deep: false } satisfies Constants

/** The sizes of the address space and of memory. */
export function sizesFor({ passes, deep }: typeof constants, settings: Settings): Sizes {
  return {
    pages: 1,
    freeMovable: 0,
    freeNormal: 1,
    cpus: 2,
    pinner: false,
    passes: deep ? Math.max(2, passes) : passes,
    pageblocks: 'CMA',
    activation: settings['lru-flag-in-batches'],
    lruCacheDisablers: settings['cma-lru-batches'] === 'disable' ? 1 : 0,
  }
}

/** The bounds in words. */
export const boundsFor = ({ passes, deep }: typeof constants): string =>
  `1 page in a CMA area of 1 folio, 1 free folio in ZONE_NORMAL, 2 CPUs with batches of 2, migration passes: ${deep ? Math.max(2, passes) : passes}`

/** The memory, and the allocation. */
export type Scene = Mm & { readonly cma: CmaCall }

/** The model on a kernel, with the claims made about it. Nothing makes an idle CPU flush its batches. */
export function cmaVsBatch(
  { settings }: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values, settings)
  const mm = memory(sizes)
  return model(
    'cma-vs-batch',
    { state: mm.state, processes: { cma: cmaAlloc(mm, { cpu: 0, settings }), thread: reader(mm, { cpu: 1 }) } },
    {
      init: (s) => {
        bootMemory(s, sizes)
        s.folio[0].PG_referenced = choose(s, bool)
      },
      actions: {
        'other work flushes the batches': otherWork(
          mm,
          (s, cpu) => s.batch[cpu].length + s.activateBatch[cpu].length,
          drainBatches,
        ),
      },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      final: (s) => s.cma.pc === 'done',
      waive,
    },
  )
}
