/** munmap(2) of whole VMAs: under mmap_lock, and since v6.4 the lock of each VMA, their pages are zapped and they go. */
import { optional, process, range, step, when } from '../checker/language/index.ts'
import { type AddressSpace, findVma, freeVma } from './address-space.ts'
import { zapPte } from './rmap.ts'
import type { Settings } from './switches/index.ts'

/** A task that unmaps the first VMA and ends. */
export function munmap(space: AddressSpace, { cpu, settings }: { cpu: number; settings: Settings }) {
  const vmaLocks = settings['faults-under-vma-lock'] === 'yes'
  return process(
    space.state,
    {
      title: `munmap (CPU ${cpu})`,
      locals: { page: range(0, space.length), vma: optional(space.vmas) },
      start: { page: 0, vma: null },
    },
    {
      mmap_write_lock: step('mm/mmap.c: __vm_munmap', (s) => {
        when(!s.mmap_lock.writer && s.mmap_lock.readers === 0)
        s.mmap_lock.writer = true
        return 'vma_start_write'
      }),
      vma_start_write: step('mm/mmap.c: do_vmi_align_munmap', (s, me) => {
        const v = findVma(s, 0)!
        if (vmaLocks) {
          when(s.vma[v].readers === 0)
          s.vma[v].writeLocked = true
        }
        me.vma = v
        me.page = s.vma[v].start
        return 'zap_pte_range'
      }),
      zap_pte_range: step('mm/memory.c: zap_pte_range', (s, me) => {
        zapPte(s, me.page, { cpu, settings })
        me.page++
        return me.page < s.vma[me.vma!].end ? 'zap_pte_range' : 'remove_vma'
      }),
      remove_vma: step('mm/mmap.c: remove_vma', (s, me) => {
        freeVma(s, me.vma!)
        me.vma = null
        me.page = 0
        s.mmap_lock.writer = false
        for (const vma of s.vma) vma.writeLocked = false
        return 'done'
      }),
    },
  )
}
