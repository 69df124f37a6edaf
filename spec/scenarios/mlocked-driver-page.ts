/**
 * mlock reaches a page that is on no LRU list, because a driver has mapped it to user space; then the driver frees it. Since
 * v5.18 the last unmapping does not clear PG_mlocked any more: whoever frees the page has to.
 */
import { type Claim, type Constants, forAll, model, when } from '../../checker/language/index.ts'
import { bootKernelPage, freeingDriver, kernelPage, lockingUser } from '../drivers/kernel-page.ts'
import type { Kernel } from '../kernels.ts'
import type { Memory, Mm } from '../memory.ts'
import { drainMlockBatch } from '../mlock.ts'

export const constants = {} satisfies Constants

/** The bounds in words. */
export const boundsFor = (): string =>
  '1 page of a driver in 1 VMA that is VM_LOCKED, 1 user, 1 driver that frees it, 2 CPUs'

/** The model on a kernel, with the claims that `claimsOn` makes. */
export function mlockedDriverPage(
  { settings }: Kernel,
  claimsOn: (mm: Memory) => readonly Claim<Mm>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = kernelPage(settings)
  return model(
    'mlocked-driver-page',
    {
      state: mm.state,
      processes: { user: lockingUser(mm, 0, settings), driver: freeingDriver(mm, 1, settings) },
    },
    {
      init: (s) => bootKernelPage(s, mm, settings),
      actions:
        settings['munlock-decides-by'] === 'mlock-count'
          ? {
              'other work drains the mlock batch': forAll(
                { cpu: mm.cpus },
                (s, { cpu }) => {
                  when(s.mlockBatch[cpu].length > 0)
                  drainMlockBatch(s, cpu)
                },
                'mm/mlock.c: mlock_page_drain / mlock_drain_local',
              ),
            }
          : {},
      claims: claimsOn(mm),
      waive,
    },
  )
}
