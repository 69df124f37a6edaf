/**
 * munlock(2) of a folio that somebody has isolated and is putting back. Each of the two looks at what the other changes:
 * putback reads PG_mlocked to choose the list, munlock tests PG_lru to know whether the folio is on one.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { isolateAndPutBack } from '../isolate-putback.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { mlockCaller } from '../mlock-calls.ts'
import { munlockByPagevec } from '../munlock-pagevec.ts'

export const constants = { capacity: 2 } satisfies Constants

/** One folio, mapped by one VMA; two CPUs. */
export function sizesFor({ settings }: Kernel, { capacity }: typeof constants): Sizes {
  const counts = settings['munlock-decides-by'] === 'mlock-count'
  return {
    pages: 1,
    freeMovable: 0,
    freeNormal: 0,
    cpus: 2,
    pinner: false,
    migrates: false,
    nodes: 1,
    gets: counts ? 0 : settings['lru-add-order'] === 'putback-looks-again' ? 2 : 1,
    mlock: {
      capacity: counts ? capacity : 0,
      count: counts ? 1 : 0,
      events: 1,
      tasksShareCpus: settings['munlock-drains'] === 'every-cpu',
    },
  }
}

/** The bounds in words. */
export function boundsFor({ capacity }: typeof constants): string {
  return `one folio in one VM_LOCKED VMA, one munlock(2), one isolation with putback, a CPU each with mlock batches of ${capacity}`
}

/** The memory, and where the two tasks stand. */
export type Scene = Mm & { munlock: { pc: string }; putback: { pc: string } }

/** Both tasks have returned. */
export const ended = (s: Scene): boolean => s.munlock.pc === 'done' && s.putback.pc === 'done'

/** The model of the scenario on a kernel. */
export function munlockPutback(
  kernel: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const { settings } = kernel
  const sizes = sizesFor(kernel, values)
  const mm = memory(sizes)
  const munlock =
    settings['munlock-decides-by'] === 'mlock-count'
      ? mlockCaller(mm, {
          title: 'munlock (CPU 0)',
          vma: 0,
          cpu: 0,
          settings,
          calls: ['munlock'],
          budget: 1,
          kinds: ['MUNLOCK'],
          adds: false,
          longest: 1,
        })
      : munlockByPagevec(mm, { cpu: 0, settings, page: 0 })
  const putback = isolateAndPutBack(mm, { cpu: 1, settings, folio: 0 })
  return model(
    'munlock-putback',
    { state: mm.state, processes: { munlock, putback } },
    {
      init: (s) => {
        bootMemory(s, sizes)
        bootMlocked(s, settings['munlock-decides-by'] === 'mlock-count' ? 1 : 0)
      },
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      projections: { list: (s) => listOf(s, 0) },
      waive,
    },
  )
}

/** F0 is mlocked by VMA0 and on the unevictable list. */
export function bootMlocked(s: Mm, count: number): void {
  s.vma[0].VM_LOCKED = true
  s.folio[0].PG_mlocked = true
  s.folio[0].PG_unevictable = true
  s.folio[0].mlock_count = count
  s.NR_MLOCK = 1
}

/** Where a folio is: what a reader of mm/ would say of it at a glance. */
export function listOf(s: Mm, f: number): string {
  const { refs, PG_lru, PG_mlocked, PG_unevictable } = s.folio[f]
  if (refs === 0) return 'free'
  const flag = PG_mlocked ? 'mlocked' : 'not mlocked'
  if (!PG_lru) return `off the LRU, ${flag}`
  return `${PG_unevictable ? 'unevictable' : 'evictable'} list, ${flag}`
}
