/** A balloon inflates and deflates while compaction moves its pages: who may take a page off which list, and what it is. */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import {
  type Balloon,
  type BalloonMemory,
  balloonCompaction,
  balloonMemory,
  balloonTask,
  bootBalloon,
} from '../drivers/balloon.ts'
import type { Kernel } from '../kernels.ts'

export const constants = {} satisfies Constants

/** The bounds in words. */
export const boundsFor = (): string =>
  '1 page in the balloon and 1 free, 1 task that migrates, 1 that inflates and deflates'

/** The memory, and where the tasks stand. */
export type Scene = Balloon & {
  compaction: { pc: string; src: number | null; dst: number | null }
  balloon: { pc: string; page: number | null }
}

/** The model on a kernel, with the claims that `claimsOn` makes. */
export function balloonDeflate(
  { settings }: Kernel,
  claimsOn: (mm: BalloonMemory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = balloonMemory(settings)
  return model(
    'balloon-deflate',
    {
      state: mm.state,
      processes: {
        compaction: balloonCompaction(mm, settings, 'virtio'),
        balloon: balloonTask(mm, settings, { deflates: true }),
      },
    },
    { init: bootBalloon, claims: claimsOn(mm) as readonly Claim<object>[], waive },
  )
}
