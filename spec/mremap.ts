/** mremap(2), and what exec does to its stack: page-table entries move to another address, migration entries among them. */
import { match } from 'ts-pattern'
import { process, step, when } from '../checker/language/index.ts'
import type { Memory } from './memory.ts'
import type { Settings } from './switches/index.ts'

/**
 * A task that moves the entry of one of two pages to the other, whichever is empty. Both belong to VMAs of one rmap, which
 * a walk visits in the order of the pages: moving to the second is moving to a VMA that is visited later.
 */
export function mremap(mm: Memory, { cpu, settings }: { cpu: number; settings: Settings }) {
  return process(
    mm.state,
    { title: `mremap (CPU ${cpu})`, locals: {}, start: {} },
    {
      // Under the page-table locks of both addresses.
      move_ptes: step('mm/mremap.c: move_ptes', (s) => {
        const from = s.pte[0].kind === 'none' ? 1 : 0
        const to = 1 - from
        match(settings['move-ptes'])
          .with('rmap-lock-when-needed', () => when(to > from || !s.rmap_locked))
          .with('unguarded', () => {})
          .exhaustive()
        s.pte[to] = s.pte[from]
        s.pte[from] = { kind: 'none' }
        return 'done'
      }),
    },
  )
}
