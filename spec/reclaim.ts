/**
 * Reclaim of one folio: off the list, is it evictable, is it mapped by a VMA that is VM_LOCKED, unmap, free. This is where
 * a missing PG_mlocked is repaired: whoever finds VM_LOCKED under the page-table lock mlocks the folio, and gives up.
 */
import { constant, note, process, type ScalarDomain, type Steps, step, stepsIf } from '../checker/language/index.ts'
import { drainBatches, folioIsolateLru, folioPutbackLru, unisolate } from './lru.ts'
import { expectedReferences, folioPut, type Memory, type Mm, mapcount, mappedBy, vmaOf } from './memory.ts'
import { drainMlockBatch, mlockFolio } from './mlock.ts'
import { mlockVma, removeRmap, type Walk } from './rmap.ts'
import type { Settings } from './switches/index.ts'

interface Reclaimer {
  readonly cpu: number
  readonly settings: Settings
  readonly folio: number
  /** whether the folio is large: the entries of a VMA then stand for all of its pages, under one page-table lock */
  readonly large?: boolean
  readonly drainsAtEnd?: boolean
}

type Locals = Walk

/** A task on `cpu` that reclaims the folio, once. */
export function reclaim(mm: Memory, { cpu, settings, folio: f, large = false, drainsAtEnd = false }: Reclaimer) {
  const by = { cpu, settings }
  const last = mm.pages.size - 1
  const exit = drainsAtEnd ? 'lru_add_drain' : 'done'
  const mlocksLate = large && settings['reclaim-mlocks'] === 'after-page-table-lock'
  const maps = (s: Mm, page: number) => mappedBy(s.pte[page]) === f
  const locked = (s: Mm, page: number) => s.vma[vmaOf(s, page)].VM_LOCKED
  const onward = (
    me: Locals,
    label: 'folio_referenced' | 'try_to_unmap',
    over: 'try_to_unmap' | '__remove_mapping',
  ) => {
    const more = me.at < last
    me.at = more ? me.at + 1 : 0
    return more ? label : over
  }
  return process(
    mm.state,
    {
      title: `reclaim (CPU ${cpu})`,
      locals: { at: (last > 0 ? mm.pages : constant(0)) as ScalarDomain<number> },
      start: { at: 0 },
    },
    {
      // From an evictable list: the unevictable one is not scanned.
      isolate_lru_folios: step('mm/vmscan.c: isolate_lru_pages / isolate_lru_folios', (s: Mm) => {
        if (s.folio[f].PG_unevictable || !folioIsolateLru(s, f)) {
          note(s, 'not on an evictable list')
          return exit
        }
        return 'folio_evictable?'
      }),
      'folio_evictable?': step('mm/vmscan.c: shrink_page_list / shrink_folio_list', (s: Mm) =>
        s.folio[f].PG_mlocked ? 'putback' : 'folio_referenced',
      ),
      folio_referenced: step('mm/rmap.c: page_referenced_one / folio_referenced_one', (s: Mm, me: Locals) => {
        if (!maps(s, me.at) || !locked(s, me.at)) return onward(me, 'folio_referenced', 'try_to_unmap')
        note(s, 'VM_LOCKED')
        if (mlocksLate) return 'mlock_vma_folio'
        mlockVma(s, me.at, f, by)
        me.at = 0
        return 'putback'
      }),
      ...stepsIf(mlocksLate, {
        // The page-table lock is dropped: the flags of the VMA are looked at once more, and may change right after.
        mlock_vma_folio: step('mm/internal.h: mlock_vma_folio', (s: Mm, me: Locals) => {
          const { VM_LOCKED, VM_IO } = s.vma[vmaOf(s, me.at)]
          return VM_LOCKED && !VM_IO ? 'mlock_folio' : 'putback'
        }),
        mlock_folio: step('mm/mlock.c: mlock_folio', (s: Mm, me: Locals) => {
          if (mlockFolio(s, cpu, f)) drainMlockBatch(s, cpu)
          me.at = 0
          return 'putback'
        }),
      }),
      try_to_unmap: step('mm/rmap.c: try_to_unmap_one', (s: Mm, me: Locals) => {
        if (!maps(s, me.at)) return onward(me, 'try_to_unmap', '__remove_mapping')
        if (locked(s, me.at)) {
          note(s, 'VM_LOCKED')
          mlockVma(s, me.at, f, by)
          me.at = 0
          return 'putback'
        }
        removeRmap(s, me.at, { kind: 'none' }, by)
        return onward(me, 'try_to_unmap', '__remove_mapping')
      }),
      __remove_mapping: step('mm/vmscan.c: __remove_mapping', (s: Mm) => {
        if (s.folio[f].refs !== expectedReferences(s, f) || mapcount(s, f) > 0) return 'putback'
        note(s, 'reclaimed')
        const slot = s.cache.indexOf(f)
        if (slot >= 0) {
          s.cache[slot] = null
          folioPut(s, f)
        }
        unisolate(s, f)
        folioPut(s, f)
        return exit
      }),
      putback: step('mm/vmscan.c: putback_inactive_pages / move_folios_to_lru', (s: Mm) => {
        folioPutbackLru(s, cpu, f)
        return exit
      }),
      ...stepsIf(drainsAtEnd, {
        lru_add_drain: step('mm/swap.c: lru_add_drain', (s: Mm) => {
          drainBatches(s, cpu)
          return 'done'
        }),
      }),
    } as Steps<Mm, Locals, string, 'done'>,
  )
}
