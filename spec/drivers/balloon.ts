/**
 * The memory balloon: pages that the guest has given back to the host. Inflating takes pages, deflating frees them, and
 * compaction moves them; the balloon keeps its pages on a list, and an isolated page is off that list.
 */
import { match } from 'ts-pattern'
import {
  bool,
  choose,
  constant,
  note,
  optional,
  process,
  type StateOf,
  type Steps,
  step,
  stepsIf,
  when,
} from '../../checker/language/index.ts'
import { type DriverOps, isolateMovable, type Mover, moveMovable, moverLocals, moverStart } from '../movable-ops.ts'
import {
  adoptPage,
  allocPage,
  bootPages,
  disownPage,
  dropDriverRef,
  listDel,
  movablePages,
  putPage,
} from '../movable-pages.ts'
import type { Settings } from '../switches/index.ts'

/** One page in the balloon, one free. A kernel that can meet a page without an owner in a callback warns. */
export function balloonMemory(settings: Settings, { mayWarn = false } = {}) {
  const mm = movablePages({
    pages: 2,
    settings,
    driverList: true,
    lru: settings['destination-kind-from'] === 'destination',
  })
  return { ...mm, state: { ...mm.state, warned: mayWarn ? bool : constant<boolean>(false) } }
}

export type BalloonMemory = ReturnType<typeof balloonMemory>
export type Balloon = StateOf<BalloonMemory['state']>

export function bootBalloon(s: Balloon): void {
  bootPages(s, 1, { driverList: true })
  s.warned = false
}

const balloonOps: DriverOps<Balloon> = {
  // Since v6.17 the core may ask for a page that was deflated a moment ago, and the balloon says no.
  isolate(s, p) {
    if (!s.page[p].owner) return false
    listDel(s, p)
    return true
  },
  putback(s, p) {
    if (s.page[p].owner) s.page[p].onDriverList = true
    else s.warned = true
  },
}

type CallbackLabel = 'inflate new' | 'deflate old'

/** virtio: the new page is in the balloon before the old one leaves it. Nothing in it can fail. */
function virtioMigrate(settings: Settings): Steps<Balloon, Mover, CallbackLabel, 'moved'> {
  return {
    'inflate new': step('drivers/virtio/virtio_balloon.c: virtballoon_migratepage', (s, me) => {
      adoptPage(s, me.dst!, { driverList: true })
      return 'deflate old'
    }),
    'deflate old': step('drivers/virtio/virtio_balloon.c: virtballoon_migratepage', (s, me) => {
      disownPage(s, me.src!, settings)
      dropDriverRef(s, me.src!)
      return 'moved'
    }),
  }
}

/** VMware: the old page leaves first, and the host may then refuse the new one. */
function vmwareMigrate(settings: Settings): Steps<Balloon, Mover, CallbackLabel, 'moved' | 'not moved'> {
  return {
    'deflate old': step('drivers/misc/vmw_balloon.c: vmballoon_migratepage', (s, me) => {
      disownPage(s, me.src!, settings)
      dropDriverRef(s, me.src!)
      return 'inflate new'
    }),
    'inflate new': step('drivers/misc/vmw_balloon.c: vmballoon_migratepage', (s, me) => {
      if (choose(s, ['accepts', 'refuses'] as const) === 'accepts') {
        adoptPage(s, me.dst!, { driverList: true })
        return 'moved'
      }
      note(s, 'the host refuses')
      return match(settings['balloon-inflate-fails'])
        .with('error', () => 'not moved' as const)
        .with('success', () => 'moved' as const)
        .exhaustive()
    }),
  }
}

/** Compaction of the pages of a balloon. */
export function balloonCompaction(mm: BalloonMemory, settings: Settings, host: 'virtio' | 'vmware') {
  const shared = { ops: balloonOps, settings }
  return process(
    mm.state,
    { title: 'compaction', locals: moverLocals(mm), start: moverStart },
    {
      ...isolateMovable<Balloon, 'unmap_and_move'>({ ...shared, exit: 'unmap_and_move' }),
      ...moveMovable<Balloon, CallbackLabel, 'get_page_unless_zero'>({
        ...shared,
        callback: host === 'virtio' ? 'inflate new' : 'deflate old',
        lru: true,
        exit: 'get_page_unless_zero',
      }),
      ...(host === 'virtio' ? virtioMigrate(settings) : vmwareMigrate(settings)),
    },
  )
}

/** The task of the balloon: it takes a free page, or gives one back. */
export function balloonTask(mm: BalloonMemory, settings: Settings, { deflates }: { deflates: boolean }) {
  type Own = { page: number | null }
  return process(
    mm.state,
    { title: 'balloon', locals: { page: optional(mm.pages) }, start: { page: null } },
    {
      'inflate or deflate': step('drivers/virtio/virtio_balloon.c: update_balloon_size_func', (s, me) => {
        const what = choose(s, deflates ? (['inflate', 'deflate'] as const) : (['inflate'] as const))
        if (what === 'inflate') {
          const p = allocPage(s)
          when(p !== null)
          adoptPage(s, p, { driverList: true })
          s.page[p].fresh = false
          putPage(s, p)
          return 'inflate or deflate'
        }
        const p = s.page.findIndex(({ onDriverList }) => onDriverList)
        when(p >= 0)
        me.page = p
        return 'trylock_page'
      }),
      ...stepsIf(deflates, {
        trylock_page: step('mm/balloon_compaction.c: balloon_page_dequeue', (s: Balloon, me: Own) => {
          const p = me.page!
          // Without the second look the page may be anybody's by now; the model goes on only while the balloon owns it.
          const raced = match(settings['balloon-dequeue'])
            .with('unlocked-pick', () => !s.page[p].owner)
            .with('rechecks', () => s.page[p].isolated || !s.page[p].onDriverList)
            .exhaustive()
          if (s.page[p].PG_locked || raced) {
            me.page = null
            return 'inflate or deflate'
          }
          s.page[p].PG_locked = true
          return 'balloon_page_delete'
        }),
        balloon_page_delete: step('mm/balloon_compaction.c: balloon_page_dequeue', (s: Balloon, me: Own) => {
          const p = me.page!
          listDel(s, p)
          disownPage(s, p, settings)
          s.page[p].PG_locked = false
          return 'put_page'
        }),
        put_page: step('drivers/virtio/virtio_balloon.c: release_pages_balloon', (s: Balloon, me: Own) => {
          dropDriverRef(s, me.page!)
          me.page = null
          return 'inflate or deflate'
        }),
      }),
    },
  )
}
