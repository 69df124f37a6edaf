/**
 * A task migrates device memory: it holds the lock of a device-private folio while it waits for lru_add_drain_all, which
 * needs a work item to run on every CPU. On CPU 1, which is not preempted, a task faults on that folio.
 */
import {
  bool,
  type Claim,
  type Constants,
  model,
  oneOf,
  process,
  type StateOf,
  step,
  stepsIf,
  when,
} from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { labelsOf } from '../offline.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { deep: false } satisfies Constants

/** The bounds in words. */
export const boundsFor = () => '1 device-private folio, 2 CPUs without preemption, 1 migration, 1 fault'

const state = {
  PG_locked: bool,
  /** the work item of lru_add_drain_all on CPU 1, not done yet. CPU 0 drains itself on the way. */
  drainQueued: bool,
  /** who runs on CPU 1. The migrating task has CPU 0 to itself. */
  cpu1: oneOf('idle', 'fault'),
}
type Device = StateOf<typeof state>

/** The state that claims speak of. */
export type Scene = Device & { readonly migration: { readonly pc: string }; readonly fault: { readonly pc: string } }

/** The model on a kernel, with the claims made about it. The tasks are weakly fair; so is the scheduler to work items. */
export function drainVsDeviceFault(
  { settings }: Kernel,
  claims: readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const faulting = fault(settings)
  return model(
    'drain-vs-device-fault',
    { state, processes: { migration, kworker, fault: faulting } },
    {
      init(s) {
        s.PG_locked = false
        s.drainQueued = false
        s.cpu1 = 'idle'
      },
      fairness: {
        weak: ['migration', { anyOf: labelsOf('fault', faulting, ['page fault']) }],
        // An idle CPU again and again is enough for a work item that waits for it.
        strong: ['kworker'],
      },
      claims: claims as readonly Claim<Scene>[],
      final: (s) => s.migration.pc === 'done',
      waive,
    },
  )
}

const migration = process(
  state,
  { title: 'migrate_vma (CPU 0)', locals: {}, start: {} },
  {
    'lock device folio': step('mm/migrate_device.c: migrate_vma_collect_pmd', (s) => {
      when(!s.PG_locked)
      s.PG_locked = true
      return 'queue work everywhere'
    }),
    'queue work everywhere': step('mm/swap.c: lru_add_drain_all', (s) => {
      s.drainQueued = true
      return 'flush_work'
    }),
    flush_work: step('mm/swap.c: lru_add_drain_all', (s) => {
      when(!s.drainQueued)
      return 'unlock device folio'
    }),
    'unlock device folio': step('mm/migrate_device.c: migrate_vma_finalize', (s) => {
      s.PG_locked = false
      return 'done'
    }),
  },
)

const kworker = process(
  state,
  { title: 'kworker (CPU 1)', locals: {}, start: {} },
  {
    'run the work item': step('mm/swap.c: lru_add_drain_per_cpu', (s) => {
      when(s.drainQueued && s.cpu1 === 'idle')
      s.drainQueued = false
      return 'run the work item'
    }),
  },
)

/** hmm_range_fault on the device-private entry: it does not leave its CPU unless it sleeps. */
function fault(settings: Settings) {
  const repeats = settings['device-private-locked'] === 'repeat'
  return process(
    state,
    { title: 'fault (CPU 1)', locals: {}, start: {} },
    {
      'page fault': step('mm/hmm.c: hmm_range_fault', (s) => {
        when(s.cpu1 === 'idle')
        s.cpu1 = 'fault'
        return 'folio_trylock'
      }),
      folio_trylock: step('mm/memory.c: do_swap_page', (s) => {
        if (!s.PG_locked) {
          s.cpu1 = 'idle'
          return 'done'
        }
        if (repeats) return 'hmm_range_fault goes round'
        s.cpu1 = 'idle'
        return 'sleep until unlocked'
      }),
      ...stepsIf(!repeats, {
        'sleep until unlocked': step('mm/filemap.c: softleaf_entry_wait_on_locked', (s: Device) => {
          when(!s.PG_locked && s.cpu1 === 'idle')
          s.cpu1 = 'fault'
          return 'folio_trylock'
        }),
      }),
      ...stepsIf(repeats, {
        'hmm_range_fault goes round': step('mm/hmm.c: hmm_range_fault', (_s: Device) => 'folio_trylock'),
      }),
    },
  )
}
