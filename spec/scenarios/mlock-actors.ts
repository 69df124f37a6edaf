/**
 * Those who may set or clear PG_mlocked of one folio, or move it between the lists, in any combination: mlock(2),
 * munlock(2), munmap(2) and faults in one or two VMAs, by tasks of which one may be moved between CPUs; isolation with
 * putback; migration that succeeds or fails; reclaim; and work that drains the batches of a CPU at any time.
 */
import { match } from 'ts-pattern'
import { type Claim, forAll, model, when } from '../../checker/language/index.ts'
import { drainWork } from '../drain-work.ts'
import { isolateAndPutBack } from '../isolate-putback.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import type { MlockKind } from '../mlock.ts'
import { type Call, mlockCaller } from '../mlock-calls.ts'
import type { Waiting } from '../mlock-drain.ts'
import { oneMigration } from '../one-migration.ts'
import { reclaim } from '../reclaim.ts'
import { transientReader } from './mlock-vs-migration.ts'
import { bootMlocked } from './munlock-putback.ts'

/** Calls of a task: some of them in any order, as many as it has a budget for, or all in the order listed. */
export type Calls = { readonly anyOf: readonly Call[]; readonly budget: number } | { readonly inOrder: readonly Call[] }

export interface Cast {
  readonly name: string
  /** what is behind the VMAs: one page of a file, or anonymous memory */
  readonly backing: 'file' | 'anon'
  /** the task on CPU 0, which owns VMA0 */
  readonly task: Calls
  /** whether it may be moved to CPU 1 */
  readonly moves: boolean
  /** the task on CPU 1, which owns VMA1 */
  readonly other: Calls | null
  readonly begins: Beginning
  readonly drainWork: boolean
  readonly putback: boolean
  readonly migration: boolean
  /** whether somebody has a transient reference, so that a migration may fail */
  readonly reader: boolean
  /** reclaim of the folio, which may be a large one: its entries in a VMA are one here, under one page-table lock */
  readonly reclaim: boolean | 'of a large folio'
  readonly capacity: number
}

/**
 * How the folio begins: mapped nowhere, with VMA0 VM_LOCKED or not; mapped by every VMA; mapped by VMA0, which is VM_LOCKED,
 * and not mlocked, as a race may have left it; mlocked by VMA0, or by every VMA, and counted so.
 */
export type Beginning = 'unmapped' | 'unmapped, VMA0 locked' | 'mapped' | 'missed' | 'mlocked' | 'mlocked by all'

function begin(s: Mm, { begins, backing }: Cast): void {
  match(begins)
    .with('mapped', () => {})
    .with('unmapped', 'unmapped, VMA0 locked', () => {
      s.vma[0].VM_LOCKED = begins !== 'unmapped'
      for (const page of s.pte.keys()) s.pte[page] = { kind: 'none' }
      s.folio[0].refs = backing === 'file' ? 1 : 0
      s.folio[0].PG_lru = backing === 'file'
    })
    .with('missed', () => {
      s.vma[0].VM_LOCKED = true
    })
    .with('mlocked', () => bootMlocked(s, 1))
    .with('mlocked by all', () => {
      bootMlocked(s, s.vma.length)
      for (const vma of s.vma) vma.VM_LOCKED = true
    })
    .exhaustive()
}

/** One folio, a free one, one or two VMAs, two CPUs. */
export function sizesFor({ settings }: Kernel, cast: Cast): Sizes {
  const capacity = settings['mlock-batching'] === 'synchronous' ? 1 : cast.capacity
  const drainsOthers = settings['munlock-drains'] === 'every-cpu'
  const vmas = cast.other === null ? 1 : 2
  const touches = [cast.task, cast.other].some((calls) => calls !== null && callsOf(calls).includes('touch'))
  const unmaps = [cast.task, cast.other].some((calls) => calls !== null && callsOf(calls).includes('munmap'))
  return {
    pages: vmas,
    vmas,
    folios: 2,
    freeMovable: 1,
    freeNormal: 0,
    cpus: 2,
    nodes: 1,
    gets: cast.reader ? 1 : 0,
    references: 11,
    pinner: false,
    passes: 1,
    migrates: cast.migration,
    file: cast.backing === 'file',
    ...(vmas > 1 && { shared: true }),
    ptesMayBeEmpty: touches || unmaps || cast.reclaim !== false || cast.begins.startsWith('unmapped'),
    mlock: { capacity, count: 4, tasksShareCpus: cast.moves || cast.drainWork || drainsOthers || onCpu1(cast) > 1 },
  }
}

/** How many tasks there are on CPU 1. */
const onCpu1 = ({ other, putback, migration, reclaim }: Cast): number =>
  [other !== null && callsOf(other).length > 0, putback, migration, reclaim !== false].filter(Boolean).length

