/**
 * A driver that maps one kernel page of its own to user space and frees it itself, not as a folio: what a KVM vcpu or a piece
 * of vmalloc memory is to a task that maps it. The page is on no LRU list. User space may mlock the mapping.
 */
import { match } from 'ts-pattern'
import { choose, process, step } from '../../checker/language/index.ts'
import { bootFree, folioPut, type Memory, type Mm, memory } from '../memory.ts'
import { clearMlocked, drainMlockBatch, munlockFolio } from '../mlock.ts'
import { addRmap, removeRmap } from '../rmap.ts'
import type { Settings } from '../switches/index.ts'

/** One folio, mapped by nobody yet, and one page of a VM_LOCKED VMA. The reference of the driver counts as a `get`. */
export function kernelPage(settings: Settings) {
  const counts = settings['munlock-decides-by'] === 'mlock-count'
  const sizes = {
    pages: 1,
    folios: 1,
    freeMovable: 0,
    freeNormal: 0,
    cpus: 2,
    pinner: false,
    migrates: false,
    mlock: { capacity: counts ? 2 : 0, count: 0 },
    ptesMayBeEmpty: true,
  } as const
  return memory(sizes)
}

const PAGE = 0
const F = 0

/** The page is mapped in a VMA that is VM_LOCKED, and so it is mlocked, through the batch of CPU 0 where there is one. */
export function bootKernelPage(s: Mm, mm: Memory, settings: Settings): void {
  bootFree(s, mm.sizes)
  s.folio[F].refs = 1
  s.folio[F].gets = 1
  s.vma[0].VM_LOCKED = true
  s.pte[PAGE] = { kind: 'none' }
  addRmap(s, PAGE, F, { cpu: 0, settings })
}

/** The task that has mapped and touched the page: it unlocks, or goes at once. */
export function lockingUser(mm: Memory, cpu: number, settings: Settings) {
  const by = { cpu, settings }
  return process(
    mm.state,
    { title: `user (CPU ${cpu})`, locals: {}, start: {} },
    {
      'user space': step('user space', (s) => choose(s, ['munlock(2): clear VM_LOCKED', 'munmap'] as const)),
      'munlock(2): clear VM_LOCKED': step('mm/mlock.c: munlock_vma_pages_range / mlock_vma_pages_range', (s) => {
        s.vma[0].VM_LOCKED = false
        return 'munlock(2): walk'
      }),
      // The page is on no LRU list: munlock finds nothing to isolate, and only clears the flag.
      'munlock(2): walk': step('mm/mlock.c: munlock_vma_pages_range / mlock_pte_range', (s) => {
        if (s.pte[PAGE].kind === 'present') {
          match(settings['munlock-decides-by'])
            .with('mlock-count', () => {
              if (munlockFolio(s, cpu, F)) drainMlockBatch(s, cpu)
            })
            .with('rmap-walk', () => clearMlocked(s, F, false))
            .exhaustive()
        }
        return 'munmap'
      }),
      munmap: step('mm/memory.c: zap_pte_range', (s) => {
        if (s.pte[PAGE].kind === 'present') removeRmap(s, PAGE, { kind: 'none' }, by)
        return 'done'
      }),
    },
  )
}

/** The driver goes: it takes the mapping away and frees the page. Nobody faults after that. */
export function freeingDriver(mm: Memory, cpu: number, settings: Settings) {
  return process(
    mm.state,
    { title: `driver (CPU ${cpu})`, locals: {}, start: {} },
    {
      unmap_mapping_range: step('mm/memory.c: zap_pte_range', (s) => {
        if (s.pte[PAGE].kind === 'present') removeRmap(s, PAGE, { kind: 'none' }, { cpu, settings })
        return '__free_page'
      }),
      __free_page: step('mm/page_alloc.c: __free_pages', (s) => {
        freeAsPage(s, settings)
        return 'done'
      }),
    },
  )
}

/** The last reference frees the page; here not by folio_put, which clears PG_mlocked on its way. */
function freeAsPage(s: Mm, settings: Settings): void {
  s.folio[F].gets--
  match(settings['free-clears-mlocked'])
    .with('allocator', () => folioPut(s, F))
    .with('folio-release', () => {
      s.folio[F].refs--
    })
    .exhaustive()
}
