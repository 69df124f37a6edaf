/** What must hold of movable pages of drivers, whichever driver it is. One claim, one sentence, one source. */
import { type Claim, invariant, reachable } from '../checker/language/index.ts'
import type { Memory, Mm } from '../spec/memory.ts'
import type { MovablePages, WithPages } from '../spec/movable-pages.ts'

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
      return page.refs === held + page.coreRefs + page.gets + mappings(s, p)
    },
  })

/** C-1: what migration ends with is put where it belongs. */
export const driverPageOffLru = <S extends WithPages>({ pages }: Of): Claim<S> =>
  invariant('a page that is not for the LRU does not get onto it', {
    name: 'driver-page-off-lru',
    source: 'mm/migrate.c: a movable page is put with put_page, not with putback_lru_page (e0a352fabce6)',
    over: { p: pages },
    holds: (s: S, { p }) => !s.page[p].onLru,
  })

/** P19, second half: a page that its driver has released is free as soon as the core has let go of it. */
export const releasedPageIsFreed = <S extends WithPages>(
  { pages }: Of,
  busyWith: (s: S, p: number) => boolean,
): Claim<S> =>
  invariant('a page that nobody owns and nobody works on is free', {
    name: 'released-page-freed',
    source: 'mm/migrate.c: the reference of the isolation is the last one of a page that was released meanwhile',
    over: { p: pages },
    given: (s: S, { p }) => !s.page[p].owner && !busyWith(s, p),
    holds: (s: S, { p }) => s.page[p].refs === 0,
  })

/** C-7: operations are those of a driver. */
export const onlyDriversAreCalled = <S extends { called: 'nothing' | 'a driver' | 'garbage' }>(): Claim<S> =>
  invariant('the core calls the operations of a driver, not what fields of slab look like', {
    name: 'only-drivers-are-called',
    source: 'mm/migrate.c, isolate_movable_page: the tag leads to the operations; 8b8817630ae8',
    holds: (s: S) => s.called !== 'garbage',
  })

/** The claim about calls says something. */
export const driverIsCalled = <S extends { called: 'nothing' | 'a driver' | 'garbage' }>(): Claim<S> =>
  reachable('the core calls a driver', {
    name: 'driver-is-called',
    source: 'what movable operations are for',
    holds: (s: S) => s.called === 'a driver',
  })

/** B-8: the allocator does not get pages with flags of their former life. */
export const freePageNotMlocked = ({ folios }: Memory): Claim<Mm> =>
  invariant('a page that is free does not have PG_mlocked', {
    name: 'free-page-not-mlocked',
    source: 'mm/page_alloc.c: such a page is reported as a bad page state; 66edc3a5894c',
    over: { f: folios },
    given: (s: Mm, { f }) => s.folio[f].refs === 0,
    holds: (s: Mm, { f }) => !s.folio[f].PG_mlocked,
  })

/** P19, first half: an isolated page has an owner, or the core knows, or the driver looks. */
export const callbackFindsItsData = <S extends { usedGoneData: boolean }>(): Claim<S> =>
  invariant('no callback works on the data of a page that its driver has released', {
    name: 'callback-finds-its-data',
    source:
      'mm/migrate.c: PageMovable is tested under the page lock (v4.8 to v6.16); after that the driver looks itself',
    holds: (s: S) => !s.usedGoneData,
  })

/** The claims about release say something. */
export const isolatedPageIsReleased = <S extends WithPages>(): Claim<S> =>
  reachable('a page is released while it is isolated', {
    name: 'isolated-page-is-released',
    source: 'what zsmalloc does',
    holds: (s: S) => s.page.some(({ isolated, owner }) => isolated && !owner),
  })
