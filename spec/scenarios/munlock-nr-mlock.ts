/**
 * munlock(2) up to v5.17 of a page that waits in the lru_add batch of another CPU, so that it is not on the LRU yet. Is
 * NR_MLOCK lowered for it?
 */
import { type Claim, model } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { munlockByPagevec } from '../munlock-pagevec.ts'
import { otherWork } from '../other-work.ts'

const sizes: Sizes = {
  pages: 1,
  freeMovable: 0,
  freeNormal: 0,
  cpus: 2,
  nodes: 1,
  gets: 1,
  pinner: false,
  migrates: false,
  mlock: { capacity: 0, count: 0 },
}

/** The memory, and where the munlock stands. */
export type Scene = Mm & { munlock: { pc: string } }

/** The call has returned. */
export const ended = (s: Scene): boolean => s.munlock.pc === 'done'

/** The model of the scenario on a kernel. */
export function munlockNrMlock(
  { settings }: Kernel,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = memory(sizes)
  return model(
    'munlock-nr-mlock',
    { state: mm.state, processes: { munlock: munlockByPagevec(mm, { cpu: 0, settings, page: 0 }) } },
    {
      // Read in on CPU 1, where it waits; mlock(2) has set PG_mlocked all the same, and could not isolate the page.
      init: (s) => {
        bootMemory(s, sizes)
        s.vma[0].VM_LOCKED = true
        Object.assign(s.folio[0], { PG_lru: false, PG_mlocked: true, refs: 2 })
        s.batch[1] = [0]
        s.NR_MLOCK = 1
      },
      actions: {
        'other work drains the batch': otherWork(mm),
      },
      claims: claimsOn(mm) as readonly Claim<never>[],
      waive,
    },
  )
}
