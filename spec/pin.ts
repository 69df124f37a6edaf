/** What a FOLL_PIN reference is, and which folios may be pinned long-term. */
import { match } from 'ts-pattern'
import { folioPut, type Mm, PIN_BIAS } from './memory.ts'
import type { Settings } from './switches/index.ts'

/** What one pin adds to the refcount: the bias, or 1 where _pincount has room for the rest (large folios). */
const weight = (s: Mm, f: number): number => (s.folio[f].large ? 1 : PIN_BIAS)

/** The references that the pins of a folio account for. */
export const pinReferences = (s: Mm, f: number): number => weight(s, f) * s.folio[f].pins

/** Since v6.5 a pin of the zero page is only pretended. */
const pretended = (s: Mm, f: number, settings: Settings): boolean =>
  f === s.zeroFolio && settings['zero-page-counts-pins'] === 'no'

/** mm/gup.c: try_grab_page / try_grab_folio, for somebody under whose eyes the folio cannot be freed. */
export function pinFolio(s: Mm, f: number, settings: Settings): void {
  if (pretended(s, f, settings)) return
  s.folio[f].refs += weight(s, f)
  s.folio[f].pins++
}

/** mm/gup.c: unpin_user_page / gup_put_folio. */
export function unpinFolio(s: Mm, f: number, settings: Settings): void {
  if (pretended(s, f, settings)) return
  s.folio[f].pins--
  folioPut(s, f, weight(s, f))
}

/** folio_maybe_dma_pinned: exact for a large folio; a small one with as many other references looks pinned. */
export const maybeDmaPinned = (s: Mm, f: number): boolean =>
  s.folio[f].large ? s.folio[f].pins > 0 : s.folio[f].refs >= PIN_BIAS

/** folio_is_longterm_pinnable, negated: what the kernel of these settings believes. */
export function unpinnable(s: Mm, f: number, settings: Settings): boolean {
  const { zone, block } = s.folio[f]
  if (f === s.zeroFolio && settings['zero-page-pinnable'] === 'yes') return false
  return match(settings.unpinnable)
    .with('none', () => false)
    .with('cma', () => block === 'CMA')
    .with('cma+movable', () => block === 'CMA' || zone === 'MOVABLE')
    .with('cma+movable+isolate', () => block !== 'ordinary' || zone === 'MOVABLE')
    .exhaustive()
}

/** Where a long-term pin does harm, whatever the kernel believes: ZONE_MOVABLE, or a CMA area. */
export const mustStayMovable = (s: Mm, f: number): boolean => s.folio[f].zone === 'MOVABLE' || s.folio[f].cma
