/** Direct I/O pins a page of ZONE_MOVABLE for a while, where it is, and the memory below it is being offlined. */
import type { Claim } from '../../checker/language/index.ts'
import type { PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import type { Memory, Mm } from '../memory.ts'
import { offlining } from '../offline.ts'
import type { Settings } from '../switches/index.ts'
import { boundsOf, type constants, shortPinVs, sizesFor } from './short-pin-vs.ts'

export { constants } from './short-pin-vs.ts'

/** The bounds in words. */
export const boundsFor = (values: typeof constants): string => boundsOf('ZONE_MOVABLE', values)

/** The memory, and where the two tasks stand. */
export type Scene = Mm & { readonly pinner: PinCall; readonly offline: { readonly pc: string } }

/** The model on a kernel, with the claims made about it. */
export function shortPinVsOffline(
  on: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values, on.settings['offline-disables-lru-cache'] === 'yes')
  const offline = {
    name: 'offline',
    process: (mm: Memory, who: { cpu: number; settings: Settings }) => offlining(mm, { ...who, range: 1 }),
  }
  return shortPinVs(on, 'short-pin-vs-offline', sizes, offline, claimsOn, waive)
}
