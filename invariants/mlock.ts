/**
 * What must hold of mlocked folios when nothing is under way: no task inside a call, every batch drained. Meanwhile flags
 * and counts may lag.
 */
import { type Claim, invariant, stepClaim } from '../checker/language/index.ts'
import { type Memory, type Mm, vmaOf } from '../spec/memory.ts'

/** Whether every task of a scenario has come to its end. */
export type Ended<S> = (s: S) => boolean

const quiet = (s: Mm, ended: boolean): boolean =>
  ended && s.batch.every((batch) => batch.length === 0) && s.mlockBatch.every((batch) => batch.length === 0)

/** How many mappings of a folio lie in VMAs that are VM_LOCKED. */
export const lockedMappings = (s: Mm, f: number): number =>
  s.pte.filter((pte, page) => pte.kind === 'present' && pte.folio === f && s.vma[vmaOf(s, page)].VM_LOCKED).length

/** P11: no folio stays mlocked for nobody. */
export const mlockedForSomebody = <S extends Mm>({ folios }: Memory, ended: Ended<S>): Claim<S> =>
  invariant('a folio with PG_mlocked is mapped by a VMA that is VM_LOCKED, once nothing is under way', {
    name: 'mlocked-for-somebody',
    source: 'Documentation/mm/unevictable-lru.rst, munlocking: PG_mlocked is cleared with the last VM_LOCKED VMA',
    over: { f: folios },
    given: (s: S, { f }) => s.folio[f].PG_mlocked && quiet(s, ended(s)),
    holds: (s: S, { f }) => lockedMappings(s, f) > 0,
  })

/** P12: no folio is stranded on the unevictable list. */
export const unevictableForAReason = <S extends Mm>({ folios }: Memory, ended: Ended<S>): Claim<S> =>
  invariant('a folio on the unevictable list has PG_mlocked, once nothing is under way', {
    name: 'unevictable-for-a-reason',
    source:
      'Documentation/mm/unevictable-lru.rst: the list is for pages that cannot be evicted; no mapping is unevictable here',
    over: { f: folios },
    given: (s: S, { f }) => s.folio[f].PG_unevictable && quiet(s, ended(s)),
    holds: (s: S, { f }) => s.folio[f].PG_mlocked,
  })

/** P13: exactness, which the kernel does not promise. `source` is who says so. */
export const lockedIsMlocked = <S extends Mm>(
  { folios }: Memory,
  ended: Ended<S>,
  source = 'nobody since v5.18: "err on the safe side, underestimate, let page reclaim fix it"',
): Claim<S> =>
  invariant('a folio that a VM_LOCKED VMA maps has PG_mlocked, once nothing is under way', {
    name: 'locked-is-mlocked',
    source,
    over: { f: folios },
    given: (s: S, { f }) => lockedMappings(s, f) > 0 && quiet(s, ended(s)),
    holds: (s: S, { f }) => s.folio[f].PG_mlocked,
  })

/** P14: the count errs low only. */
export const countNotTooHigh = <S extends Mm>({ folios }: Memory, ended: Ended<S>): Claim<S> =>
  invariant(
    'mlock_count is not higher than the number of VM_LOCKED VMAs that map the folio, once nothing is under way',
    {
      name: 'count-not-too-high',
      source: 'Documentation/mm/unevictable-lru.rst: mlock_count may be too low, never too high',
      over: { f: folios },
      given: (s: S, { f }) =>
        s.folio[f].PG_lru && s.folio[f].PG_unevictable && s.folio[f].PG_mlocked && quiet(s, ended(s)),
      holds: (s: S, { f }) => s.folio[f].mlock_count <= lockedMappings(s, f),
    },
  )

/** P15: Mlocked in /proc/meminfo is the number of mlocked pages. */
export const nrMlockExact = <S extends Mm>(ended: Ended<S>): Claim<S> =>
  invariant('NR_MLOCK is the number of folios with PG_mlocked, once nothing is under way', {
    name: 'nr-mlock-exact',
    source: 'include/linux/mmzone.h, NR_MLOCK: pages that are mlock()ed',
    given: (s: S) => quiet(s, ended(s)),
    holds: (s: S) => s.NR_MLOCK === s.folio.filter(({ PG_mlocked }) => PG_mlocked).length,
  })

/** P15, the events: whoever was mlocked before, or was mlocked since, is mlocked still or was let go of once. */
export const mlockEventsAddUp = <S extends Mm>(ended: Ended<S>, mlockedBefore: number): Claim<S> =>
  invariant('each mlock that was counted is in NR_MLOCK or was counted as undone, once nothing is under way', {
    name: 'mlock-events-add-up',
    source: 'Documentation/mm/unevictable-lru.rst, mlock events: unevictable_pgs_mlocked and those that undo it',
    given: (s: S) => quiet(s, ended(s)),
    holds: ({ event, NR_MLOCK }: S) =>
      mlockedBefore + event.PGMLOCKED === NR_MLOCK + event.PGMUNLOCKED + event.PGSTRANDED + event.PGCLEARED,
  })

/** P13': what must hold although PG_mlocked may be missing. VMA1 is locked throughout, and nobody unmaps it. */
export const lockedIsNeverReclaimed = <S extends Mm>(): Claim<S> =>
  invariant('a page of a VMA that is VM_LOCKED is never reclaimed', {
    name: 'locked-is-never-reclaimed',
    source: 'man mlock(2): pages are guaranteed to stay in RAM until later unlocked',
    holds: (s: S) => s.pte.every((pte, page) => !s.vma[vmaOf(s, page)].VM_LOCKED || pte.kind !== 'none'),
  })

/** Kernel text: the comment in lru_add() since v5.18, why no barrier is needed there. `cpu` is where munlock runs. */
export const clearedUnderLruLock = (cpu: number): Claim<Mm> =>
  stepClaim('munlock clears PG_mlocked only while it holds the LRU lock', {
    name: 'cleared-under-lru-lock',
    source: 'mm/swap.c, comment in lru_add() since v5.18',
    given: (before: Mm, after: Mm) =>
      before.folio.some(({ PG_mlocked }, f) => PG_mlocked && !after.folio[f].PG_mlocked),
    holds: (_before: Mm, after: Mm) => after.lruLock === cpu,
  })

/** Kernel text: the message of eebb3dabbb5c, why PG_mlocked of the source need be looked at only once. */
export const sampledMlockedIsStable = <S extends Mm & { caller: { pc: string } }>(): Claim<S> =>
  stepClaim('mlock and munlock leave PG_mlocked of a folio alone that is isolated and locked for migration', {
    name: 'sampled-mlocked-is-stable',
    source:
      'message of eebb3dabbb5c (v6.7): PG_mlocked of an isolated source is stable, so that it can be sampled once',
    given: (before: S, after: S) =>
      before.caller.pc !== after.caller.pc && before.folio[0].isolated && before.folio[0].PG_locked,
    holds: (before: S, after: S) => before.folio[0].PG_mlocked === after.folio[0].PG_mlocked,
  })
