/**
 * QUEUE: mbind walks the VMAs of its range, and in each the page tables; it looks for holes, isolates what is misplaced,
 * and may end early. One step for each VMA and each page. Nobody else changes the entries of a page table in between, which
 * its lock is for; that somebody else isolates or pins a page in between is possible, as it is in the kernel.
 */
import { match } from 'ts-pattern'
import { note, step, stepsIf, when } from '../../checker/language/index.ts'
import { type AddressSpace, type As, findVma } from '../address-space.ts'
import { folioIsolateLru } from '../lru.ts'
import { mapcount, mappedBy } from '../memory.ts'
import { type Call, conforms, isAll, isMove, isStrict, isStrictAlone } from './call.ts'
import type { MbindLocals, MbindOptions } from './locals.ts'

type Walking = 'vma_start_write' | 'queue_pages_test_walk' | 'queue_pages' | 'queue_pages_range'

/** The walk, entered through `begin`; it ends at `queue_pages_range`, which the caller adds. */
export function queueSteps(space: AddressSpace, options: MbindOptions, callOf: (me: MbindLocals) => Call) {
  const { settings, readsOnly = false } = options
  const { machine } = space.text
  const tableSize = machine.pagesPerTable ?? space.length
  const locksVmas = !readsOnly && ['in-walk', 'in-walk-or-apply'].includes(settings['mbind-vma-lock'])
  const endOf = (me: MbindLocals) => callOf(me).off + callOf(me).n

  /** walk_page_range: the next VMA of the range, or the end of the walk. */
  const nextVma = (s: As, me: MbindLocals): Walking => {
    const v = findVma(s, me.addr)
    if (me.addr >= endOf(me) || v === null || s.vma[v].start >= endOf(me)) return 'queue_pages_range'
    me.vma = v
    me.addr = Math.max(me.addr, s.vma[v].start)
    return locksVmas ? 'vma_start_write' : 'queue_pages_test_walk'
  }
  const skipVma = (s: As, me: MbindLocals) => {
    me.addr = s.vma[me.vma!].end
    return nextVma(s, me)
  }
  const stop = (me: MbindLocals, ret: '0' | 'EIO' | 'EFAULT' | 'EINTR', walk: MbindLocals['walk']): Walking => {
    me.ret = ret
    me.walk = walk
    return 'queue_pages_range'
  }
  /** Steps over a page. At the end of a page table some kernels look back at what they met there. */
  const pageDone = (s: As, me: MbindLocals): Walking => {
    me.addr++
    const vmaEnds = me.addr === Math.min(s.vma[me.vma!].end, endOf(me))
    if (vmaEnds || me.addr % tableSize === 0) {
      if (settings['mbind-isolation-failure'] === 'stops-walk' && me.noted) return stop(me, '0', WALK_TABLE)
      if (isStrictAlone(callOf(me).flags) && me.nr_failed > 0) return stop(me, 'EIO', WALK_TABLE)
    }
    return vmaEnds ? nextVma(s, me) : 'queue_pages'
  }

  /** What queue_pages_test_walk finds wrong with the VMA in hand, and whether its pages are of interest. */
  const testWalk = (s: As, me: MbindLocals): 'EFAULT' | 'scan' | 'skip' => {
    const { off, mode, flags } = callOf(me)
    const { start, end, kind } = s.vma[me.vma!]
    const holesMatter = mode !== 'DEFAULT'
    const migratable = kind !== 'unmigratable'
    const next = findVma(s, end)
    const skipsUnmigratable = settings['mbind-unmigratable-vma'] === 'vma-skipped' || !isStrict(flags)
    const hole = match(settings['mbind-hole-check'])
      .with('vma-behind', () => {
        const hole = (next === null && end < endOf(me)) || (me.prevEnd > 0 && me.prevEnd < start)
        me.prevEnd = end
        return hole
      })
      // The walker has clipped the range to the VMA, so that a hole at the tail cannot be seen.
      .with('vma-behind-unless-skipped', () => {
        if (!migratable && skipsUnmigratable) return false
        const hole = me.prevEnd > 0 && me.prevEnd < start
        me.prevEnd = end
        return hole
      })
      .with('vma-before', () => {
        const head = !me.first && off < start
        return head || (end < endOf(me) && (next === null || s.vma[next].start > end))
      })
      .exhaustive()
    me.first = true
    if (hole && holesMatter) return 'EFAULT'
    if (!migratable && (settings['mbind-unmigratable-vma'] === 'vma-skipped' || !isStrict(flags))) return 'skip'
    const looks = isMove(flags) || (isStrict(flags) && settings['mbind-strict-alone'] === 'pages')
    return looks ? 'scan' : 'skip'
  }

  /** page_mapcount(page) > 1, or what stands for it where a folio is large: somebody else maps it too. */
  const isShared = (s: As, f: number): boolean =>
    s.folioSize[f] === 'large'
      ? s.pte.some((pte, page) => page >= space.length && pte.kind === 'present' && pte.folio === f)
      : mapcount(s, f) > 1

  /** migrate_page_add, isolate_hugetlb. False when the folio could not be isolated. */
  const isolate = (s: As, me: MbindLocals, f: number): boolean => {
    if (isShared(s, f) && !isAll(callOf(me).flags)) {
      note(s, 'shared, left alone')
      return true
    }
    me.tried.add(f)
    if (!folioIsolateLru(s, f)) {
      note(s, 'cannot be isolated')
      return false
    }
    me.list.push(f)
    me.queued.add(f)
    return true
  }

  /** Whether the walk stands at one PMD entry. */
  const isHuge = (s: As, me: MbindLocals): boolean => s.pmd[Math.floor(me.addr / tableSize)] === 'huge'

  /** Behind an entry of a page table, or of a whole one. */
  const entryDone = (s: As, me: MbindLocals): Walking => (isHuge(s, me) ? skipTable(s, me) : pageDone(s, me))

  const isolationFailed = (s: As, me: MbindLocals, f: number): Walking => {
    const strict = isStrict(callOf(me).flags)
    const hugetlb = s.folioSize[f] === 'hugetlb'
    // hugetlb and PMD entries are not looked back at: the walk ends where they are.
    const atOnce = hugetlb || isHuge(s, me)
    if (hugetlb && settings['mbind-hugetlb-strict'] === 'no') return pageDone(s, me)
    return match(settings['mbind-isolation-failure'])
      .with('ignored', () => entryDone(s, me))
      .with('stops-walk', () => {
        if (strict) me.noted = true
        return strict && atOnce ? stop(me, '0', WALK_PAGE) : entryDone(s, me)
      })
      .with('noted', () => {
        if (strict) me.noted = true
        return entryDone(s, me)
      })
      .with('counted', () => {
        me.nr_failed += failures(s, me, f)
        return entryDone(s, me)
      })
      .exhaustive()
  }
  /** What a folio that cannot be isolated counts for: since entries are taken in batches, for each of a large one's. */
  const failures = (s: As, me: MbindLocals, f: number): number => {
    if (s.folioSize[f] !== 'large' || isHuge(s, me) || settings['migrate-pages-counts'] !== 'left-and-failed-entries')
      return 1
    const rest = s.pte.filter((pte, page) => page >= me.addr && page < endOf(me) && mappedBy(pte) === f)
    return rest.length
  }

  /** queue_pages_pte_range, queue_pages_hugetlb and queue_pages_pmd, for a page of a folio that lies on the wrong node. */
  const misplaced = (s: As, me: MbindLocals, f: number): Walking => {
    const { flags } = callOf(me)
    const size = s.folioSize[f]
    if (isStrictAlone(flags)) {
      if (size === 'hugetlb' && settings['mbind-hugetlb-strict'] === 'no') return pageDone(s, me)
      if (settings['mbind-isolation-failure'] === 'counted') me.nr_failed++
      return stop(me, 'EIO', WALK_PAGE)
    }
    if (size === 'large' && !isHuge(s, me) && settings['mbind-large-folio'] === 'once') {
      if (me.large === f) return pageDone(s, me)
      me.large = f
    }
    if (s.vma[me.vma!].kind === 'unmigratable') {
      const verdict = match(settings['mbind-unmigratable-vma'])
        .with('as-any-other', 'vma-skipped', () => 'isolate' as const)
        .with('fails-walk', () => stop(me, 'EIO', WALK_PAGE))
        .with('stops-walk', () => {
          me.noted = true
          return stop(me, '0', WALK_PAGE)
        })
        // Not where a PMD entry maps the folio: there the VMA is asked before.
        .with('noted-and-isolated', () => {
          me.noted = true
          return isHuge(s, me) ? skipTable(s, me) : ('isolate' as const)
        })
        .with('counted', () => {
          me.nr_failed++
          return entryDone(s, me)
        })
        .exhaustive()
      if (verdict !== 'isolate') return verdict
    }
    return isolate(s, me, f) ? entryDone(s, me) : isolationFailed(s, me, f)
  }

  /** The page table is one PMD entry, and it is done with. */
  const skipTable = (s: As, me: MbindLocals): Walking => {
    const table = Math.floor(me.addr / tableSize)
    me.addr = Math.min((table + 1) * tableSize, s.vma[me.vma!].end, endOf(me)) - 1
    return pageDone(s, me)
  }

  /** A page table that is one PMD migration entry. */
  const pmdMigration = (s: As, me: MbindLocals): Walking => {
    note(s, 'PMD migration entry')
    return match(settings['mbind-migration-entry'])
      .with('ignored', () => skipTable(s, me))
      .with('pmd-fails-walk', () => stop(me, 'EIO', WALK_PAGE))
      .with('counted', () => {
        me.nr_failed++
        return isStrictAlone(callOf(me).flags) ? stop(me, 'EIO', WALK_PAGE) : skipTable(s, me)
      })
      .exhaustive()
  }

  /** A page table that is one PMD entry of a folio: since v4.14 that is one page to the walk. */
  const hugePage = (s: As, me: MbindLocals, f: number): Walking =>
    match(settings['mbind-huge-page'])
      // The folio is split too, which is left out: it is large still, and has entries of its own from here on.
      .with('split-first', () => {
        s.pmd[Math.floor(me.addr / tableSize)] = 'table'
        return 'queue_pages' as const
      })
      .with('as-one', () => (conforms(callOf(me), s.folio[f].node) ? skipTable(s, me) : misplaced(s, me, f)))
      .exhaustive()

  const steps = {
    ...stepsIf(locksVmas, {
      // Waits for the faults that hold the VMA's lock for reading.
      vma_start_write: step('mm/pagewalk.c: process_vma_walk_lock', (s: As, me: MbindLocals): Walking => {
        const vma = s.vma[me.vma!]
        if (vma.readers > 0) {
          when(settings['walk-lock-killable'] === 'yes')
          note(s, 'a fatal signal')
          return stop(me, 'EINTR', WALK_PAGE)
        }
        vma.writeLocked = true
        return 'queue_pages_test_walk'
      }),
    }),
    queue_pages_test_walk: step(
      'mm/mempolicy.c: queue_pages_test_walk',
      (s: As, me: MbindLocals): Walking =>
        match(testWalk(s, me))
          .with('EFAULT', () => stop(me, 'EFAULT', WALK_PAGE))
          .with('skip', () => skipVma(s, me))
          .with('scan', () => {
            me.walk = 'everything'
            return 'queue_pages' as const
          })
          .exhaustive(),
    ),
    queue_pages: step(
      'mm/mempolicy.c: queue_pages_pte_range / queue_folios_pte_range',
      (s: As, me: MbindLocals): Walking => {
        const pte = s.pte[me.addr]
        if (isHuge(s, me)) return pte.kind === 'present' ? hugePage(s, me, pte.folio) : pmdMigration(s, me)
        return match(pte)
          .with({ kind: 'none' }, { kind: 'special' }, () => pageDone(s, me))
          .with({ kind: 'migration' }, () => {
            note(s, 'migration entry')
            if (settings['mbind-migration-entry'] === 'counted') me.nr_failed++
            return pageDone(s, me)
          })
          .with({ kind: 'present' }, { kind: 'protnone' }, ({ folio }) =>
            conforms(callOf(me), s.folio[folio].node) ? pageDone(s, me) : misplaced(s, me, folio),
          )
          .exhaustive()
      },
    ),
  }
  const begin = (s: As, me: MbindLocals): Walking => {
    me.addr = callOf(me).off
    return nextVma(s, me)
  }
  return { steps, begin }
}

const WALK_TABLE = 'up to the end of a page table'
const WALK_PAGE = 'up to a page'
