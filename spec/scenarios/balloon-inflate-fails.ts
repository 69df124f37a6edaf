/** Compaction moves a page of the VMware balloon, and the host refuses the new page when the old one is already gone. */
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
export const boundsFor = (): string => '1 page in the balloon and 1 free, 1 task that migrates, 1 that inflates'

/** The memory, and where the tasks stand. */
export type Scene = Balloon & { compaction: { pc: string; src: number | null; dst: number | null } }

/** The model on a kernel, with the claims that `claimsOn` makes. */
export function balloonInflateFails(
  { settings }: Kernel,
  claimsOn: (mm: BalloonMemory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = balloonMemory(settings, { mayWarn: settings['movable-tag'] === 'page-type' })
  return model(
    'balloon-inflate-fails',
    {
      state: mm.state,
      processes: {
        compaction: balloonCompaction(mm, settings, 'vmware'),
        balloon: balloonTask(mm, settings, { deflates: false }),
      },
    },
    { init: bootBalloon, claims: claimsOn(mm) as readonly Claim<object>[], waive },
  )
}
