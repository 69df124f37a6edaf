/**
 * Memory offlining while another CPU frees the last page of the range: the page may end up on a free list of that CPU,
 * where offlining does not see it. Nobody uses the range otherwise.
 */
import {
  bool,
  type Claim,
  type Constants,
  model,
  note,
  oneOf,
  process,
  type StateOf,
  step,
  stepsIf,
  when,
} from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { labelsOf } from '../offline.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { deep: false } satisfies Constants

/** The bounds in words. */
export const boundsFor = () => '1 page in the range, 2 CPUs, freed and perhaps allocated again by CPU 0'

const state = {
  /** where the page is: in use, on the free list of CPU 0, or with the buddy allocator, on a list that may be isolated */
  page: oneOf('used', 'pcp list', 'buddy', 'isolated'),
  /** MIGRATE_ISOLATE of its pageblock */
  isolated: bool,
  pcpDisabled: bool,
  /** an allocation got the page after its block was isolated */
  takenFromIsolated: bool,
}
type Block = StateOf<typeof state>

/** The state that claims speak of. */
export type Scene = Block & { readonly offline: { readonly pc: string }; readonly freeing: { readonly pc: string } }

/** The model on a kernel, with the claims made about it. An allocation that takes the page need never happen. */
export function offlineVsFreeList(
  { settings }: Kernel,
  claims: readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const offlining = offline(settings)
  return model(
    'offline-vs-free-list',
    { state, processes: { freeing, offline: offlining } },
    {
      init(s) {
        Object.assign(s, { page: 'used', isolated: false, pcpDisabled: false, takenFromIsolated: false })
      },
      fairness: {
        weak: [
          { anyOf: labelsOf('freeing', freeing, ['allocate']) },
          { anyOf: labelsOf('offline', offlining, ['isolate the range', 'zone_pcp_disable']) },
        ],
      },
      claims: claims as readonly Claim<Scene>[],
      final: (s) => s.offline.pc === 'done',
      waive,
    },
  )
}

/** CPU 0 frees the page. The type of the pageblock is read before interrupts are off, so time may pass after it. */
const freeing = process(
  state,
  { title: 'freeing (CPU 0)', locals: { type: oneOf('movable', 'isolate') }, start: { type: 'movable' } },
  {
    'read pageblock type': step('mm/page_alloc.c: free_unref_page_prepare', (s, me) => {
      me.type = s.isolated ? 'isolate' : 'movable'
      return 'put on a free list'
    }),
    'put on a free list': step('mm/page_alloc.c: free_unref_page_commit', (s, me) => {
      // With disabled lists the page goes on to the buddy allocator, which looks at the type again.
      if (me.type === 'movable' && !s.pcpDisabled) s.page = 'pcp list'
      else s.page = s.isolated ? 'isolated' : 'buddy'
      me.type = 'movable'
      note(s, s.page)
      return 'allocate'
    }),
    allocate: step('mm/page_alloc.c: rmqueue', (s) => {
      when(s.page === 'pcp list' || s.page === 'buddy')
      if (s.isolated) s.takenFromIsolated = true
      s.page = 'used'
      return 'read pageblock type'
    }),
  },
)

/** offline_pages, as far as free pages go. The task on CPU 1 waits for pages in use; migration is not the question here. */
function offline(settings: Settings) {
  const lists = settings['offline-pcp-lists']
  const drain = (s: Block) => {
    if (s.page === 'pcp list') s.page = s.isolated ? 'isolated' : 'buddy'
  }
  return process(
    state,
    { title: 'offlining (CPU 1)', locals: {}, start: {} },
    {
      ...stepsIf(lists === 'disable', {
        zone_pcp_disable: step('mm/page_alloc.c: zone_pcp_disable', (s: Block) => {
          s.pcpDisabled = true
          return 'drain_all_pages'
        }),
      }),
      ...stepsIf(lists !== 'disable', {
        'isolate the range': isolate(),
      }),
      drain_all_pages: step('mm/page_alloc.c: drain_all_pages', (s) => {
        drain(s)
        return lists === 'disable' && !s.isolated ? 'isolate the range, lists disabled' : 'test_pages_isolated'
      }),
      ...stepsIf(lists === 'disable', {
        'isolate the range, lists disabled': isolate(),
      }),
      test_pages_isolated: step('mm/page_isolation.c: test_pages_isolated', (s) => {
        if (s.page === 'isolated') return 'done'
        note(s, `the page is: ${s.page}`)
        return lists === 'drain-each-round' ? 'drain_all_pages' : 'test_pages_isolated'
      }),
    },
  )
}

/** start_isolate_page_range: the type changes, and free pages of the block move to the isolated free list. */
function isolate() {
  return step('mm/page_isolation.c: start_isolate_page_range', (s: Block) => {
    s.isolated = true
    if (s.page === 'buddy') s.page = 'isolated'
    return 'drain_all_pages'
  })
}
