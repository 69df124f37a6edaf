/**
 * A task that uses its memory: it loads and stores, and waits for migration entries as its kernel does. Where the memory
 * is that of a file, it may drop its mappings (MADV_DONTNEED) and fault them in again from the page cache.
 */
import { match } from 'ts-pattern'
import {
  array,
  choose,
  constant,
  note,
  optional,
  process,
  range,
  type ScalarDomain,
  step,
  stepsIf,
  when,
} from '../checker/language/index.ts'
import { flushTlb, folioPutGet, folioTryGet, folioUnlock, type Memory, type Mm, mappedBy, objectOf } from './memory.ts'
import { addRmap, removeRmap } from './rmap.ts'
import type { Settings } from './switches/index.ts'

interface User {
  readonly cpu: number
  readonly settings: Settings
  /** whether it may drop its mappings, which needs pages of a file */
  readonly drops?: boolean
  /** whether it only stores; it loads too when absent */
  readonly storesOnly?: boolean
}

interface Locals {
  page: number
  folio: number | null
  seen: { [object: number]: number }
}

/** The user on `cpu`. `seen` is what its last load of each object returned. */
export function user(mm: Memory, { cpu, settings, drops = false, storesOnly = false }: User) {
  const versions = mm.sizes.versions ?? 0
  const waiter = settings['entry-waiter']
  const locals = {
    page: mm.pages,
    /** a folio that it holds a reference to while it waits or faults */
    folio: (drops || waiter !== 'none' ? optional(mm.folios) : constant(null)) as ScalarDomain<number | null>,
    seen: array(
      mm.objects,
      (storesOnly ? constant(1) : versions > 0 ? range(0, versions) : constant(0)) as ScalarDomain<number>,
    ),
  }
  const start = {
    page: 0,
    folio: null,
    seen: mm.objects.values.map(() => (versions > 0 ? 1 : 0)) as unknown as { length: number },
  }
  const by = { cpu, settings }
  const operations = [...(storesOnly ? [] : ['load']), ...(versions > 0 ? ['store'] : []), ...(drops ? ['drop'] : [])]

  /** Goes to sleep on a folio lock that is held; false when it is not. */
  const sleepOn = (s: Mm, f: number): boolean => {
    if (!s.folio[f].PG_locked) return false
    s.asleep[cpu] = f
    return true
  }
  const letGo = (s: Mm, me: Locals) => {
    folioPutGet(s, me.folio!)
    me.folio = null
    return 'access' as const
  }

  return process(
    mm.state,
    { title: `user (CPU ${cpu})`, locals, start: start as never },
    {
      // The processor, with the translation that it remembers or one that it looks up now.
      access: step('user space', (s, me: Locals) => {
        const page = choose(s, mm.pages)
        me.page = page
        const object = objectOf(s, page)
        const operation = choose(s, operations)
        if (operation === 'drop') return 'madvise'
        const pte = s.pte[page]
        const f = s.tlb[cpu][page] ?? (pte.kind === 'present' ? pte.folio : null)
        if (operation === 'store') when(s.stored[object] < versions)
        if (f === null) return 'handle_mm_fault'
        if (mm.sizes.tlb) s.tlb[cpu][page] = f
        if (operation === 'load') {
          note(s, `loads version ${s.folio[f].content} from F${f}`)
          me.seen[object] = s.folio[f].content
        } else {
          s.stored[object]++
          s.folio[f].content = s.stored[object]
          note(s, `stores version ${s.stored[object]} to F${f}`)
        }
        return 'access'
      }),
      // W1 and, since v5.17, W2: all under the page-table lock.
      handle_mm_fault: step('mm/migrate.c: __migration_entry_wait / migration_entry_wait', (s, me: Locals) => {
        const pte = s.pte[me.page]
        if (pte.kind === 'none') return drops ? 'filemap_get_folio' : 'access'
        if (pte.kind === 'protnone') {
          // mm/memory.c: do_numa_page, when it decides not to migrate.
          s.pte[me.page] = { kind: 'present', folio: pte.folio }
          return 'access'
        }
        if (pte.kind !== 'migration') return 'access'
        const f = pte.folio
        if (waiter === 'none') return sleepOn(s, f) ? 'asleep' : 'access'
        // The references are frozen at the moment: the fault is tried again.
        if (!folioTryGet(s, f)) return 'access'
        me.folio = f
        return match(waiter)
          .with('holds', () => 'wait_on_page_locked' as const)
          .with('momentary', () => 'put_and_wait_on_page_locked' as const)
          .exhaustive()
      }),
      ...stepsIf(waiter === 'momentary', {
        put_and_wait_on_page_locked: step('mm/filemap.c: put_and_wait_on_page_locked', (s: Mm, me: Locals) => {
          const sleeps = sleepOn(s, me.folio!)
          letGo(s, me)
          return sleeps ? 'asleep' : 'access'
        }),
      }),
      ...stepsIf(waiter !== 'holds', {
        asleep: step('mm/filemap.c: folio_wait_bit_common', (s: Mm) => {
          when(s.asleep[cpu] === null)
          return 'access'
        }),
      }),
      ...stepsIf(waiter === 'holds', {
        // Woken, it looks at the lock again, and sleeps on if somebody else has it by now.
        wait_on_page_locked: step('include/linux/pagemap.h: wait_on_page_locked', (s: Mm, me: Locals) => {
          when(s.asleep[cpu] === null)
          return sleepOn(s, me.folio!) ? 'wait_on_page_locked' : letGo(s, me)
        }),
      }),
      ...stepsIf(drops, {
        madvise: step('mm/memory.c: zap_pte_range', (s: Mm, me: Locals) => {
          const pte = s.pte[me.page]
          when(s.cache[objectOf(s, me.page)] !== null && pte.kind !== 'none')
          if (mappedBy(pte) === null) s.pte[me.page] = { kind: 'none' }
          else removeRmap(s, me.page, { kind: 'none' }, by)
          flushTlb(s, me.page)
          return 'access'
        }),
        filemap_get_folio: step('mm/filemap.c: filemap_get_entry', (s: Mm, me: Locals) => {
          const f = s.cache[objectOf(s, me.page)]!
          if (!folioTryGet(s, f)) return 'filemap_get_folio'
          me.folio = f
          return 'lock_folio_maybe_drop_mmap'
        }),
        lock_folio_maybe_drop_mmap: step('mm/filemap.c: filemap_fault', (s: Mm, me: Locals) => {
          const f = me.folio!
          when(!s.folio[f].PG_locked)
          // It has been migrated meanwhile.
          if (s.cache[objectOf(s, me.page)] !== f) return letGo(s, me)
          s.folio[f].PG_locked = true
          return 'finish_fault'
        }),
        finish_fault: step('mm/memory.c: finish_fault', (s: Mm, me: Locals) => {
          if (s.pte[me.page].kind === 'none') addRmap(s, me.page, me.folio!, by)
          folioUnlock(s, me.folio!)
          return letGo(s, me)
        }),
      }),
    },
  )
}
