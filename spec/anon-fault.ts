/**
 * A first-touch fault of anonymous memory: look up the VMA, read its policy, allocate by it, map the page. Up to v6.3 it
 * holds mmap_lock for reading; since v6.4 it holds the read lock of its VMA instead, unless that VMA is write-locked.
 */
import { note, optional, process, range, step, stepsIf, when } from '../checker/language/index.ts'
import { type AddressSpace, type As, allocateBy, vmaAt } from './address-space.ts'
import { folioAddLru } from './lru.ts'
import { folioPut } from './memory.ts'
import { addRmap } from './rmap.ts'
import type { Settings } from './switches/index.ts'

interface FaultOptions {
  readonly cpu: number
  readonly settings: Settings
}

/** A task that touches one page once; the initial state says which, in the local `page`. */
export function anonFault(space: AddressSpace, { cpu, settings }: FaultOptions) {
  const { vmas, policies, folios, length } = space
  const underVmaLock = settings['faults-under-vma-lock'] === 'yes'
  return process(
    space.state,
    {
      title: `fault (CPU ${cpu})`,
      locals: {
        page: range(0, length - 1),
        /** the VMA whose lock it holds for reading; none where it holds mmap_lock */
        locked: optional(vmas),
        vm_policy: optional(policies),
        folio: optional(folios),
        /** for claims: calls of mbind that had returned when the fault began */
        after: range(0, space.text.callers ?? 1),
      },
      start: { page: 0, locked: null, vm_policy: null, folio: null, after: 0 },
    },
    {
      touch: step('mm/memory.c: handle_mm_fault', (s, me) => {
        me.after = s.returned
        return underVmaLock ? 'lock_vma_under_rcu' : 'mmap_read_lock'
      }),
      ...stepsIf(underVmaLock, {
        lock_vma_under_rcu: step('mm/memory.c: lock_vma_under_rcu', (s: As, me: FaultLocals) => {
          const v = vmaAt(s, me.page)
          if (v === null || s.vma[v].writeLocked) {
            note(s, 'not possible')
            return 'mmap_read_lock' as const
          }
          s.vma[v].readers++
          me.locked = v
          return 'get_vma_policy' as const
        }),
      }),
      mmap_read_lock: step('arch/x86/mm/fault.c: do_user_addr_fault', (s) => {
        when(!s.mmap_lock.writer)
        s.mmap_lock.readers++
        return 'get_vma_policy'
      }),
      // The policy of a VMA is not reference-counted by those who read it: the lock is what keeps it.
      get_vma_policy: step('mm/mempolicy.c: get_vma_policy', (s, me) => {
        const v = vmaAt(s, me.page)
        if (v === null) {
          note(s, 'no VMA')
          return 'unlock'
        }
        me.vm_policy = s.vma[v].vm_policy
        return s.pte[me.page].kind === 'none' ? 'alloc_pages' : 'unlock'
      }),
      alloc_pages: step('mm/mempolicy.c: alloc_pages_vma / vma_alloc_folio', (s, me) => {
        const policy = me.vm_policy === null ? null : space.values.get(s.policy[me.vm_policy].value)!
        const f = allocateBy(s, space, policy, 0)
        when(f !== null)
        s.folio[f!].refs = 1
        s.folio[f!].fresh = true
        me.folio = f
        return 'set_pte_at'
      }),
      set_pte_at: step('mm/memory.c: do_anonymous_page', (s, me) => {
        const f = me.folio!
        me.vm_policy = null
        if (s.pte[me.page].kind === 'none') {
          addRmap(s, me.page, f, { cpu, settings })
          folioAddLru(s, cpu, f)
        }
        s.folio[f].fresh = false
        folioPut(s, f)
        return 'unlock'
      }),
      unlock: step('mm/memory.c: handle_mm_fault', (s, me) => {
        if (me.locked === null) s.mmap_lock.readers--
        else s.vma[me.locked].readers--
        me.locked = null
        me.vm_policy = null
        return 'done'
      }),
    },
  )
}

interface FaultLocals {
  page: number
  locked: number | null
}
