/** What gup-fast, which takes no lock, owes to those that change page tables under it. */
import { type Claim, invariant, reachable } from '../checker/language/index.ts'
import type { Scene as Collapse } from '../spec/scenarios/gup-fast-vs-collapse.ts'
import type { Scene as Fork } from '../spec/scenarios/gup-fast-vs-fork.ts'
import type { Scene as Secretmem } from '../spec/scenarios/gup-fast-vs-secretmem.ts'

const granted = ({ pinner }: { pinner: { pc: string } }) => pinner.pc === 'done'

/** I14: fork and the write faults after it leave the pinned page to the parent. */
export const parentKeepsPinnedPage = (): Claim<Fork> =>
  invariant('the page that a device writes to is the page that the parent has mapped', {
    name: 'parent-keeps-pinned-page',
    source: 'mm/memory.c, copy_present_page; Documentation/core-api/pin_user_pages.rst',
    given: granted,
    holds: (s: Fork) => s.parent.folio === s.pinner.grabbed,
  })

/** I15: a pinned anonymous page is nobody else's, which v5.19 made a flag (PG_anon_exclusive). */
export const pinnedPageIsExclusive = (): Claim<Fork> =>
  invariant('a pinned anonymous page is mapped by one process only', {
    name: 'pinned-page-exclusive',
    source: 'include/linux/page-flags.h, PG_anon_exclusive',
    given: granted,
    holds: (s: Fork) => s.child.kind === 'none' || s.child.folio !== s.pinner.grabbed,
  })

/** The claim that keeps the others honest: the race is there to be lost. */
export const forkCanPrecedePin = (): Claim<Fork> =>
  reachable('a page can be pinned when fork has begun', {
    name: 'pin-during-fork',
    source: 'what the claims about fork are about',
    holds: (s: Fork) => s.pinner.pc === 'done' && s.pinner.grabbed !== null && s.mmapLocked,
  })

/** I4: what gup-fast returns is what the page table maps. */
export const pinnedPageIsMapped = (): Claim<Collapse> =>
  invariant('a page that gup-fast has pinned is the page that is mapped', {
    name: 'pinned-page-mapped',
    source: 'mm/gup.c, gup_fast_pte_range: both levels are read again after the reference is taken',
    given: (s: Collapse) => granted(s) && s.pinner.grabbed,
    holds: (s: Collapse) => s.pmd !== 'huge' && s.pte === 'small page',
  })

/** A page that the kernel has no mapping of is never handed to it. */
export const secretsAreNotPinned = (): Claim<Secretmem> =>
  invariant('a page outside the direct map is never pinned', {
    name: 'secretmem-not-pinned',
    source: 'mm/secretmem.c, memfd_secret(2)',
    given: (s: Secretmem) => !s.inDirectMap,
    holds: (s: Secretmem) => !s.pinned,
  })
