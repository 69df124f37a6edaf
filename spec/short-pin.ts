/**
 * Short pins, FOLL_PIN without FOLL_LONGTERM, as direct I/O takes them: any page will do where it is, and the pin is
 * dropped when the I/O is over.
 */
import { array, oneOf, optional, process, step, when } from '../checker/language/index.ts'
import { gupFast, gupFastLocals, gupFastStart } from './gup-fast.ts'
import { type Memory, mappedBy } from './memory.ts'
import { pinFolio, unpinFolio } from './pin.ts'
import type { Settings } from './switches/index.ts'

/** A task on `cpu` that does direct I/O to page 0, again and again. */
export function shortPinner(mm: Memory, { cpu, settings }: { cpu: number; settings: Settings }) {
  return process(
    mm.state,
    {
      title: `direct I/O (CPU ${cpu})`,
      locals: {
        ...gupFastLocals(mm),
        pinned: array(mm.pages, optional(mm.folios)),
        result: oneOf('running', 'success'),
      },
      start: { ...gupFastStart, pinned: mm.pages.values.map(() => null), result: 'running' },
    },
    {
      ...gupFast({ settings, longterm: false, pinned: 'pinned', slow: 'pin' }),
      // The slow path, under the page-table lock. A migration entry is waited for.
      pin: step('mm/gup.c: follow_page_pte', (s, me) => {
        const f = mappedBy(s.pte[0])
        when(f !== null)
        pinFolio(s, f, settings)
        me.pinned[0] = f
        return 'pinned'
      }),
      pinned: step('mm/gup.c: pin_user_pages_fast', (_s, me) => {
        me.result = 'success'
        return 'unpin'
      }),
      unpin: step('mm/gup.c: unpin_user_pages', (s, me) => {
        unpinFolio(s, me.pinned[0]!, settings)
        me.pinned[0] = null
        me.result = 'running'
        return 'read pte'
      }),
    },
  )
}
