/**
 * Fork in one thread, a write fault in a second, stores in a third. Fork write-protects the page and flushes the TLBs only at
 * its end; until then the third thread writes through its old translation.
 */
import { array, bool, type Claim, model, optional, process, step, when } from '../../checker/language/index.ts'
import { type AddressSpace, type As, addressSpace, bootAddressSpace } from '../address-space.ts'
import { fork } from '../fork.ts'
import type { Kernel } from '../kernels.ts'
import type { Layout } from '../mbind/layout.ts'
import { flushTlb, mapcount, mappedBy } from '../memory.ts'
import { addRmap, removeRmap } from '../rmap.ts'
import type { Settings } from '../switches/index.ts'

const LAYOUT: Layout = { vmas: [{ off: 0, n: 1 }], pages: [{ maps: 0 }], folios: [{ node: 0 }] }
const VERSIONS = 3

/** The bounds in words. */
export const boundsFor = (): string => '1 page of the parent, one fork, one write fault, two stores, 3 CPUs'

export type ForkScene = As & { writable: boolean[]; fault: { pc: string } }

/** The model of the scenario on a kernel. */
export function forkVsFault(
  { settings }: Kernel,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  const space = addressSpace(
    {
      machine: { nodes: 1, cpus: 3, free: [0] },
      cases: [{ layout: LAYOUT, calls: [] }],
      readers: 1,
      childPages: 1,
      memory: { tlb: true, versions: VERSIONS },
    },
    settings,
  )
  const state = { ...space.state, writable: array(space.pages, bool) }
  const writeProtect = (s: object, page: number) => {
    ;(s as ForkScene).writable[page] = false
  }
  return model(
    'fork-vs-fault',
    {
      state,
      processes: {
        fork: fork(space, { cpu: 1, settings, writeProtect }),
        fault: writeFault(state, space, settings),
        stores: storer(state),
      },
    },
    {
      init: (s: As) => {
        bootAddressSpace(s, space, LAYOUT)
        s.stored[0] = 1
        s.folio[0].content = 1
        ;(s as ForkScene).writable.fill(true)
      },
      claims: claimsOn(space),
      waive,
    },
  )
}

/** A thread whose store finds the page write-protected: it copies the page, unless nobody else has it. */
function writeFault(state: AddressSpace['state'] & { writable: object }, space: AddressSpace, settings: Settings) {
  const underVmaLock = settings['faults-under-vma-lock'] === 'yes'
  const cpu = 2
  return process(
    state as AddressSpace['state'],
    { title: `fault (CPU ${cpu})`, locals: { copy: optional(space.folios) }, start: { copy: null } },
    {
      lock: step('mm/memory.c: lock_vma_under_rcu', (s) => {
        when(!(s as ForkScene).writable[0])
        if (underVmaLock && !s.vma[0].writeLocked) s.vma[0].readers++
        else {
          when(!s.mmap_lock.writer)
          s.mmap_lock.readers++
        }
        return 'do_wp_page'
      }),
      do_wp_page: step('mm/memory.c: do_wp_page', (s) => {
        const writable = (s as ForkScene).writable
        if (mapcount(s, mappedBy(s.pte[0])!) > 1) return 'cow_user_page'
        writable[0] = true
        return 'unlock'
      }),
      cow_user_page: step('mm/memory.c: wp_page_copy', (s, me) => {
        const f = s.folio.findIndex(({ refs }) => refs === 0)
        s.folio[f].refs = 1
        s.folio[f].fresh = true
        s.folio[f].content = s.folio[mappedBy(s.pte[0])!].content
        me.copy = f
        return 'ptep_clear_flush'
      }),
      ptep_clear_flush: step('mm/memory.c: wp_page_copy', (s, me) => {
        removeRmap(s, 0, { kind: 'none' }, { cpu, settings })
        addRmap(s, 0, me.copy!, { cpu, settings })
        s.folio[me.copy!].fresh = false
        s.folio[me.copy!].refs--
        flushTlb(s, 0)
        ;(s as ForkScene).writable[0] = true
        me.copy = null
        return 'unlock'
      }),
      unlock: step('mm/memory.c: vma_end_read', (s) => {
        if (s.vma[0].readers > 0) s.vma[0].readers--
        else s.mmap_lock.readers--
        return 'done'
      }),
    },
  )
}

/** A thread that stores to the page whenever it can without a fault. */
function storer(state: object) {
  return process(
    state as AddressSpace['state'],
    { title: 'stores (CPU 0)', locals: {}, start: {} },
    {
      store: step('user space: a store to the page', (s) => {
        const { tlb, folio, stored, pte } = s
        if (tlb[0][0] === null) {
          when((s as ForkScene).writable[0])
          tlb[0][0] = mappedBy(pte[0])
        }
        stored[0]++
        folio[tlb[0][0]!].content = stored[0]
        return stored[0] < VERSIONS ? 'store' : 'done'
      }),
    },
  )
}
