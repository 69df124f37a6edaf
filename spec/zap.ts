/** Unmapping single pages as munmap and exit do, as far as migration sees it: mappings go, and migration entries go. */
import { choose, process, step, when } from '../checker/language/index.ts'
import { flushTlb, type Memory } from './memory.ts'
import { zapPte } from './rmap.ts'
import type { Settings } from './switches/index.ts'

/** A task that unmaps any of the pages, at any time, each once. */
export function zapper(mm: Memory, { cpu, settings }: { cpu: number; settings: Settings }) {
  return process(
    mm.state,
    { title: `munmap (CPU ${cpu})`, locals: {}, start: {} },
    {
      zap_pte_range: step('mm/memory.c: zap_pte_range', (s) => {
        const page = choose(s, mm.pages)
        when(s.pte[page].kind !== 'none')
        zapPte(s, page, { cpu, settings })
        flushTlb(s, page)
        return s.pte.every(({ kind }) => kind === 'none') ? 'done' : 'zap_pte_range'
      }),
    },
  )
}
