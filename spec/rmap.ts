/**
 * Adding and removing one mapping, and the walk over all that may map a folio. Each function is what happens within one
 * critical section of the page-table lock.
 */
import { folioPut, type Memory, type Mm, mappedBy, type Pte } from './memory.ts'
import type { Settings } from './switches/index.ts'

/** Who does it: batches belong to a CPU, and what is batched depends on the kernel. */
export interface By {
  readonly cpu: number
  readonly settings: Settings
}

/** mm/rmap.c: page_add_*_rmap / folio_add_*_rmap_pte. The entry maps the folio, for which the mapping holds a reference. */
export function addRmap(s: Mm, page: number, f: number, _by: By): void {
  s.folio[f].refs++
  s.pte[page] = { kind: 'present', folio: f }
}

/** mm/rmap.c: page_remove_rmap / folio_remove_rmap_pte. `entry` takes the place of a mapping, whose reference is dropped. */
export function removeRmap(s: Mm, page: number, entry: Pte, _by: By): void {
  const f = mappedBy(s.pte[page])!
  s.pte[page] = entry
  folioPut(s, f)
}

/** Where an rmap walk stands: at which of the places that may map the folio. */
export interface Walk {
  at: number
}

/** The place that a walk looks at now: the one page that may name the folio, or, where pages are shared, each in turn. */
export function visited({ sizes }: Memory, s: Mm, walk: Walk, names: (pte: Pte) => boolean): number | null {
  const page = sizes.shared || sizes.mappedTwice ? walk.at : s.pte.findIndex(names)
  return page >= 0 && names(s.pte[page]) ? page : null
}

/** Goes on to the next place, and tells whether there is one; the walk then begins anew. */
export function walkOn({ sizes }: Memory, walk: Walk): boolean {
  const more = (sizes.shared === true || sizes.mappedTwice === true) && walk.at < sizes.pages - 1
  walk.at = more ? walk.at + 1 : 0
  return more
}
