/**
 * A store to a large folio that is shared since fork: the one entry that maps all of it is split into entries of pages,
 * and the first page is copied. Page 0 stands for the entry of the whole folio until then.
 */
import { process, step } from '../checker/language/index.ts'
import { freeFolio, type Memory } from './memory.ts'
import { addRmap, removeRmap } from './rmap.ts'
import type { Settings } from './switches/index.ts'

/** A task on `cpu` that stores once to the first of two pages. */
export function copyOnWrite(mm: Memory, { cpu, settings }: { cpu: number; settings: Settings }) {
  const by = { cpu, settings }
  return process(
    mm.state,
    { title: `store (CPU ${cpu})`, locals: {}, start: {} },
    {
      split_huge_pmd: step('mm/huge_memory.c: __split_huge_pmd_locked', (s) => {
        addRmap(s, 1, 0, by)
        return 'wp_page_copy'
      }),
      wp_page_copy: step('mm/memory.c: wp_page_copy', (s) => {
        const copy = freeFolio(s, 'MOVABLE')!
        s.folio[copy].PG_lru = true
        removeRmap(s, 0, { kind: 'none' }, by)
        addRmap(s, 0, copy, by)
        return 'done'
      }),
    },
  )
}
