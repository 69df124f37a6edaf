/**
 * Migration clears the isolated flag of a page that it has locked, while a task begins to wait for the lock. The flags share a
 * word: whoever changes one by a load and a store writes all of them.
 */
import { match } from 'ts-pattern'
import {
  bool,
  type Claim,
  type Constants,
  constant,
  leadsTo,
  model,
  process,
  record,
  type StateOf,
  step,
  stepsIf,
  when,
} from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { labelsOf } from '../offline.ts'
import type { Settings } from '../switches/index.ts'

export const constants = {} satisfies Constants

/** The bounds in words. */
export const boundsFor = (): string => '1 page, 1 task that migrates, 1 that waits for the page lock'

/** The flags word of one page, and whether the waiter is asleep on the wait queue. */
function flagsMemory(settings: Settings) {
  const counted = settings['unlock-wakes'] === 'if-PG_waiters'
  const word = {
    PG_locked: bool,
    PG_isolated: bool,
    PG_waiters: counted ? bool : constant<boolean>(false),
  }
  return { word, state: { flags: record(word), asleep: bool } }
}

type FlagsMemory = ReturnType<typeof flagsMemory>
export type Scene = StateOf<FlagsMemory['state']> & { waiter: { pc: string } }
type Flags = StateOf<FlagsMemory['state']>

/** Isolates, locks, moves and clears the flag, again and again. */
function migration({ state, word }: FlagsMemory, settings: Settings) {
  const loadStore = settings['isolated-flag-update'] === 'load-store'
  type Own = { loaded: Flags['flags'] }
  return process(
    state,
    {
      title: 'migration',
      locals: {
        loaded: loadStore
          ? record(word)
          : record({
              ...word,
              PG_locked: constant<boolean>(false),
              PG_isolated: constant<boolean>(false),
              PG_waiters: constant<boolean>(false),
            }),
      },
      start: { loaded: { PG_locked: false, PG_isolated: false, PG_waiters: false } },
    },
    {
      isolate_movable_page: step('mm/migrate.c: isolate_movable_page', (s) => {
        when(!s.flags.PG_locked)
        s.flags.PG_isolated = true
        return 'lock_page'
      }),
      lock_page: step('mm/migrate.c: __unmap_and_move / migrate_folio_unmap', (s) => {
        when(!s.flags.PG_locked)
        s.flags.PG_locked = true
        return loadStore ? 'load flags' : 'clear PG_isolated'
      }),
      ...stepsIf(!loadStore, {
        'clear PG_isolated': step('mm/migrate.c: move_to_new_page / move_to_new_folio', (s: Flags) => {
          s.flags.PG_isolated = false
          return 'unlock_page'
        }),
      }),
      ...stepsIf(loadStore, {
        'load flags': step('include/linux/page-flags.h: __ClearPageIsolated', (s: Flags, me: Own) => {
          const { PG_locked, PG_isolated, PG_waiters } = s.flags
          me.loaded = { PG_locked, PG_isolated, PG_waiters }
          return 'store flags'
        }),
        'store flags': step('include/linux/page-flags.h: __ClearPageIsolated', (s: Flags, me: Own) => {
          const { PG_locked, PG_waiters } = me.loaded
          s.flags = { PG_locked, PG_isolated: false, PG_waiters }
          me.loaded = { PG_locked: false, PG_isolated: false, PG_waiters: false }
          return 'unlock_page'
        }),
      }),
      unlock_page: step('mm/filemap.c: unlock_page / folio_unlock', (s) => {
        s.flags.PG_locked = false
        const looks = match(settings['unlock-wakes'])
          .with('always-looks', () => true)
          .with('if-PG_waiters', () => s.flags.PG_waiters)
          .exhaustive()
        if (looks) {
          s.asleep = false
          s.flags.PG_waiters = false
        }
        return 'isolate_movable_page'
      }),
    },
  )
}

/** A task that takes the page lock and sleeps where it has to: it announces itself, tries once more, and sleeps. */
function waiter({ state }: FlagsMemory, settings: Settings) {
  return process(
    state,
    { title: 'waiter', locals: {}, start: {} },
    {
      lock_page: step('mm/filemap.c: __lock_page / folio_wait_bit_common', (s) => {
        if (s.flags.PG_locked) return 'set PG_waiters'
        s.flags.PG_locked = true
        return 'unlock_page'
      }),
      'set PG_waiters': step('mm/filemap.c: __lock_page / folio_wait_bit_common', (s) => {
        if (settings['unlock-wakes'] === 'if-PG_waiters') s.flags.PG_waiters = true
        s.asleep = true
        return 'try once more'
      }),
      'try once more': step('mm/filemap.c: __lock_page / folio_wait_bit_common', (s) => {
        if (s.flags.PG_locked) return 'sleep'
        s.flags.PG_locked = true
        s.asleep = false
        return 'unlock_page'
      }),
      sleep: step('mm/filemap.c: __lock_page / folio_wait_bit_common', (s) => {
        when(!s.asleep)
        return 'lock_page'
      }),
      unlock_page: step('mm/filemap.c: unlock_page / folio_unlock', (s) => {
        s.flags.PG_locked = false
        return 'lock_page'
      }),
    },
  )
}

/** Nobody sleeps for a lock that is free and that nobody is going to announce. */
const waiterWakes = (): Claim<Scene> =>
  leadsTo('a task that sleeps for the page lock is woken when the lock is released', {
    name: 'lock-waiter-wakes',
    source: 'mm/filemap.c: whoever unlocks looks at PG_waiters; 356ea3865687',
    from: (s: Scene) => s.waiter.pc === 'sleep',
    holds: (s: Scene) => s.waiter.pc !== 'sleep',
  })

/** The model on a kernel. */
export function isolatedFlagWakeup({ settings }: Kernel, waive: Readonly<Record<string, string>>) {
  const mm = flagsMemory(settings)
  const migrator = migration(mm, settings)
  return model(
    'isolated-flag-wakeup',
    { state: mm.state, processes: { migration: migrator, waiter: waiter(mm, settings) } },
    {
      init: (s) => {
        s.flags = { PG_locked: false, PG_isolated: false, PG_waiters: false }
        s.asleep = false
      },
      // Migration ends what it has begun, and need not begin again.
      fairness: { weak: [{ anyOf: labelsOf('migration', migrator, ['isolate_movable_page', 'lock_page']) }, 'waiter'] },
      claims: [waiterWakes()] as readonly Claim<object>[],
      waive,
    },
  )
}
