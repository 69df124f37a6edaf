/**
 * A task pins a page while another one takes references of a moment to it, again and again, by way of the page table: GPU
 * work, process_vm_readv, O_DIRECT (FOLL_GET). Each of them is dropped soon, with nothing in between that could wait.
 */
import { type Claim, type Constants, model, process, step, when } from '../../checker/language/index.ts'
import { longtermPinner, type PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, folioPutGet, folioTryGet, type Memory, type Mm, mappedBy, memory, type Sizes } from '../memory.ts'
import { labelsOf } from '../offline.ts'
import { otherWork } from '../other-work.ts'

export const constants = { passes: 2, pfn: false, deep: false } satisfies Constants

/** The sizes of the address space and of memory. */
export function sizesFor({ passes, deep }: typeof constants): Sizes {
  return { pages: 1, freeMovable: 0, freeNormal: 1, cpus: 2, passes: deep ? Math.max(3, passes) : passes }
}

/** The bounds in words. */
export function boundsFor(values: typeof constants): string {
  const { passes } = sizesFor(values)
  return `1 page in ZONE_MOVABLE, 1 free folio in ZONE_NORMAL, 2 CPUs with batches of 2, ${passes} migration passes, 1 call, any number of references of a moment, taken ${values.pfn ? 'by page frame number' : 'by way of the page table'}`
}

/** The memory, and the task that pins. */
export type Scene = Mm & { readonly pinner: PinCall }

/** The model on a kernel, with the claims made about it. Whoever has a reference drops it. */
export function pinVsGet(
  { settings }: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const disabling = settings['drain-when'] === 'disabled' ? { lruCacheDisablers: 1 } : {}
  const sizes = { ...sizesFor(values), ...disabling }
  const mm = memory(sizes)
  const pinner = longtermPinner(mm, { cpu: 0, settings, calls: 'once' })
  return model(
    'pin-vs-get',
    { state: mm.state, processes: { pinner, worker: worker(mm, 1, values.pfn) } },
    {
      init: (s) => bootMemory(s, sizes),
      actions: {
        'other work flushes the batch': otherWork(mm),
      },
      fairness: { weak: [{ anyOf: labelsOf('pinner', pinner, []) }, 'worker: folio_put'] },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      final: (s) => s.pinner.pc === 'done',
      waive,
    },
  )
}

/** A task that takes a reference to the page under the page-table lock, or to whatever is at its frame, and drops it. */
function worker(mm: Memory, cpu: number, pfn: boolean) {
  return process(
    mm.state,
    { title: `worker (CPU ${cpu})`, locals: { got: mm.folios }, start: { got: 0 } },
    {
      FOLL_GET: step('mm/gup.c: follow_page_pte', (s, me) => {
        const f = pfn ? 0 : mappedBy(s.pte[0])
        when(f !== null && folioTryGet(s, f))
        me.got = f
        return 'folio_put'
      }),
      folio_put: step('include/linux/mm.h: put_page / folio_put', (s, me) => {
        folioPutGet(s, me.got)
        me.got = 0
        return 'FOLL_GET'
      }),
    },
  )
}
