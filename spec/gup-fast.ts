/**
 * gup-fast for one page: no lock is held, interrupts are off. It reads the page-table entry, takes a reference, and reads
 * the entry again. What it cannot do is left to the slow path. Comments count the steps as F1 to F7.
 */
import { note, optional, type Steps, step, stepsIf } from '../checker/language/index.ts'
import { folioPutGet, folioTryGet, type Memory, type Mm } from './memory.ts'
import { pinFolio, unpinFolio, unpinnable } from './pin.ts'
import type { Settings } from './switches/index.ts'

/** What gup-fast keeps to itself. */
export const gupFastLocals = ({ folios }: Pick<Memory, 'folios'>) => ({
  /** the folio that the entry named when it was read */
  seen: optional(folios),
})

export const gupFastStart = { seen: null }

interface Locals {
  seen: number | null
  readonly pinned: { [page: number]: number | null }
}

type Label = 'read pte' | 'folio_try_get' | 'longterm pinnable?' | 'read pte again'

/** Where it goes on: with the page pinned, or to the slow path. */
interface Options<Pinned extends string, Slow extends string> {
  readonly settings: Settings
  /** FOLL_LONGTERM; without it any page will do */
  readonly longterm?: boolean
  readonly pinned: Pinned
  readonly slow: Slow
}

/** The labelled steps of gup-fast for page 0; the first is 'read pte'. */
export function gupFast<Pinned extends string, Slow extends string>({
  settings,
  longterm = true,
  pinned,
  slow,
}: Options<Pinned, Slow>): Steps<Mm, Locals, Label, Pinned | Slow> {
  const named = (s: Mm): number | null => {
    const pte = s.pte[0]
    return pte.kind === 'present' ? pte.folio : null
  }
  const anchor = 'mm/gup.c: gup_pte_range / gup_fast_pte_range'
  const grab = 'mm/gup.c: try_grab_compound_head / try_grab_folio_fast'
  return {
    // F1
    'read pte': step(anchor, (s, me) => {
      me.seen = named(s)
      return me.seen === null ? slow : 'folio_try_get'
    }),
    // F2. Fails on a folio that is free or frozen.
    folio_try_get: step(grab, (s, me) => {
      if (folioTryGet(s, me.seen!)) return 'longterm pinnable?'
      me.seen = null
      return slow
    }),
    // F3, F4. The reference becomes a pin.
    'longterm pinnable?': step(grab, (s, me) => {
      const f = me.seen!
      const refused = longterm && unpinnable(s, f, settings)
      note(s, refused ? 'no' : longterm ? 'yes' : 'a short pin always is')
      if (!refused) pinFolio(s, f, settings)
      folioPutGet(s, f)
      if (refused) {
        me.seen = null
        return slow
      }
      me.pinned[0] = f
      if (settings['gup-fast-rechecks-pte'] === 'yes') return 'read pte again'
      me.seen = null
      return pinned
    }),
    ...stepsIf(settings['gup-fast-rechecks-pte'] === 'yes', {
      // F5
      'read pte again': step(anchor, (s: Mm, me: Locals) => {
        const same = named(s) === me.seen
        note(s, same ? 'unchanged' : 'changed')
        if (!same) {
          unpinFolio(s, me.seen!, settings)
          me.pinned[0] = null
        }
        me.seen = null
        return same ? pinned : slow
      }),
    }),
  } as Steps<Mm, Locals, Label, Pinned | Slow>
}
