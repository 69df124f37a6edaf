/**
 * Pages of drivers that are not on the LRU and still movable: what one is, who holds it, and how the core and the driver tell
 * what it is at the moment. They share nothing with a folio of memory.ts but the counter: no list of the LRU, no mappings that
 * the core would know of, but a tag, an isolated flag, and an owner that may let go at any time.
 */
import { match } from 'ts-pattern'
import {
  array,
  bool,
  collection,
  constant,
  type Domain,
  type FixedArray,
  oneOf,
  range,
  record,
  type ScalarDomain,
} from '../checker/language/index.ts'
import type { Settings } from './switches/index.ts'

/** How a page looks to a test without the page lock. A released page may keep the tag without what it points to. */
export type Tag = 'none' | 'movable' | 'released'

/** What a scenario needs beside the framework itself. */
export interface PageFeatures {
  readonly pages: number
  readonly settings: Settings
  /** the driver keeps its pages on a list, linked through page->lru */
  readonly driverList?: boolean
  /** a page may get onto the LRU by mistake */
  readonly lru?: boolean
  /** contents matter */
  readonly contents?: boolean
  /** tasks other than the framework take references */
  readonly otherRefs?: number
  /** tasks that isolate pages, and might isolate the same one; 2 when absent, so that one too many is counted and not lost */
  readonly isolators?: number
}

const onlyIf = (present: boolean | undefined): ScalarDomain<boolean> => (present ? bool : constant<boolean>(false))

/** Pages of a driver, as the framework and the driver see them. */
export function movablePages({
  pages: count,
  settings,
  driverList,
  lru,
  contents,
  otherRefs = 0,
  isolators = 2,
}: PageFeatures) {
  const pages = collection('P', count)
  const state = {
    page: array(
      pages,
      record({
        /** the counter itself; what it should be made of are `driverRef`, `coreRefs`, `fresh`, `gets` and `onLru` */
        refs: range(0, 7),
        PG_locked: bool,
        /** PageBalloon, the tagged page->mapping, or the page type with PG_movable_ops */
        tag: tagDomain(settings),
        /** PG_isolated, PG_movable_ops_isolated; before v4.8 what the balloon says by PagePrivate or by its list */
        isolated: bool,
        /** the driver's own pointer to its data: page->private, the zspage, an entry of an array */
        owner: bool,
        driverRef: bool,
        /** lists of the core that the page is on, linked through page->lru; and the references of the isolations behind them */
        coreLists: range(0, isolators),
        coreRefs: range(0, isolators),
        /** a destination, which whoever allocated it holds */
        fresh: bool,
        /** references of PFN walkers and of others that come and go */
        gets: range(0, 1 + otherRefs),
        onDriverList: onlyIf(driverList),
        /** in the LRU batch or on the LRU */
        onLru: onlyIf(lru),
        /** holds what was stored last: a version number, of which only "the newest" matters */
        newest: onlyIf(contents),
      }),
    ),
  }
  return { pages, state }
}

/** A page is known by its tag; since v6.17 the tag stays until the page is free, so that nothing is ever `released`. */
function tagDomain(settings: Settings): ScalarDomain<Tag> {
  const sticky = settings['movable-tag'] !== 'page-type' && settings['released-page-keeps-tag'] === 'yes'
  return sticky ? oneOf('none', 'movable', 'released') : (oneOf('none', 'movable') as ScalarDomain<Tag>)
}

export type MovablePages = ReturnType<typeof movablePages>
type PageOf<D> = D extends Domain<FixedArray<infer T>> ? T : never
export type MovablePage = PageOf<MovablePages['state']['page']>
/** A state with pages of drivers in it. */
export interface WithPages {
  page: FixedArray<MovablePage>
}

const FREE = {
  refs: 0,
  PG_locked: false,
  tag: 'none',
  isolated: false,
  owner: false,
  driverRef: false,
  coreLists: 0,
  coreRefs: 0,
  fresh: false,
  gets: 0,
  onDriverList: false,
  onLru: false,
  newest: false,
} as const

/** All pages free, but the first `owned`, which the driver has made movable and put on its list where it has one. */
export function bootPages(s: WithPages, owned: number, { driverList = false, contents = false } = {}): void {
  for (const p of s.page.keys()) s.page[p] = { ...FREE }
  for (let p = 0; p < owned; p++) {
    const held = { refs: 1, tag: 'movable' as const, owner: true, driverRef: true }
    s.page[p] = { ...FREE, ...held, onDriverList: driverList, newest: contents }
  }
}

/** put_page: the last reference frees the page, and its flags and type go with it. */
export function putPage(s: WithPages, p: number): void {
  const page = s.page[p]
  page.refs--
  if (page.refs > 0) return
  page.tag = 'none'
  page.isolated = false
  page.owner = false
  page.newest = false
}

/** list_del(&page->lru), whichever list the page is on. */
export function listDel(s: WithPages, p: number): void {
  const page = s.page[p]
  if (page.onDriverList) page.onDriverList = false
  else if (page.coreLists > 0) page.coreLists--
}

/** The core lets go of a page that it had isolated. */
export function dropIsolation(s: WithPages, p: number): void {
  listDel(s, p)
  s.page[p].coreRefs--
  putPage(s, p)
}

/** The first free page, taken by whoever asks. Null when there is none. */
export function allocPage(s: WithPages): number | null {
  const p = s.page.findIndex(({ refs }) => refs === 0)
  if (p < 0) return null
  s.page[p].refs = 1
  s.page[p].fresh = true
  return p
}

/** The page becomes the driver's: made movable, with a reference of the driver. */
export function adoptPage(s: WithPages, p: number, { driverList = false } = {}): void {
  const page = s.page[p]
  page.refs++
  page.driverRef = true
  page.tag = 'movable'
  page.owner = true
  page.onDriverList = driverList
}

/** The driver disowns a page, under the page lock. Its reference is still there: `dropDriverRef` lets go of it. */
export function disownPage(s: WithPages, p: number, settings: Settings): void {
  const page = s.page[p]
  page.owner = false
  match(settings['movable-tag'])
    .with('page-type', () => {
      // The type and PG_movable_ops stay until the page is freed; only the driver knows.
    })
    .with('mapping-flag', 'page-balloon', 'mapping-tag', 'movable-operations', () => {
      page.tag = settings['released-page-keeps-tag'] === 'yes' ? 'released' : 'none'
    })
    .exhaustive()
}

/** The driver's reference goes. */
export function dropDriverRef(s: WithPages, p: number): void {
  s.page[p].driverRef = false
  putPage(s, p)
}

/** The test without the page lock: __PageMovable, PageBalloon, or the page type. */
export const looksMovable = (s: WithPages, p: number): boolean => s.page[p].tag !== 'none'

/** Whether the core, under the page lock, still sees an owner behind the page. Since v6.17 it cannot see that. */
export function coreSeesOwner(s: WithPages, p: number, settings: Settings): boolean {
  return match(settings['movable-tag'])
    .with('page-type', () => true)
    .with('mapping-flag', 'page-balloon', 'mapping-tag', 'movable-operations', () => s.page[p].tag === 'movable')
    .exhaustive()
}
