/** Memory is short: a task on CPU 0 reclaims, while the only page there is to reclaim has been accessed on CPU 1. */
import { type Claim, type Constants, model, note, process, step } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { drainBatches, folioIsolateLru } from '../lru.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { otherWork } from '../other-work.ts'
import { reader } from '../reader.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { deep: false } satisfies Constants

/** The sizes of the address space and of memory. */
const sizesFor = (settings: Settings): Sizes => ({
  pages: 1,
  freeMovable: 0,
  freeNormal: 0,
  cpus: 2,
  pinner: false,
  migrates: false,
  activation: settings['lru-flag-in-batches'],
})

/** The bounds in words. */
export const boundsFor = () => '1 page in use, no free folio, 2 CPUs with batches of 2'

/** The memory, and the task that reclaims. */
export type Scene = Mm & { readonly reclaim: { readonly pc: string } }

/** The model on a kernel, with the claims made about it. Nothing makes an idle CPU flush its batches. */
export function reclaimVsBatch(
  { settings }: Kernel,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(settings)
  const mm = memory(sizes)
  return model(
    'reclaim-vs-batch',
    { state: mm.state, processes: { reclaim: reclaim(mm, 0), thread: reader(mm, { cpu: 1 }) } },
    {
      init: (s) => bootMemory(s, sizes),
      actions: {
        'other work flushes the batches': otherWork(mm, (s, cpu) => s.activateBatch[cpu].length, drainBatches),
      },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      final: (s) => s.reclaim.pc === 'done',
      waive,
    },
  )
}

/** Direct reclaim, as far as finding a folio goes. It drains the batches of its own CPU first. */
function reclaim(mm: Memory, cpu: number) {
  return process(
    mm.state,
    { title: `reclaim (CPU ${cpu})`, locals: {}, start: {} },
    {
      lru_add_drain: step('mm/vmscan.c: shrink_inactive_list', (s) => {
        drainBatches(s, cpu)
        return 'isolate_lru_folios'
      }),
      isolate_lru_folios: step('mm/vmscan.c: isolate_lru_pages / isolate_lru_folios', (s) => {
        if (folioIsolateLru(s, 0)) return 'reclaimed'
        note(s, 'no folio has PG_lru')
        return 'out of memory'
      }),
      reclaimed: step('mm/vmscan.c: shrink_page_list / shrink_folio_list', () => 'done'),
      'out of memory': step('mm/oom_kill.c: out_of_memory', () => 'done'),
    },
  )
}
