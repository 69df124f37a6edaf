/** One call of mbind while splitting a VMA or copying a policy may fail for want of memory: APPLY is not a transaction. */
import type { Call } from '../mbind/call.ts'
import type { Machine } from '../mbind/layout.ts'
import type { Situation } from './mbind-calls.ts'

export const MACHINE: Machine = { nodes: 2, cpus: 1, pagesPerTable: 1, free: [1] }

const bind = (off: number, n: number, flags: Call['flags']): Call => ({ off, n, mode: 'BIND', nodes: [1], flags })

/** Where memory runs out. */
export const SITUATIONS: Readonly<Record<string, Situation>> = {
  'two VMAs': {
    layout: {
      vmas: [
        { off: 0, n: 1 },
        { off: 1, n: 1 },
      ],
      pages: ['none', 'none'],
      folios: [],
    },
    call: bind(0, 2, '0'),
  },
  'the middle of a VMA, a page off the LRU': {
    layout: {
      vmas: [{ off: 0, n: 4 }],
      pages: ['none', { maps: 0 }, { maps: 1 }, 'none'],
      folios: [{ node: 0 }, { node: 0, lru: 'off' }],
    },
    call: bind(1, 2, 'MOVE|STRICT'),
  },
}
