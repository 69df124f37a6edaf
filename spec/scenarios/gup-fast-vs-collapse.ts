/**
 * gup-fast pins a small page while khugepaged replaces the page table above it by a huge page, on an architecture where
 * page tables are freed by RCU, so that no interrupt makes khugepaged wait for gup-fast. One page table, one page in it.
 */
import {
  bool,
  type Claim,
  type Constants,
  model,
  note,
  oneOf,
  process,
  range,
  type StateOf,
  step,
  stepsIf,
} from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { deep: false } satisfies Constants

/** The bounds in words. */
export const boundsFor = () => '1 page table with 1 page in it, pinned once, collapsed once'

/** More than the one other reference that a folio has, which is all that GUP_PIN_COUNTING_BIAS has to be. */
const PIN_BIAS = 2

const state = {
  /** references of the small page: its mapping, and a pin */
  refs: range(0, PIN_BIAS + 1),
  /** what the PMD says: the page table, nothing for a moment, or the huge page */
  pmd: oneOf('table', 'none', 'huge'),
  /** the entry of the page, in a table that gup-fast may still be looking at when it is no longer in use */
  pte: oneOf('small page', 'none'),
}
type Table = StateOf<typeof state>

/** The state that claims speak of. */
export type Scene = Table & { readonly pinner: { readonly pc: string; readonly grabbed: boolean } }

/** The model on a kernel, with the claims made about it. */
export function gupFastVsCollapse(
  { settings }: Kernel,
  claims: readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  return model(
    'gup-fast-vs-collapse',
    { state, processes: { pinner: pinner(settings), khugepaged } },
    {
      init(s) {
        s.refs = 1
        s.pmd = 'table'
        s.pte = 'small page'
      },
      claims: claims as readonly Claim<Scene>[],
      waive,
    },
  )
}

/** gup-fast for one page. What it cannot do it leaves alone here: the slow path takes locks that khugepaged respects. */
function pinner(settings: Settings) {
  const locals = { grabbed: bool }
  type Locals = StateOf<typeof locals>
  const drop = (s: Table, me: Locals) => {
    s.refs -= PIN_BIAS
    me.grabbed = false
  }
  return process(
    state,
    { title: 'gup-fast', locals, start: { grabbed: false } },
    {
      'read pmd': step('mm/gup.c: gup_pmd_range / gup_fast_pmd_range', (s, _me) =>
        s.pmd === 'table' ? 'read pte' : 'slow path',
      ),
      'read pte': step('mm/gup.c: gup_pte_range / gup_fast_pte_range', (s, _me) =>
        s.pte === 'none' ? 'slow path' : 'try_grab_folio',
      ),
      // Fails on a folio that is free.
      try_grab_folio: step('mm/gup.c: try_grab_compound_head / try_grab_folio_fast', (s, me) => {
        if (s.refs === 0) return 'slow path'
        s.refs += PIN_BIAS
        me.grabbed = true
        return settings['gup-fast-rechecks-pmd'] === 'yes' ? 'read pmd again' : 'read pte again'
      }),
      ...stepsIf(settings['gup-fast-rechecks-pmd'] === 'yes', {
        'read pmd again': step('mm/gup.c: gup_pte_range / gup_fast_pte_range', (s: Table, me: Locals) => {
          note(s, s.pmd === 'table' ? 'unchanged' : 'changed')
          if (s.pmd === 'table') return 'read pte again'
          drop(s, me)
          return 'slow path'
        }),
      }),
      'read pte again': step('mm/gup.c: gup_pte_range / gup_fast_pte_range', (s, me) => {
        note(s, s.pte === 'small page' ? 'unchanged' : 'changed')
        if (s.pte === 'small page') return 'pinned'
        drop(s, me)
        return 'slow path'
      }),
      pinned: step('mm/gup.c: pin_user_pages_fast', () => 'done'),
      'slow path': step('mm/gup.c: __get_user_pages', () => 'done'),
    },
  )
}

/** Collapse of one page table. The references of the small page are looked at when the PMD is already empty. */
const khugepaged = process(
  state,
  { title: 'khugepaged', locals: {}, start: {} },
  {
    pmdp_collapse_flush: step('mm/khugepaged.c: collapse_huge_page', (s) => {
      s.pmd = 'none'
      return 'refcount as expected?'
    }),
    'refcount as expected?': step('mm/khugepaged.c: __collapse_huge_page_isolate', (s) => {
      note(s, s.refs === 1 ? 'yes' : 'no')
      return s.refs === 1 ? 'copy' : 'restore pmd'
    }),
    'restore pmd': step('mm/khugepaged.c: collapse_huge_page', (s) => {
      s.pmd = 'table'
      return 'done'
    }),
    copy: step('mm/khugepaged.c: __collapse_huge_page_copy', () => 'clear pte'),
    'clear pte': step('mm/khugepaged.c: __collapse_huge_page_copy', (s) => {
      s.pte = 'none'
      s.refs--
      return 'install huge pmd'
    }),
    'install huge pmd': step('mm/khugepaged.c: collapse_huge_page', (s) => {
      s.pmd = 'huge'
      return 'done'
    }),
  },
)
