/** What must hold of movable pages of drivers, whichever driver it is. One claim, one sentence, one source. */
import { type Claim, invariant } from '../checker/language/index.ts'
import type { MovablePages, WithPages } from '../spec/movable-ops.ts'

type Of = Pick<MovablePages, 'pages'>

/** P18: isolation is exclusive, and the core holds what it has isolated. */
export const isolatedOnce = <S extends WithPages>({ pages }: Of): Claim<S> =>
  invariant('an isolated page is on exactly one list, of the core, and is never isolated twice', {
    name: 'isolated-once',
    source: 'include/linux/migrate.h, isolate_page: the core then owns page->lru; linux-mm, 31 May 2016',
    over: { p: pages },
    given: (s: S, { p }) => s.page[p].isolated || s.page[p].coreLists > 0,
    holds: {
      'the core has it on one list': (s: S, { p }) => s.page[p].coreLists === 1,
      'the driver has it on none': (s: S, { p }) => !s.page[p].onDriverList,
    },
  })

/** P1 for these pages: the refcount is the sum of what it counts. */
export const pageRefsConserved = <S extends WithPages>(
  { pages }: Of,
  mappings: (s: S, p: number) => number = () => 0,
): Claim<S> =>
  invariant('the refcount of a driver page is the sum of its references', {
    name: 'page-refs-conserved',
    source: 'include/linux/page_ref.h, and who takes references of such a page',
    over: { p: pages },
    holds: (s: S, { p }) => {
      const page = s.page[p]
      const held = [page.driverRef, page.fresh, page.onLru].filter(Boolean).length
      return page.refs === held + page.coreLists + page.gets + mappings(s, p)
    },
  })