const callsOf = (calls: Calls): readonly Call[] => ('inOrder' in calls ? calls.inOrder : calls.anyOf)

/** The memory, and where the tasks stand; those that the cast does not have are not there. */
export type Scene = Mm & {
  task: { pc: string; cpu: number }
  work: { pc: string }
  other: { pc: string }
  putback: { pc: string }
  migration: { pc: string }
  reclaim: { pc: string }
}

/** No task is inside a call or at work, and nobody looks at a folio. */
export const endedIn =
  (cast: Cast) =>
  (s: Scene): boolean =>
    outside(s.task) &&
    (cast.other === null || callsOf(cast.other).length === 0 || outside(s.other)) &&
    (['putback', 'migration', 'reclaim'] as const).every((each) => !cast[each] || s[each].pc === 'done') &&
    (!cast.drainWork || s.work.pc === 'idle') &&
    s.folio.every(({ gets }) => gets === 0)

const outside = ({ pc }: { pc: string }): boolean => pc === 'user space' || pc === 'done'

/** The model of a cast on a kernel. */
export function mlockActors(
  kernel: Kernel,
  cast: Cast,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const { settings } = kernel
  const { backing, moves } = cast
  const sizes = sizesFor(kernel, cast)
  const mm = memory(sizes)
  const drainsAtEnd = !cast.drainWork
  const maps = backing === 'file' ? ('page cache' as const) : ('new folio' as const)
  const everyCall = [...callsOf(cast.task), ...(cast.other === null ? [] : callsOf(cast.other))]
  const others = cast.putback || cast.migration || cast.reclaim !== false
  /** What may wait on a CPU where these calls are made, and where whoever else is there puts folios back. */
  const waitingFor = (calls: readonly Call[], putsBack: boolean): Waiting => {
    const adds = putsBack || (backing === 'anon' && calls.includes('touch'))
    const makes = (...some: Call[]) => some.some((call) => calls.includes(call))
    const kinds: MlockKind[] = [
      ...(makes('mlock') || (backing === 'file' && makes('touch')) || putsBack ? (['LRU'] as const) : []),
      ...(backing === 'anon' && makes('touch') ? (['NEW'] as const) : []),
      ...(makes('munlock', 'munmap') ? (['MUNLOCK'] as const) : []),
    ]
    return { settings, adds, kinds, longest: Math.max(adds ? 2 : 1, sizes.mlock!.capacity) }
  }
  const everywhere = waitingFor(everyCall, others)
  const owner = (calls: Calls, alone: boolean) => ({
    ...(alone ? waitingFor(callsOf(calls), false) : everywhere),
    maps,
    calls: callsOf(calls),
    budget: 'inOrder' in calls ? calls.inOrder.length : calls.budget,
    inOrder: 'inOrder' in calls,
  })
  const processes = {
    task: mlockCaller(mm, {
      ...owner(cast.task, !moves),
      title: moves ? 'task' : 'task (CPU 0)',
      vma: 0,
      cpu: 0,
      moves,
    }),
    ...(cast.other !== null &&
      callsOf(cast.other).length > 0 && {
        other: mlockCaller(mm, { ...owner(cast.other, false), title: 'other task (CPU 1)', vma: 1, cpu: 1 }),
      }),
    ...(cast.drainWork && { work: drainWork(mm, everywhere) }),
    ...(cast.putback && { putback: isolateAndPutBack(mm, { ...everywhere, cpu: 1, folio: 0 }) }),
    ...(cast.migration && {
      migration: oneMigration(mm, { cpu: 1, mode: 'async', settings, folio: 0, drains: 'nothing', drainsAtEnd }),
    }),
    ...(cast.reader && { reader: transientReader(mm) }),
    ...(cast.reclaim && {
      reclaim: reclaim(mm, { cpu: 1, settings, folio: 0, large: cast.reclaim === 'of a large folio', drainsAtEnd }),
    }),
  }
  return model(
    cast.name,
    { state: mm.state, processes },
    {
      init: (s) => {
        bootMemory(s, sizes, backing)
        begin(s, cast)
      },
      actions: moves
        ? {
            // Not while it holds a local lock, or a page-table lock, which it holds within steps only.
            'the task is moved to the other CPU': forAll(
              { cpu: mm.cpus },
              (s, { cpu }) => {
                when(s.task.pc !== 'done' && s.task.cpu !== cpu && !s.localLock[s.task.cpu])
                s.task.cpu = cpu
              },
              'kernel/sched/core.c: set_task_cpu',
            ),
          }
        : {},
      claims: claimsOn(mm) as readonly Claim<never>[],
      final: endedIn(cast) as (s: object) => boolean,
      waive,
    },
  )
}
