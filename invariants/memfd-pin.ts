/** What pinning the folios of a memfd owes. */
import { type Claim, invariant, reachable } from '../checker/language/index.ts'
import type { Scene } from '../spec/scenarios/memfd-pin-vs-memfd-pin.ts'

/** I2, on every retry path: a reference is dropped by who has taken it, and only then. */
export const dropsOnlyItsOwnReferences = (): Claim<Scene> =>
  invariant('only references that were taken are dropped', {
    name: 'drops-only-its-own',
    source: 'mm/gup.c, memfd_pin_folios; ce645b9fdc78',
    holds: (s: Scene) => s.pinner.every(({ pc }) => pc !== 'oops'),
  })

/** The page cache has one reference, and each task that has looked the folio up another. */
export const memfdReferencesConserved = (): Claim<Scene> =>
  invariant('the refcount of the folio is the sum of its references', {
    name: 'memfd-references-conserved',
    source: 'mm/memfd.c, memfd_alloc_folio',
    holds: (s: Scene) => s.refs === Number(s.present) + s.pinner.filter(({ folio }) => folio === 'the folio').length,
  })

/** The claim that keeps the others honest. */
export const bothCanPin = (): Claim<Scene> =>
  reachable('both tasks can pin the folio', {
    name: 'both-can-pin',
    source: 'what memfd_pin_folios is for',
    holds: (s: Scene) => s.pinner.every(({ pc, folio }) => pc === 'done' && folio === 'the folio'),
  })
