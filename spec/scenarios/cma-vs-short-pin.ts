/** Direct I/O pins a page of a CMA area for a while, where it is, and the area is being allocated. */
import type { Claim } from '../../checker/language/index.ts'
import { type CmaCall, cmaAlloc } from '../cma.ts'
import type { PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import type { Memory, Mm } from '../memory.ts'
import { boundsOf, type constants, shortPinVs, sizesFor } from './short-pin-vs.ts'

export { constants } from './short-pin-vs.ts'

/** The bounds in words. */
export const boundsFor = (values: typeof constants): string => boundsOf('a CMA area of 1 folio', values)

/** The memory, and where the two tasks stand. */
export type Scene = Mm & { readonly pinner: PinCall; readonly cma: CmaCall }

/** The model on a kernel, with the claims made about it. */
export function cmaVsShortPin(
  on: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values, on.settings['cma-lru-batches'] === 'disable', { pageblocks: 'CMA' })
  return shortPinVs(on, 'cma-vs-short-pin', sizes, { name: 'cma', process: cmaAlloc }, claimsOn, waive)
}
