/** Tasks that have nothing to do with an address space and still touch its pages: reclaim or compaction, and a look-up. */
import { process, step } from '../checker/language/index.ts'
import type { AddressSpace } from './address-space.ts'
import { folioIsolateLru, folioPutbackLru } from './lru.ts'
import { folioPutGet, folioTryGet } from './memory.ts'

/** Takes the first folio off the LRU, as reclaim and compaction do, and puts it back. */
export function isolator(space: AddressSpace, cpu: number) {
  return process(
    space.state,
    { title: `reclaim (CPU ${cpu})`, locals: {}, start: {} },
    {
      isolate: step('mm/vmscan.c: isolate_lru_pages / isolate_lru_folios', (s) => {
        const there = s.folio[0].refs > 0
        return there && folioIsolateLru(s, 0) ? 'putback' : 'done'
      }),
      putback: step('mm/vmscan.c: putback_inactive_pages / move_folios_to_lru', (s) => {
        folioPutbackLru(s, cpu, 0)
        return 'done'
      }),
    },
  )
}

/** Holds a reference to the first folio for a while, as a read in flight or a PFN walker does. */
export function holder(space: AddressSpace, cpu: number) {
  return process(
    space.state,
    { title: `GUP (CPU ${cpu})`, locals: {}, start: {} },
    {
      get: step('mm/gup.c: try_grab_page / try_grab_folio', (s) => (folioTryGet(s, 0) ? 'put' : 'done')),
      put: step('mm/gup.c: put_page / folio_put', (s) => {
        folioPutGet(s, 0)
        return 'done'
      }),
    },
  )
}
