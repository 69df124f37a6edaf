/**
 * Page migration in miniature: two tasks on two CPUs fault, zap, pin (fast GUP), mlock and migrate a few folios that two
 * VMAs of one page each may map. Which of them holds a reference to what is the whole question; the kernel model under
 * spec/ asks it in earnest.
 */
import {
  array,
  bool,
  choose,
  collection,
  derived,
  invariant,
  type Me,
  model,
  note,
  optional,
  process,
  range,
  record,
  type StateOf,
  sequence,
  step,
  union,
  when,
  withConstants,
} from '../checker/index.ts'
import type { Expected } from './expected.ts'

export const spec = withConstants({ folios: 2, batch: 1 }, ({ folios: F, batch: B }) => {
  const folios = collection('F', F)
  const vmas = collection('vma', 2)
  const tasks = collection('task', 2)
  const shared = {
    folio: array(
      folios,
      record({
        // both mappings, and for each task a pin, what it works on, and its batch
        refs: range(0, 6 + 2 * B),
        maps: range(0, 2),
        pins: range(0, 2),
        lru: bool,
        mlocked: bool,
        lock: optional(tasks),
      }),
    ),
    vma: array(
      vmas,
      record({ locked: bool, pte: union({ none: {}, present: { folio: folios }, migration: { folio: folios } }) }),
    ),
  }
  const locals = {
    /** what the task works on, and what it migrates that to */
    folio: optional(folios),
    fresh: optional(folios),
    vma: optional(vmas),
    pinned: optional(folios),
    /** folios to be mlocked, on this CPU */
    batch: sequence(folios, B),
  }
  type State = StateOf<typeof shared>
  type Task = Me<typeof locals>
  type Entry = 'idle' | 'map new' | 'lock shared' | 'take pin' | 'mlock page' | 'lock old'

  const present = (s: State, v: number) => (s.vma[v].pte.kind === 'present' ? s.vma[v].pte.folio : null)
  const entry = (s: State, v: number, f: number) => s.vma[v].pte.kind === 'migration' && s.vma[v].pte.folio === f
  const isFree = (s: State, f: number) => s.folio[f].refs === 0 && s.folio[f].lock === null

  function put(s: State, f: number): void {
    s.folio[f].refs--
    if (s.folio[f].refs > 0) return
    s.folio[f].lru = false
    s.folio[f].mlocked = false
  }

  function map(s: State, v: number, f: number): void {
    s.vma[v].pte = { kind: 'present', folio: f }
    s.folio[f].maps++
  }

  function finish(me: Task): 'idle' {
    me.folio = null
    me.fresh = null
    me.vma = null
    return 'idle'
  }

  /** What an idle task may begin, or do in one step; each returns the label at which the task goes on. */
  const beginnings: Readonly<Record<string, (s: State, me: Task) => Entry>> = {
    'fault in a new folio'(s, me) {
      me.vma = choose(s, vmas)
      me.folio = choose(s, folios)
      when(s.vma[me.vma].pte.kind === 'none' && isFree(s, me.folio))
      s.folio[me.folio].refs = 1
      return 'map new'
    },
    'fault in the folio of the other VMA'(s, me) {
      me.vma = choose(s, vmas)
      when(s.vma[me.vma].pte.kind === 'none')
      me.folio = present(s, 1 - me.vma)
      when(me.folio !== null)
      s.folio[me.folio].refs++
      return 'lock shared'
    },
    pin(s, me) {
      me.vma = choose(s, vmas)
      when(me.pinned === null)
      me.folio = present(s, me.vma)
      when(me.folio !== null)
      return 'take pin'
    },
    mlock(s, me) {
      me.vma = choose(s, vmas)
      when(!s.vma[me.vma].locked)
      s.vma[me.vma].locked = true
      return 'mlock page'
    },
    migrate(s, me) {
      me.folio = choose(s, folios)
      when(s.folio[me.folio].lru)
      s.folio[me.folio].lru = false
      s.folio[me.folio].refs++
      return 'lock old'
    },
    munlock(s) {
      const v = choose(s, vmas)
      when(s.vma[v].locked)
      s.vma[v].locked = false
      const f = present(s, v)
      if (f !== null) s.folio[f].mlocked = false
      return 'idle'
    },
    zap(s) {
      const v = choose(s, vmas)
      when(s.vma[v].pte.kind !== 'none')
      const f = present(s, v)
      s.vma[v].pte = { kind: 'none' }
      if (f !== null) {
        s.folio[f].maps--
        put(s, f)
      }
      return 'idle'
    },
    unpin(s, me) {
      when(me.pinned !== null)
      s.folio[me.pinned].pins--
      put(s, me.pinned)
      me.pinned = null
      return 'idle'
    },
    'drain batch'(s, me) {
      const f = me.batch.shift()
      when(f !== undefined)
      put(s, f)
      return 'idle'
    },
  }

  /** Maps the folio of the task unless somebody else has filled the page table entry meanwhile. */
  function mapUnlessRaced(s: State, me: Task, mapped: (f: number, locked: boolean) => void): 'idle' {
    const [f, v] = [me.folio!, me.vma!]
    if (s.vma[v].pte.kind === 'none') {
      map(s, v, f)
      mapped(f, s.vma[v].locked)
    } else put(s, f)
    return finish(me)
  }

  /** Turns one migration entry for the old folio into a mapping of `to`; false when there is none. */
  function remapOne(s: State, me: Task, to: number): boolean {
    const left = vmas.values.filter((v) => entry(s, v, me.folio!))
    if (left.length === 0) return false
    const v = choose(s, left)
    map(s, v, to)
    s.folio[to].refs++
    if (s.vma[v].locked) s.folio[to].mlocked = true
    return true
  }

  const task = process(
    shared,
    { locals, start: { folio: null, fresh: null, vma: null, pinned: null, batch: [] }, over: tasks },
    {
      idle: step('user space', (s, me) => {
        const name = choose(s, Object.keys(beginnings))
        note(s, name)
        return beginnings[name](s, me)
      }),
      'map new': step('do_anonymous_page', (s, me) =>
        mapUnlessRaced(s, me, (f, locked) => {
          s.folio[f].lru = true
          s.folio[f].mlocked = locked
        }),
      ),
      'lock shared': step('filemap_fault', (s, me) => {
        when(s.folio[me.folio!].lock === null)
        s.folio[me.folio!].lock = me.id
        return 'map shared'
      }),
      'map shared': step('finish_fault', (s, me) => {
        s.folio[me.folio!].lock = null
        return mapUnlessRaced(s, me, (f, locked) => {
          if (locked) s.folio[f].mlocked = true
        })
      }),
      'take pin': step('try_grab_folio', (s, me) => {
        const f = me.folio!
        if (s.folio[f].refs === 0) return finish(me)
        s.folio[f].refs++
        s.folio[f].pins++
        return 'check pin'
      }),
      'check pin': step('gup_fast_pte_range: the entry is read again', (s, me) => {
        const f = me.folio!
        if (present(s, me.vma!) === f) me.pinned = f
        else {
          s.folio[f].pins--
          put(s, f)
        }
        return finish(me)
      }),
      'mlock page': step('mlock_folio', (s, me) => {
        const f = present(s, me.vma!)
        if (f !== null && me.batch.length < B) {
          s.folio[f].refs++
          s.folio[f].mlocked = true
          me.batch.push(f)
        }
        return finish(me)
      }),
      'lock old': step('migrate_folio_unmap: trylock', (s, me) => {
        if (s.folio[me.folio!].lock !== null) return 'put back'
        s.folio[me.folio!].lock = me.id
        return 'allocate'
      }),
      allocate: step('migrate_folio_unmap: get_new_folio', (s, me) => {
        const free = folios.values.filter((f) => isFree(s, f))
        if (free.length === 0) {
          s.folio[me.folio!].lock = null
          return 'put back'
        }
        me.fresh = choose(s, free)
        s.folio[me.fresh].refs = 1
        s.folio[me.fresh].lock = me.id
        return 'unmap'
      }),
      unmap: step('try_to_migrate_one, and folio_ref_freeze at the end', (s, me) => {
        const old = me.folio!
        const v = choose(s, [...vmas.values, null])
        if (v !== null) {
          when(present(s, v) === old)
          s.vma[v].pte = { kind: 'migration', folio: old }
          s.folio[old].maps--
          s.folio[old].refs--
          return 'unmap'
        }
        when(s.folio[old].maps === 0)
        if (s.folio[old].refs > 1) return 'undo'
        s.folio[old].refs = 0
        return 'remap'
      }),
      remap: step('remove_migration_ptes', (s, me) => {
        const [old, fresh] = [me.folio!, me.fresh!]
        if (remapOne(s, me, fresh)) return 'remap'
        s.folio[old].lock = null
        s.folio[old].mlocked = false
        s.folio[fresh].lock = null
        s.folio[fresh].lru = true
        put(s, fresh)
        return finish(me)
      }),
      undo: step('migrate_folio_undo_src and _dst', (s, me) => {
        const [old, fresh] = [me.folio!, me.fresh!]
        if (remapOne(s, me, old)) return 'undo'
        // A fast GUP may still hold the new folio: its reference is put, it is not freed.
        s.folio[fresh].refs--
        s.folio[fresh].mlocked = false
        s.folio[fresh].lock = null
        s.folio[old].lock = null
        me.fresh = null
        return 'put back'
      }),
      'put back': step('folio_putback_lru', (s, me) => {
        s.folio[me.folio!].lru = true
        put(s, me.folio!)
        return finish(me)
      }),
    },
  )

  const holding = ['map new', 'lock shared', 'map shared', 'lock old', 'allocate', 'unmap', 'undo', 'put back']
  type Tasks = { readonly task: { readonly [t: number]: Pick<Task, 'folio' | 'fresh' | 'batch'> & { pc: string } } }
  const referencesOf = derived('references of a task', (s: Tasks, t: number, f: number) => {
    const me = s.task[t]
    return (
      Number(me.fresh === f) +
      Number(me.folio === f && holding.includes(me.pc)) +
      me.batch.filter((each) => each === f).length
    )
  })
  return model(
    'PageMigration',
    { state: shared, processes: { task } },
    {
      init: (s) => {
        for (const f of folios.values) {
          const first = f === 0
          s.folio[f] = { refs: first ? 2 : 0, maps: first ? 2 : 0, pins: 0, lru: first, mlocked: false, lock: null }
        }
        for (const v of vmas.values) s.vma[v] = { locked: false, pte: { kind: 'present', folio: 0 } }
      },
      claims: [
        invariant('the map count is the number of page table entries', {
          name: 'maps',
          over: { f: folios },
          holds: (s, { f }) => s.folio[f].maps === vmas.values.filter((v) => present(s, v) === f).length,
        }),
        invariant('every reference is accounted for: mappings, pins, batches, and what tasks work on', {
          name: 'references',
          over: { f: folios },
          holds: (s, { f }) => {
            const ofTasks = tasks.values.reduce((sum, t) => sum + referencesOf(s, t, f), 0)
            return s.folio[f].refs === s.folio[f].maps + s.folio[f].pins + ofTasks
          },
        }),
        invariant('a pinned folio is neither freed nor migrated away', {
          name: 'pins',
          over: { t: tasks },
          holds: {
            'not freed': (s, { t }) => s.task[t].pinned === null || s.folio[s.task[t].pinned].refs > 0,
            'not migrated': (s, { t }) => s.task[t].pc !== 'remap' || s.folio[s.task[t].folio!].pins === 0,
          },
        }),
        invariant('a free folio is on no list and not mapped', {
          name: 'free',
          over: { f: folios },
          given: (s, { f }) => s.folio[f].refs === 0,
          holds: (s, { f }) => !s.folio[f].lru && s.folio[f].maps === 0,
        }),
      ],
    },
  )
})

const claims = { maps: 'holds', references: 'holds', pins: 'holds', free: 'holds' } as const

export const expected: readonly Expected[] = [
  { constants: { folios: 1, batch: 1 }, claims },
  { constants: { folios: 2, batch: 1 }, distinct: 2833382, generated: 8218581, depth: 38, claims, large: true },
]
