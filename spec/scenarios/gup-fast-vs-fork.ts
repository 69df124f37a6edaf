/**
 * A thread pins an anonymous page for writing by gup-fast, without any lock, while another thread of the same process
 * forks. Whose page is it afterwards? One page, the folio behind it, one folio for each copy that may be made.
 */
import {
  array,
  bool,
  type Claim,
  type Constants,
  collection,
  constant,
  model,
  note,
  optional,
  process,
  range,
  record,
  type ScalarDomain,
  type StateOf,
  step,
  stepsIf,
  union,
  when,
} from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { deep: false } satisfies Constants

/** The bounds in words. */
export const boundsFor = () => '1 anonymous page, 1 thread that pins it once, 1 fork, 1 store of the parent after it'

/** More than all other references of a folio together, which is all that GUP_PIN_COUNTING_BIAS has to be. */
const PIN_BIAS = 3

/** The page's folio, and the one copy that anybody needs. */
const folios = collection('F', 2)

const variables = ({ settings }: Kernel) => ({
  /** references of each folio: mappings, and PIN_BIAS for the pin */
  folio: array(folios, record({ refs: range(0, PIN_BIAS + 2), pins: range(0, 1) })),
  parent: record({ folio: folios, writable: bool }),
  child: union({ none: {}, present: { folio: folios } }),
  /** mmap_lock is held for writing, by fork */
  mmapLocked: bool,
  /** MMF_HAS_PINNED (mm->has_pinned before v5.13): set before the first pin of this mm is taken */
  hasPinned: bool,
  /** mm->write_protect_seq: odd while fork copies page tables */
  writeProtectSeq: seqOf(settings),
})
type State = ReturnType<typeof variables>
type Pair = StateOf<State>

const seqOf = (settings: Settings): ScalarDomain<number> =>
  settings['fork-write-protect-seq'] === 'yes' ? range(0, 2) : constant(0)

/** The state that claims speak of. */
export type Scene = Pair & { readonly pinner: { readonly pc: string; readonly grabbed: number | null } }

/** The model on a kernel, with the claims made about it. */
export function gupFastVsFork(
  kernel: Kernel,
  claims: readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const { settings } = kernel
  const state = variables(kernel)
  return model(
    'gup-fast-vs-fork',
    { state, processes: { pinner: pinner(state, settings), fork: fork(state, settings), writer: writer(state) } },
    {
      init(s) {
        for (const f of s.folio.keys()) s.folio[f] = { refs: f === 0 ? 1 : 0, pins: 0 }
        s.parent = { folio: 0, writable: true }
        s.child = { kind: 'none' }
        s.mmapLocked = false
        s.hasPinned = false
        s.writeProtectSeq = 0
      },
      claims: claims as readonly Claim<Scene>[],
      final: (s) => s.fork.pc === 'done' && s.writer.pc === 'done',
      waive,
    },
  )
}

/** gup-fast for one page with FOLL_WRITE and FOLL_PIN; what it cannot do is left to the slow path under mmap_lock. */
function pinner(state: State, settings: Settings) {
  const seqcount = settings['fork-write-protect-seq'] === 'yes'
  const locals = {
    grabbed: optional(folios),
    seen: optional(folios),
    seq: seqOf(settings),
  }
  type Locals = StateOf<typeof locals>
  const grab = (s: Pair, me: Locals, f: number) => {
    s.folio[f].refs += PIN_BIAS
    s.folio[f].pins++
    me.grabbed = f
  }
  const drop = (s: Pair, me: Locals) => {
    s.folio[me.grabbed!].refs -= PIN_BIAS
    s.folio[me.grabbed!].pins--
    me.grabbed = null
    me.seen = null
  }
  const writable = (s: Pair) => (s.parent.writable ? s.parent.folio : null)
  return process(
    state,
    { title: 'thread that pins', locals, start: { grabbed: null, seen: null, seq: 0 } },
    {
      'set MMF_HAS_PINNED': step('mm/gup.c: internal_get_user_pages_fast / gup_fast_fallback', (s, _me) => {
        s.hasPinned = true
        return seqcount ? 'read write_protect_seq' : 'read pte'
      }),
      ...stepsIf(seqcount, {
        'read write_protect_seq': step('mm/gup.c: lockless_pages_from_mm / gup_fast', (s: Pair, me: Locals) => {
          me.seq = s.writeProtectSeq
          return me.seq % 2 === 1 ? 'slow path' : 'read pte'
        }),
      }),
      'read pte': step('mm/gup.c: gup_pte_range / gup_fast_pte_range', (s, me) => {
        me.seen = writable(s)
        return me.seen === null ? 'slow path' : 'try_grab_folio'
      }),
      try_grab_folio: step('mm/gup.c: try_grab_compound_head / try_grab_folio_fast', (s, me) => {
        grab(s, me, me.seen!)
        return 'read pte again'
      }),
      'read pte again': step('mm/gup.c: gup_pte_range / gup_fast_pte_range', (s, me) => {
        const same = writable(s) === me.seen
        note(s, same ? 'unchanged' : 'changed')
        if (same) return seqcount ? 'read write_protect_seq again' : 'pinned'
        drop(s, me)
        return 'slow path'
      }),
      ...stepsIf(seqcount, {
        'read write_protect_seq again': step('mm/gup.c: lockless_pages_from_mm / gup_fast', (s: Pair, me: Locals) => {
          if (s.writeProtectSeq === me.seq) return 'pinned'
          note(s, 'changed, undo')
          drop(s, me)
          return 'slow path'
        }),
      }),
      // With mmap_lock held for reading, fork is kept out; a page that is not writable is copied first.
      'slow path': step('mm/gup.c: __get_user_pages', (s, me) => {
        when(!s.mmapLocked)
        breakCow(s)
        grab(s, me, s.parent.folio)
        return 'pinned'
      }),
      pinned: step('mm/gup.c: pin_user_pages_fast', () => 'done'),
    },
  )
}

