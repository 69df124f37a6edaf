/** Unmapping single pages as munmap and exit do, as far as migration sees it: mappings go, and migration entries go. */
import { choose, process, step, when } from '../checker/language/index.ts'
import { flushTlb, type Memory, mappedBy } from './memory.ts'
import { removeRmap } from './rmap.ts'
import type { Settings } from './switches/index.ts'

/** A task that unmaps any of the pages, at any time, each once. */
export function zapper(mm: Memory, { cpu, settings }: { cpu: number; settings: Settings }) {
  return process(
    mm.state,
    { title: `munmap (CPU ${cpu})`, locals: {}, start: {} },
    {
      // A migration entry holds no reference: removing it is all.
      zap_pte_range: step('mm/memory.c: zap_pte_range', (s) => {
        const page = choose(s, mm.pages)
        const pte = s.pte[page]
        when(pte.kind !== 'none')
        if (mappedBy(pte) === null) s.pte[page] = { kind: 'none' }
        else removeRmap(s, page, { kind: 'none' }, { cpu, settings })
        flushTlb(s, page)
        return s.pte.every(({ kind }) => kind === 'none') ? 'done' : 'zap_pte_range'
      }),
    },
  )
}
