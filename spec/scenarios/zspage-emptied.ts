/** The last object of a zspage is freed while compaction isolates and moves its pages, and the free worker comes along. */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { bootZs, type ZsMemory, zsCompaction, zsMemory, zsUser, zsWorker } from '../drivers/zsmalloc.ts'
import type { Kernel } from '../kernels.ts'

export const constants = { deep: false } satisfies Constants

/** The bounds in words. */
export const boundsFor = ({ deep }: typeof constants): string =>
  `1 zspage of 2 pages with 1 object and ${deep ? '2 free pages, 2 tasks that migrate' : '1 free page, 1 task that migrates'}, 1 that frees, the free worker`

/** The model on a kernel, with the claims that `claimsOn` makes. */
export function zspageEmptied(
  { settings }: Kernel,
  { deep }: typeof constants,
  claimsOn: (mm: ZsMemory) => readonly Claim<never>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = zsMemory(settings, { compactors: deep ? 2 : 1, destroys: false })
  return model(
    'zspage-emptied',
    {
      state: mm.state,
      processes: {
        compaction: zsCompaction(mm, settings),
        ...(deep ? { compaction2: zsCompaction(mm, settings, 'compaction 2') } : {}),
        user: zsUser(mm, settings, { destroys: false }),
        worker: zsWorker(mm, settings),
      },
    },
    {
      init: bootZs,
      claims: claimsOn(mm) as readonly Claim<object>[],
      // When the zspage is gone there is nothing left to do.
      final: ({ zspage }) => zspage === 'gone',
      waive,
    },
  )
}
