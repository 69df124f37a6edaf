/**
 * The frame of scenarios in which a folio that is to be pinned long-term waits in a batch of some CPU, because another
 * thread has just used it. Nothing makes an idle CPU empty its batches.
 */
import { bool, type Claim, type Constants, model, type Process } from '../../checker/language/index.ts'
import { longtermPinner, type PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { drainBatches } from '../lru.ts'
import { type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { otherWork } from '../other-work.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { pages: 1, large: false, deep: false } satisfies Constants

/** The sizes of the address space and of memory; `more` is what the batch at hand needs. */
export const sizesOf = ({ pages, large, deep }: typeof constants, settings: Settings, more: Partial<Sizes>): Sizes => ({
  pages,
  freeMovable: 0,
  freeNormal: pages,
  cpus: 2,
  passes: deep ? 2 : 1,
  large,
  ...more,
  ...(settings['drain-when'] === 'disabled' && { lruCacheDisablers: 1 }),
})

/** The bounds in words: which pages, in which zone their folios lie, and what waits in the batches. */
export function boundsOf(
  { pages, large, deep }: typeof constants,
  words: { of: string; folios: (size: string) => string; batches: string },
): string {
  const folios = words.folios(`${large ? 'large' : 'small'} folios`)
  return `${pages} page${pages === 1 ? '' : 's'} ${words.of}, ${folios}, as many free ones in ZONE_NORMAL, 2 CPUs with ${words.batches}, migration passes: ${deep ? 2 : 1}, 1 call`
}

/** The memory, the task that pins, and whether anything was batched since the round of its call began. */
export type Scene = Mm & { readonly pinner: PinCall; batchedMeanwhile: boolean }

interface Text {
  readonly name: string
  readonly sizes: Sizes
  /** how the page is pinned: whether that accesses it, and whether it may have to be faulted in */
  readonly pin: { readonly touches?: true; readonly faults?: true }
  /** the other thread, on CPU 1, which says when it has batched something */
  readonly thread: (mm: Memory, batched: (s: object) => void) => unknown
  /** where the task that pins stands when its round has not begun yet */
  readonly before: readonly string[]
  readonly init: (s: Mm) => void
  /** the action that empties batches, and how much waits in them */
  readonly work: { readonly name: string; readonly waiting: (s: Mm, cpu: number) => number }
}

/** The model on a kernel, with the claims made about it. */
export function pinVsBatch(
  { settings }: Kernel,
  { name, sizes, pin, thread, before, init, work }: Text,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = memory(sizes)
  const batched = (s: object) => {
    if (!before.includes((s as Scene).pinner.pc)) (s as Scene).batchedMeanwhile = true
  }
  return model(
    name,
    {
      state: { ...mm.state, batchedMeanwhile: bool },
      processes: {
        pinner: longtermPinner(mm, { cpu: 0, settings, ...pin, calls: 'once' }),
        thread: thread(mm, batched) as Process,
      },
    },
    {
      init: (s) => {
        init(s)
        s.batchedMeanwhile = false
      },
      actions: { [work.name]: otherWork(mm, work.waiting, drainBatches) },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      final: (s) => s.pinner.pc === 'done',
      waive,
    },
  )
}
