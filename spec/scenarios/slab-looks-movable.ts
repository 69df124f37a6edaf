/**
 * A PFN walker comes upon a page that is given to a driver, to slab, and back. Fields of a slab page overlay page->mapping, so
 * that it can look like a movable page of a driver. Barriers keep the order of the stores and tests of the two sides.
 */
import { match } from 'ts-pattern'
import {
  bool,
  type Claim,
  type Constants,
  choose,
  model,
  oneOf,
  process,
  type StateOf,
  step,
  when,
} from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { type DriverOps, type Isolator, isolateMovable, moverLocals } from '../movable-ops.ts'
import {
  adoptPage,
  allocPage,
  bootPages,
  disownPage,
  dropDriverRef,
  dropIsolation,
  movablePages,
  putPage,
} from '../movable-pages.ts'
import type { Settings } from '../switches/index.ts'

export const constants = {} satisfies Constants

/** The bounds in words. */
export const boundsFor = (): string => '1 page, 1 task that isolates, 1 that uses the page for a driver or for slab'

/** One page, PG_slab, and whose operations the core has called. */
function slabMemory(settings: Settings) {
  const mm = movablePages({ pages: 1, settings })
  return { ...mm, state: { ...mm.state, PG_slab: bool, called: oneOf('nothing', 'a driver', 'garbage') } }
}

export type SlabMemory = ReturnType<typeof slabMemory>
export type Scene = StateOf<SlabMemory['state']>

/** The operations are found through the page: a page without a driver behind it leads anywhere. */
const ops: DriverOps<Scene> = {
  isolate(s, p) {
    s.called = s.PG_slab ? 'garbage' : 'a driver'
    return s.page[p].owner
  },
  putback: () => {},
}

function walker(mm: SlabMemory, settings: Settings) {
  const { src } = moverLocals(mm)
  return process(
    mm.state,
    { title: 'PFN walker', locals: { src }, start: { src: null } },
    {
      ...isolateMovable<Scene, 'putback'>({ ops, settings, isSlab: (s) => s.PG_slab, exit: 'putback' }),
      putback: step('mm/migrate.c: putback_movable_page / putback_movable_ops_page', (s: Scene, me: Isolator) => {
        const p = me.src!
        when(!s.page[p].PG_locked)
        s.page[p].isolated = false
        dropIsolation(s, p)
        me.src = null
        return 'get_page_unless_zero'
      }),
    },
  )
}

/** Whether a field of struct slab lies over what makes a page movable. A page type cannot be that of two things. */
const slabOverlaysTag = (settings: Settings): boolean =>
  match(settings['movable-tag'])
    .with('mapping-flag', 'mapping-tag', 'movable-operations', () => true)
    .with('page-balloon', 'page-type', () => false)
    .exhaustive()

/** Whoever has the page: slab sets its flag before it writes fields, and takes both back in the opposite order. */
function owner(mm: SlabMemory, settings: Settings) {
  const tag = slabOverlaysTag(settings)
  return process(
    mm.state,
    { title: 'owner of the page', locals: {}, start: {} },
    {
      alloc_pages: step('mm/page_alloc.c: __alloc_pages', (s) => {
        when(allocPage(s) !== null)
        return choose(s, ['make movable', 'set PG_slab'] as const)
      }),
      'make movable': step('mm/compaction.c: __SetPageMovable', (s) => {
        when(!s.page[0].PG_locked)
        adoptPage(s, 0)
        s.page[0].fresh = false
        putPage(s, 0)
        return 'release'
      }),
      release: step('mm/compaction.c: __ClearPageMovable', (s) => {
        when(!s.page[0].PG_locked)
        disownPage(s, 0, settings)
        dropDriverRef(s, 0)
        return 'alloc_pages'
      }),
      'set PG_slab': step('mm/slub.c: alloc_slab_page', (s) => {
        s.PG_slab = true
        return 'write fields'
      }),
      'write fields': step('mm/slub.c: allocate_slab', (s) => {
        if (tag) s.page[0].tag = 'movable'
        return 'reset mapping'
      }),
      'reset mapping': step('mm/slub.c: __free_slab', (s) => {
        if (tag) s.page[0].tag = 'none'
        return 'clear PG_slab'
      }),
      'clear PG_slab': step('mm/slub.c: __free_slab', (s) => {
        s.PG_slab = false
        return '__free_pages'
      }),
      __free_pages: step('mm/page_alloc.c: __free_pages', (s) => {
        s.page[0].fresh = false
        putPage(s, 0)
        return 'alloc_pages'
      }),
    },
  )
}

/** The model on a kernel, with the claims that `claimsOn` makes. */
export function slabLooksMovable(
  { settings }: Kernel,
  claimsOn: (mm: SlabMemory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = slabMemory(settings)
  return model(
    'slab-looks-movable',
    { state: mm.state, processes: { walker: walker(mm, settings), owner: owner(mm, settings) } },
    {
      init: (s) => {
        bootPages(s, 0)
        s.PG_slab = false
        s.called = 'nothing'
      },
      claims: claimsOn(mm) as readonly Claim<object>[],
      waive,
    },
  )
}
