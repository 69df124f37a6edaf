/**
 * mlock(2) or munlock(2) of a page while its folio is migrated. The walk of the call skips migration entries; whether the
 * folio is mlocked or munlocked all the same is up to the migration, which looks at the VMA twice: when it unmaps, and
 * when it maps again, the destination or, where it has failed, the source.
 */
import { type Claim, type Constants, model, note, process, step } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, folioPutGet, folioTryGet, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { type Call, mlockCaller } from '../mlock-calls.ts'
import { munlockByPagevec } from '../munlock-pagevec.ts'
import { oneMigration } from '../one-migration.ts'
import { bootMlocked } from './munlock-putback.ts'

export const constants = { capacity: 2, deep: false } satisfies Constants

export interface Story {
  readonly name: string
  /** the calls of the task that owns the VMA, in the order in which they are possible */
  readonly calls: readonly Call[]
  /** whether the folio is mlocked at the start */
  readonly mlocked: boolean
  /** whether somebody looks at the folio, with a reference of his own, so that migration may fail */
  readonly reader: boolean
}

/** One folio in one VMA, a destination, two CPUs. */
export function sizesFor({ settings }: Kernel, { capacity, deep }: typeof constants, story: Story): Sizes {
  const counts = settings['munlock-decides-by'] === 'mlock-count'
  return {
    pages: 1,
    freeMovable: 1,
    freeNormal: 0,
    cpus: 2,
    nodes: 1,
    gets: (story.reader ? 1 : 0) + (counts ? 0 : 1),
    pinner: false,
    passes: deep ? 2 : 1,
    mlock: counts ? { capacity, count: 3 } : { capacity: 0, count: 0 },
  }
}

/** The bounds in words. */
export function boundsFor({ capacity, deep }: typeof constants, { calls, reader }: Story): string {
  const reading = reader ? ', somebody with a transient reference' : ''
  return `one folio in one VMA, ${calls.map((call) => `${call}(2)`).join(' then ')}, one ${deep ? 'synchronous migration with 2 passes' : 'asynchronous migration with 1 pass'}${reading}, a CPU each with mlock batches of ${capacity}`
}

/** The memory, and where the tasks stand. */
export type Scene = Mm & { caller: { pc: string }; migration: { pc: string; failed: boolean } }

/** No task is inside a call, and nobody looks at a folio any more. */
export const ended = (s: Scene): boolean =>
  (s.caller.pc === 'done' || s.caller.pc === 'user space') &&
  s.migration.pc === 'done' &&
  s.folio.every(({ gets }) => gets === 0)

/** The model of a story on a kernel. */
export function mlockVsMigration(
  kernel: Kernel,
  values: typeof constants,
  story: Story,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const { settings } = kernel
  const { calls, mlocked, reader } = story
  const sizes = sizesFor(kernel, values, story)
  const mm = memory(sizes)
  const counts = settings['munlock-decides-by'] === 'mlock-count'
  const title = `${calls.join(', ')} (CPU 0)`
  const caller = counts
    ? mlockCaller(mm, {
        title,
        vma: 0,
        cpu: 0,
        settings,
        calls,
        budget: calls.length,
        kinds: calls.map((call) => (call === 'mlock' ? 'LRU' : 'MUNLOCK')),
        adds: false,
        longest: 1,
      })
    : munlockByPagevec(mm, { cpu: 0, settings, page: 0 })
  const migration = oneMigration(mm, {
    cpu: 1,
    mode: values.deep ? 'sync' : 'async',
    settings,
    folio: 0,
    drains: 'nothing',
    drainsAtEnd: true,
  })
  return model(
    story.name,
    {
      state: mm.state,
      processes: { caller, migration, ...(reader && { reader: transientReader(mm) }) },
    },
    {
      init: (s) => {
        bootMemory(s, sizes)
        if (mlocked) bootMlocked(s, counts ? 1 : 0)
      },
      claims: claimsOn(mm) as readonly Claim<never>[],
      waive,
    },
  )
}

/** Somebody who finds the folio and looks at it once: a PFN walker, or a lookup in the page cache. */
export function transientReader(mm: Memory) {
  return process(
    mm.state,
    { title: 'reader', locals: {}, start: {} },
    {
      folio_try_get: step('include/linux/page_ref.h: folio_try_get', (s) => {
        if (folioTryGet(s, 0)) return 'folio_put'
        note(s, 'fails, the folio is gone')
        return 'done'
      }),
      folio_put: step('include/linux/mm.h: folio_put', (s) => {
        folioPutGet(s, 0)
        return 'done'
      }),
    },
  )
}
