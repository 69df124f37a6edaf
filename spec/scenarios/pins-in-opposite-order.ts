/**
 * Two tasks pin the same two pages of ZONE_MOVABLE, which they have mapped in opposite orders. Each pins page by page, and
 * migration unmaps folio by folio: may they wait for each other?
 */
import type { Claim, Constants } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import type { Memory } from '../memory.ts'
import { pinVsPin, boundsFor as pinVsPinBounds, type Scene } from './pin-vs-pin.ts'

export const constants = { passes: 1, deep: false } satisfies Constants

const sizes = { pages: 2, opposite: true }

/** The bounds in words. */
export const boundsFor = (values: typeof constants): string => pinVsPinBounds({ ...sizes, ...values })

/**
 * The model on a kernel, with the claims made about it. A wait with a timeout is modelled without it where holds are short,
 * so that a wait that only the timeout would end has no next step here, which is no error of the model.
 */
export function pinsInOppositeOrder(
  kernel: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const model = pinVsPin(kernel, { ...sizes, ...values }, claimsOn, waive)
  return { ...model, name: 'pins-in-opposite-order', deadlock: 'off' as const }
}
