/**
 * fork(2) as far as page tables go: entry by entry the child gets what the parent has, anonymous pages are write-protected in
 * both, and the TLBs are flushed at the end. It holds mmap_lock for writing, and since v6.5 the lock of each VMA as well.
 */
import { process, range, step, stepsIf, when } from '../checker/language/index.ts'
import type { AddressSpace, As } from './address-space.ts'
import { flushTlb, mappedBy } from './memory.ts'
import { addRmap } from './rmap.ts'
import type { Settings } from './switches/index.ts'

interface ForkOptions {
  readonly cpu: number
  readonly settings: Settings
  /** takes away write access to a page of the parent, where the scenario has it */
  readonly writeProtect?: (s: object, page: number) => void
}

/** A task that forks once: the child gets the entries of the first `childPages` pages. */
export function fork(space: AddressSpace, { cpu, settings, writeProtect = () => {} }: ForkOptions) {
  const { childBase, text } = space
  const childPages = text.childPages!
  const locksVmas = settings['fork-locks-vmas'] === 'yes'
  return process(
    space.state,
    { title: `fork (CPU ${cpu})`, locals: { page: range(0, childPages) }, start: { page: 0 } },
    {
      mmap_write_lock: step('kernel/fork.c: dup_mmap', (s) => {
        when(!s.mmap_lock.writer && s.mmap_lock.readers === 0)
        s.mmap_lock.writer = true
        return locksVmas ? 'vma_start_write' : 'copy_pte_range'
      }),
      ...stepsIf(locksVmas, {
        vma_start_write: step('kernel/fork.c: dup_mmap', (s: As) => {
          for (const vma of s.vma) {
            when(vma.readers === 0)
            if (vma.end > 0) vma.writeLocked = true
          }
          return 'copy_pte_range' as const
        }),
      }),
      copy_pte_range: step('mm/memory.c: copy_pte_range', (s, me) => {
        const f = mappedBy(s.pte[me.page])
        if (f === null) s.pte[childBase + me.page] = s.pte[me.page]
        else {
          addRmap(s, childBase + me.page, f, { cpu, settings })
          writeProtect(s, me.page)
        }
        me.page++
        return me.page < childPages ? 'copy_pte_range' : 'flush_tlb_mm'
      }),
      flush_tlb_mm: step('kernel/fork.c: dup_mmap', (s, me) => {
        for (let page = 0; page < childPages; page++) flushTlb(s, page)
        me.page = 0
        s.mmap_lock.writer = false
        for (const vma of s.vma) vma.writeLocked = false
        return 'done'
      }),
    },
  )
}