/** fork: copies one page-table entry, with mmap_lock held for writing. The pin is looked for before the entry changes. */
function fork(state: State, settings: Settings) {
  const seqcount = settings['fork-write-protect-seq'] === 'yes'
  return process(
    state,
    { title: 'thread that forks', locals: {}, start: {} },
    {
      'lock mmap_lock': step('kernel/fork.c: dup_mmap', (s) => {
        when(!s.mmapLocked)
        s.mmapLocked = true
        return seqcount
          ? 'raise write_protect_seq'
          : settings['fork-copies-pinned'] === 'yes'
            ? 'pinned?'
            : 'share page'
      }),
      ...stepsIf(seqcount, {
        'raise write_protect_seq': step('mm/memory.c: copy_page_range', (s: Pair) => {
          s.writeProtectSeq++
          return 'pinned?' as const
        }),
      }),
      ...stepsIf(settings['fork-copies-pinned'] === 'yes', {
        'pinned?': step('mm/memory.c: copy_present_page / copy_present_ptes', (s: Pair) => {
          const f = s.parent.folio
          const maybePinned = s.hasPinned && s.folio[f].refs >= PIN_BIAS
          note(s, maybePinned ? 'yes' : 'no')
          return maybePinned ? ('copy for the child' as const) : ('share page' as const)
        }),
        'copy for the child': step('mm/memory.c: copy_present_page', (s: Pair) => {
          const copy = s.folio.findIndex(({ refs }) => refs === 0)
          s.folio[copy].refs = 1
          s.child = { kind: 'present', folio: copy }
          return seqcount ? ('lower write_protect_seq' as const) : ('unlock mmap_lock' as const)
        }),
      }),
      'share page': step('mm/memory.c: copy_present_pte / copy_present_ptes', (s) => {
        const f = s.parent.folio
        s.folio[f].refs++
        s.parent = { folio: f, writable: false }
        s.child = { kind: 'present', folio: f }
        return seqcount ? 'lower write_protect_seq' : 'unlock mmap_lock'
      }),
      ...stepsIf(seqcount, {
        'lower write_protect_seq': step('mm/memory.c: copy_page_range', (s: Pair) => {
          s.writeProtectSeq++
          return 'unlock mmap_lock' as const
        }),
      }),
      'unlock mmap_lock': step('kernel/fork.c: dup_mmap', (s) => {
        s.mmapLocked = false
        return 'done'
      }),
    },
  )
}

/** After fork the parent stores to the page. A page that is shared is copied for it, whoever pins it (wp_page_copy). */
const writer = (state: State) =>
  process(
    state,
    { title: 'thread that writes', locals: {}, start: {} },
    {
      store: step('mm/memory.c: do_wp_page', (s) => {
        when(s.child.kind === 'present' && !s.mmapLocked)
        breakCow(s)
        return 'done'
      }),
    },
  )

/** A write fault of the parent: a page that is mapped elsewhere too is copied, an own one becomes writable. */
function breakCow(s: Pair): void {
  if (s.parent.writable) return
  const old = s.parent.folio
  const copy = s.folio.findIndex(({ refs }) => refs === 0)
  s.folio[copy].refs = 1
  s.parent = { folio: copy, writable: true }
  s.folio[old].refs--
}
