/**
 * gup-fast meets a page of memfd_secret that was faulted in a moment ago: the folio waits in a batch of the other CPU, and
 * PG_lru is clear. May PG_lru be asked whether this can be a secretmem folio?
 */
import {
  bool,
  type Claim,
  type Constants,
  model,
  note,
  process,
  range,
  type StateOf,
  step,
  when,
} from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { deep: false } satisfies Constants

/** The bounds in words. */
export const boundsFor = () => '1 secretmem folio, faulted in once, 2 CPUs'

/** Only one pin is ever taken, so that any number serves for GUP_PIN_COUNTING_BIAS. */
const PIN_BIAS = 1

/** One folio. It is removed from the direct map before it is mapped, so that the kernel cannot read it any more. */
const state = {
  refs: range(0, PIN_BIAS + 3),
  PG_lru: bool,
  inDirectMap: bool,
  batched: bool,
  mapped: bool,
  pinned: bool,
}
type Secret = StateOf<typeof state>

/** The state that claims speak of. */
export type Scene = Secret

/** The model on a kernel, with the claims made about it. */
export function gupFastVsSecretmem(
  { settings }: Kernel,
  claims: readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  return model(
    'gup-fast-vs-secretmem',
    { state, processes: { fault, pinner: pinner(settings) } },
    {
      init(s) {
        Object.assign(s, { refs: 0, PG_lru: false, inDirectMap: true, batched: false, mapped: false, pinned: false })
      },
      actions: {
        'other work flushes the batch': (s) => {
          when(s.batched)
          s.batched = false
          s.PG_lru = true
          s.refs--
        },
      },
      claims,
      deadlock: 'off',
      waive,
    },
  )
}

/** The first touch of a page of memfd_secret. */
const fault = process(
  state,
  { title: 'fault (CPU 1)', locals: {}, start: {} },
  {
    'allocate, leave the direct map': step('mm/secretmem.c: secretmem_fault', (s) => {
      s.refs = 1
      s.inDirectMap = false
      return 'folio_add_lru'
    }),
    folio_add_lru: step('mm/swap.c: lru_cache_add / folio_add_lru', (s) => {
      s.batched = true
      s.refs++
      return 'map'
    }),
    map: step('mm/memory.c: finish_fault', (s) => {
      s.mapped = true
      s.refs++
      return 'done'
    }),
  },
)

/** A task that uses gup-fast to let the kernel read the page. */
function pinner(settings: Settings) {
  return process(
    state,
    { title: 'gup-fast (CPU 0)', locals: {}, start: {} },
    {
      'read pte': step('mm/gup.c: gup_pte_range / gup_fast_pte_range', (s) => {
        when(s.mapped)
        return 'try_grab_folio'
      }),
      try_grab_folio: step('mm/gup.c: try_grab_folio / try_grab_folio_fast', (s) => {
        s.refs += PIN_BIAS
        return 'secretmem?'
      }),
      'secretmem?': step('include/linux/secretmem.h: page_is_secretmem / folio_is_secretmem', (s) => {
        const passes = settings['gup-fast-secretmem'] === 'if-on-lru' && !s.PG_lru
        note(s, passes ? 'PG_lru is clear, so it cannot be' : 'yes')
        if (passes) s.pinned = true
        else s.refs -= PIN_BIAS
        return 'done'
      }),
    },
  )
}
