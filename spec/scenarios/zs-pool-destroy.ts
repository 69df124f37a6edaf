/** A user frees its last object and destroys the pool while compaction has a page of it isolated. */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { bootZs, type ZsMemory, zsCompaction, zsMemory, zsUser, zsWorker } from '../drivers/zsmalloc.ts'
import type { Kernel } from '../kernels.ts'
import { labelsOf } from '../offline.ts'

export const constants = { deep: false } satisfies Constants

/** The bounds in words. */
export const boundsFor = ({ deep }: typeof constants): string =>
  `1 pool with 1 zspage of 2 pages, 1 object and ${deep ? '2 free pages, 2 tasks that migrate' : '1 free page, 1 task that migrates'}, 1 that frees and destroys, the free worker`

/** The model on a kernel, with the claims that `claimsOn` makes. */
export function zsPoolDestroy(
  { settings }: Kernel,
  { deep }: typeof constants,
  claimsOn: (mm: ZsMemory) => readonly Claim<never>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = zsMemory(settings, { compactors: deep ? 2 : 1, destroys: true })
  const compaction = zsCompaction(mm, settings)
  const compaction2 = zsCompaction(mm, settings, 'compaction 2')
  const user = zsUser(mm, settings, { destroys: true })
  const worker = zsWorker(mm, settings)
  return model(
    'zs-pool-destroy',
    { state: mm.state, processes: { compaction, ...(deep ? { compaction2 } : {}), user, worker } },
    {
      init: bootZs,
      // Tasks go on once they have begun; whether anything is ever isolated or freed is left open.
      fairness: {
        weak: [
          { anyOf: labelsOf('compaction', compaction, ['get_page_unless_zero']) },
          ...(deep ? [{ anyOf: labelsOf('compaction2', compaction2, ['get_page_unless_zero']) }] : []),
          { anyOf: labelsOf('user', user, ['zs_free']) },
          'worker',
        ],
      },
      claims: claimsOn(mm) as readonly Claim<object>[],
      // A wait for something that never comes is for the claim about it to find.
      deadlock: 'off',
      waive,
    },
  )
}
