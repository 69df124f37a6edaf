/**
 * Migration of a folio that a VM_LOCKED VMA maps: the question of the thread on "mm/munlock: page migration needs mlock
 * pagevec drained" (February 2022). Unmapping puts the folio into the mlock batch of this CPU, with a reference that the
 * migration then finds too many. Where must that batch be drained?
 */
import { type Claim, type Constants, forAll, model, oneOf, when } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { drainMlockBatch, mlockFolio } from '../mlock.ts'
import { labelsOf } from '../offline.ts'
import { oneMigration } from '../one-migration.ts'
import { bootMlocked } from './munlock-putback.ts'

export const constants = { capacity: 2, passes: 2, hop: true, 'drain-all': false, deep: false } satisfies Constants

/** What waits where when the migration begins. */
export const starts = oneOf('batches empty', 'an entry on the other CPU')

const boundsOf = ({ passes, deep }: typeof constants) =>
  deep ? { cpus: 3, passes: Math.max(3, passes) } : { cpus: 2, passes }

/** One folio in one VMA, a destination, and two CPUs. */
export function sizesFor({ settings }: Kernel, values: typeof constants): Sizes {
  const counts = settings['munlock-decides-by'] === 'mlock-count'
  const { cpus, passes } = boundsOf(values)
  return {
    pages: 1,
    freeMovable: 1,
    freeNormal: 0,
    cpus,
    nodes: 1,
    gets: 0,
    references: Math.max(7, 2 * values.capacity),
    pinner: false,
    passes,
    mlock: counts ? { capacity: values.capacity, count: 2 } : { capacity: 0, count: 0 },
  }
}

/** The bounds in words. */
export function boundsFor(values: typeof constants): string {
  const { cpus, passes } = boundsOf(values)
  const hop = values.hop ? 'the task may be moved between them' : 'the task stays on its CPU'
  return `one folio in one VM_LOCKED VMA, ${cpus} CPUs with mlock batches of ${values.capacity}, ${hop}, ${passes} migration passes`
}

/** The memory, what waited at the start, and where the migration stands. */
export type Scene = Mm & {
  start: 'batches empty' | 'an entry on the other CPU'
  migration: { pc: string; failed: boolean; cpu: number }
}

/** The model of the scenario on a kernel: one migration, or one that is repeated until it succeeds. */
export function mlockDrain(
  kernel: Kernel,
  values: typeof constants,
  repeats: boolean,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const { settings } = kernel
  const sizes = sizesFor(kernel, values)
  const mm = memory(sizes)
  const migration = oneMigration(mm, {
    title: values.hop ? 'migration' : 'migration (CPU 0)',
    cpu: 0,
    moves: values.hop,
    mode: 'sync',
    settings,
    folio: 0,
    repeats,
    drains: values['drain-all'] ? 'every CPU' : 'as a long-term pin',
  })
  const boot = (s: Scene) => {
    bootMemory(s, sizes)
    bootMlocked(s, sizes.mlock?.count === 0 ? 0 : 1)
  }
  return model(
    repeats ? 'mlock-drain-repeated' : 'mlock-drain',
    { state: { ...mm.state, start: starts }, processes: { migration } },
    {
      init: {
        'batches empty': (s) => {
          boot(s as Scene)
          s.start = 'batches empty'
        },
        // As after a fault there: counted in PG_mlocked already, and not yet in mlock_count.
        ...(sizes.mlock?.capacity && {
          'an entry on the other CPU': (s: Scene) => {
            boot(s)
            s.folio[0].mlock_count = 0
            if (mlockFolio(s, 1, 0)) drainMlockBatch(s, 1)
            s.start = 'an entry on the other CPU'
          },
        }),
      },
      actions: values.hop
        ? {
            // Between two steps; a step that ends inside the page-table lock would not be one.
            'the task is moved to another CPU': forAll(
              { cpu: mm.cpus },
              (s, { cpu }) => {
                when(s.migration.pc !== 'done' && s.migration.cpu !== cpu)
                s.migration.cpu = cpu
              },
              'kernel/sched/core.c: set_task_cpu',
            ),
          }
        : {},
      // Whether the task is ever moved is left open, and so is whether an idle CPU ever drains its batches.
      ...(repeats && { fairness: { weak: [{ anyOf: labelsOf('migration', migration, []) }] } }),
      claims: claimsOn(mm) as readonly Claim<Scene>[],
      waive,
    },
  )
}
