/** NUMA balancing and mprotect: access to a page is taken away in its entry first, and the TLBs are flushed afterwards. */
import { process, step, when } from '../checker/language/index.ts'
import { flushTlb, type Memory } from './memory.ts'

/** A task on `cpu` that takes access to the first page away, again and again. */
export function protectionChanger(mm: Memory, { cpu }: { cpu: number }) {
  return process(
    mm.state,
    { title: `NUMA balancing (CPU ${cpu})`, locals: {}, start: {} },
    {
      change_pte_range: step('mm/mprotect.c: change_pte_range', (s) => {
        const pte = s.pte[0]
        when(pte.kind === 'present')
        s.pte[0] = { kind: 'protnone', folio: pte.folio }
        return 'flush_tlb_range'
      }),
      flush_tlb_range: step('mm/mprotect.c: change_protection_range', (s) => {
        flushTlb(s, 0)
        return 'change_pte_range'
      }),
    },
  )
}
