/** What must hold of long-term pins. One claim, one sentence, one source that promises it. */
import {
  type Claim,
  type FixedArray,
  invariant,
  leadsTo,
  oneOf,
  reachable,
  type Sequence,
  stepClaim,
} from '../checker/language/index.ts'
import type { PinCall } from '../spec/gup.ts'
import { type Memory, type Mm, mapcount, ownReferences } from '../spec/memory.ts'
import { mustStayMovable, pinReferences } from '../spec/pin.ts'

/** The memory, and tasks that pin, by name. */
export type Pinning = Mm & { readonly pinner: PinCall }

/** A call among several, by the name of the task. */
const call = (s: object, caller: string): PinCall => (s as Record<string, PinCall>)[caller]

/** I1: a long-term pin that was granted never lies where memory must stay movable. */
export const pinOutsideMovable = ({ pages }: Memory, callers: readonly string[] = ['pinner']): Claim<Mm> =>
  invariant('a long-term pin held after success is never in ZONE_MOVABLE or CMA', {
    name: 'pin-outside-movable',
    source: 'include/linux/mmzone.h, ZONE_MOVABLE, exception 1 (since v5.13); mm/gup.c, FOLL_LONGTERM',
    over: { page: pages, caller: oneOf(...callers) },
    given: (s: Mm, { page, caller }) => held(call(s, caller), page) !== null,
    holds: (s: Mm, { page, caller }) => !mustStayMovable(s, held(call(s, caller), page)!),
  })

/** The folio that a call has pinned for its caller. */
const held = ({ result, pinned }: PinCall, page: number): number | null => (result === 'success' ? pinned[page] : null)

/** I2: a call that fails leaves nothing pinned. */
export const failureHoldsNoPin = ({ pages }: Memory): Claim<Pinning> =>
  invariant('a long-term pin that returns an error holds no pin', {
    name: 'failure-holds-no-pin',
    source: 'mm/gup.c, check_and_migrate_movable_pages: on error every page is unpinned',
    over: { page: pages },
    given: (s: Pinning) => s.pinner.result === '-ENOMEM' || s.pinner.result === '-EBUSY',
    holds: (s: Pinning, { page }) => s.pinner.pinned[page] === null,
  })

/** I11: what a long-term pin itself allocates may stay where it is. */
export const firstTouchMayStay = ({ folios }: Memory): Claim<Mm> =>
  stepClaim('a page that a long-term pin touches first is not allocated where it may not be pinned', {
    name: 'first-touch-may-stay',
    source: '8e3560d963d2; include/linux/sched.h, PF_MEMALLOC_PIN',
    over: { f: folios },
    given: (before: Mm, after: Mm, { f }) =>
      call(before, 'pinner').pc === 'handle_mm_fault' &&
      call(after, 'pinner').pc === 'pin' &&
      before.folio[f].refs === 0 &&
      after.folio[f].refs > 0,
    holds: (_before: Mm, after: Mm, { f }) => !mustStayMovable(after, f),
  })

/** I17: the zero page is permanent, so that nothing need count who pins it. */
export const zeroPageNotCounted = (): Claim<Mm> =>
  invariant('a pin does not change the refcount of the zero page', {
    name: 'zero-page-not-counted',
    source: 'c8070b787519; Documentation/core-api/pin_user_pages.rst',
    holds: (s: Mm) => s.folio[0].pins === 0,
  })

/** I17, L2: a pin of the zero page is granted, without migrating what cannot be migrated. */
export const zeroPagePinReturns = (): Claim<Pinning> =>
  leadsTo('a long-term pin of the zero page is granted', {
    name: 'zero-page-pin-granted',
    source: '034e5afad921, fcab34b433dc: device assignment fails otherwise',
    from: (s: Pinning) => s.pinner.pc === 'pin',
    holds: (s: Pinning) => s.pinner.result === 'success',
  })

/** I10: a folio that must move is moved to where it may stay. */
export const destinationMayBePinned = (): Claim<Mm> =>
  invariant('a folio that is in the way of a long-term pin is migrated to where it may be pinned', {
    name: 'destination-may-be-pinned',
    source: 'c991ffef7bce; mm/gup.c, migrate_longterm_unpinnable_folios: GFP_USER, under PF_MEMALLOC_PIN',
    given: (s: Mm) => destination(s) !== null,
    holds: (s: Mm) => !mustStayMovable(s, destination(s)!),
  })

const destination = (s: object): number | null => (s as { pinner: { dst: number | null } }).pinner.dst

/** I4: what a call returns is what the task has mapped, and stays it: a pinned page is not migrated. */
export const pinIsMapped = ({ pages }: Memory): Claim<Pinning> =>
  invariant('a folio that was pinned is the one behind the page, as long as the pin is held', {
    name: 'pinned-folio-is-mapped',
    source: 'Documentation/core-api/pin_user_pages.rst: the page may not be moved',
    over: { page: pages },
    given: (s: Pinning, { page }) => held(s.pinner, page) !== null,
    holds: (s: Pinning, { page }) => {
      const pte = s.pte[page]
      return 'folio' in pte && pte.folio === s.pinner.pinned[page]
    },
  })

/** What a task that migrates has in its hands. */
interface Migrating {
  readonly list: Sequence<number>
  readonly unmapped: Sequence<number>
  readonly returned: Sequence<number>
}

/** I8: isolation is undone by whoever did it, so a folio that is isolated is on the list of exactly one task. */
export const isolatedOnOneList = ({ folios }: Memory, tasks: readonly string[]): Claim<Mm> =>
  invariant('an isolated folio is on the list of exactly one task, and no other folio is on any', {
    name: 'isolated-on-one-list',
    source: 'mm/vmscan.c, folio_isolate_lru; mm/migrate.c, putback_movable_pages',
    over: { f: folios },
    holds: (s: Mm, { f }) => {
      const lists = tasks.flatMap((task) => {
        const { list, unmapped, returned } = (s as unknown as Record<string, Migrating>)[task]
        return [list, unmapped, returned]
      })
      const times = lists.reduce((sum, list) => sum + (list.includes(f) ? 1 : 0), 0)
      return times === (s.folio[f].isolated ? 1 : 0)
    },
  })

/** I12: a round that starts over finds nothing left of the one before. */
export const retryStartsClean = ({ pages }: Memory): Claim<Mm> =>
  invariant('a call that starts over has nothing pinned and nothing isolated', {
    name: 'retry-starts-clean',
    source: 'mm/gup.c, __gup_longterm_locked: everything is pinned anew',
    over: { page: pages },
    given: (s: Mm) => pinner(s).pc === 'pin' && pinner(s).page === 0,
    holds: {
      'nothing is pinned': (s: Mm, { page }) => pinner(s).pinned[page] === null,
      'nothing is isolated': (s: Mm) => pinner(s).list.length === 0 && pinner(s).lost.length === 0,
    },
  })

/** What the loop of a call goes by. */
type Round = PinCall & { page: number; list: Sequence<number>; lost: Sequence<number> }
const pinner = (s: object): Round => (s as { pinner: Round }).pinner

/** A pinner does not crash the kernel, and leaves the lists of others alone. */
export const noOops = (): Claim<Pinning> =>
  invariant('the check on pinned pages dereferences no NULL entry and corrupts no list', {
    name: 'no-oops',
    source: 'mm/gup.c: CVE-2024-56612 (a1268be280d8); aa1e6a932ca6',
    holds: {
      'no NULL dereference': (s: Pinning) => s.pinner.pc !== 'NULL dereference',
      'no list corruption': (s: Pinning) => s.pinner.pc !== 'list corrupted',
    },
  })

/** L3: nobody else holds a reference, so nothing may make the call fail, wherever its own or others' entries end up. */
export const succeedsAlone = (): Claim<Batching> =>
  invariant('a long-term pin succeeds if nothing was batched while it was at work', {
    name: 'pin-succeeds-alone',
    source: 'what FOLL_LONGTERM is for; 98c6d259319e',
    given: (s: Batching) => s.pinner.result !== 'running' && !s.batchedMeanwhile,
    holds: (s: Batching) => s.pinner.result === 'success',
  })

/** L3, for what waits in batches of other CPUs when a round of the call begins. */
export const idleBatchesDoNotMatter = ({ folios, cpus }: Memory): Claim<Batching> =>
  invariant('a long-term pin does not fail because of what waited in a batch of another CPU when it began', {
    name: 'idle-batches-do-not-matter',
    source: '98c6d259319e; linux-mm, 15 Aug 2025: pinning fails although nobody else holds the page',
    over: { f: folios, cpu: cpus },
    given: (s: Batching, { cpu }) => cpu !== 0 && s.pinner.result !== 'running' && !s.batchedMeanwhile,
    holds: (s: Batching, { f, cpu }) => s.pinner.result !== '-ENOMEM' || !waits(s, cpu, f),
  })

/** L3, for the batches of the CPU that the call runs on: those are its own doing, or those of whoever ran there before. */
export const ownBatchDoesNotMatter = ({ folios }: Memory): Claim<Batching> =>
  invariant('a long-term pin does not fail because of what waits in a batch of its own CPU', {
    name: 'own-batch-does-not-matter',
    source: 'a09a8a1fbb37: the local batches are drained first',
    over: { f: folios },
    given: (s: Batching) => s.pinner.result !== 'running' && !s.batchedMeanwhile,
    holds: (s: Batching, { f }) => s.pinner.result !== '-ENOMEM' || !waits(s, 0, f),
  })

/** L3, for all that waits in batches. */
export const batchesDoNotMatter = ({ folios, cpus }: Memory): Claim<Batching> =>
  invariant('a long-term pin does not fail because of what waits in a batch', {
    name: 'batches-do-not-matter',
    source: 'mm/gup.c, collect_longterm_unpinnable_folios: why it drains',
    over: { f: folios, cpu: cpus },
    given: (s: Batching) => s.pinner.result !== 'running',
    holds: (s: Batching, { f, cpu }) => s.pinner.result !== '-ENOMEM' || !waits(s, cpu, f),
  })

/** A call that pins, and whether anything was batched since its round began. */
type Batching = Pinning & { readonly batchedMeanwhile: boolean }

/** Whether a batch of a CPU holds a reference to a folio. */
const waits = (s: Mm, cpu: number, f: number): boolean =>
  s.mlockBatch[cpu].some(({ folio }) => folio === f) || s.activateBatch[cpu].includes(f)

/** L3, for references that are dropped at once: they delay a pin and do not make it fail. */
export const momentsDoNotMatter = (): Claim<Pinning> =>
  invariant('a long-term pin does not fail because of references of a moment', {
    name: 'moments-do-not-matter',
    source: '"mm/migrate: wait for folio refcount during longterm pin migration", RFC, 9 Apr 2026',
    given: (s: Pinning) => s.pinner.result !== 'running',
    holds: (s: Pinning) => s.pinner.result === 'success',
  })

/** L4, weaker: of tasks that pin the same pages one succeeds. */
export const onePinSucceeds = (callers: readonly string[]): Claim<Mm> =>
  invariant('of two tasks that pin the same page, one succeeds', {
    name: 'one-pin-succeeds',
    source: 'field reports of concurrent pinners',
    given: (s: Mm) => callers.every((caller) => call(s, caller).pc === 'done'),
    holds: (s: Mm) => callers.some((caller) => call(s, caller).result === 'success'),
  })

/** L4: tasks that pin the same pages do not make each other fail. */
export const bothPinsSucceed = (callers: readonly string[]): Claim<Mm> =>
  invariant('a long-term pin does not fail because another task pins the same page', {
    name: 'both-pins-succeed',
    source: 'what FOLL_LONGTERM is for; field reports of concurrent pinners',
    over: { caller: oneOf(...callers) },
    given: (s: Mm, { caller }) => call(s, caller).result !== 'running',
    holds: (s: Mm, { caller }) => call(s, caller).result === 'success',
  })

/**
 * I13, for two pages: nobody waits for a pin whose owner has the other page still to pin, of which the one who waits has
 * made a migration entry.
 */
export const noMutualWait = (callers: readonly string[]): Claim<Mm> =>
  invariant('a task that migrates does not wait for the pin of a task that waits for its migration entries', {
    name: 'no-mutual-wait',
    source: 'mm/migrate.c: whoever waits for a folio holds nothing that its owner needs',
    over: { waiting: oneOf(...callers), owner: oneOf(...callers) },
    given: (s: Mm, { waiting, owner }) => waiting !== owner && call(s, owner).pc === 'pin',
    holds: (s: Mm, { waiting, owner }) => {
      const { pc, src, unmapped } = call(s, waiting) as PinCall & { src: number | null; unmapped: Sequence<number> }
      if (pc !== 'wait for references' && pc !== 'wait for references, mapped') return true
      const unmappedPage = s.pte.some((pte) => pte.kind === 'migration' && unmapped.includes(pte.folio))
      return !(unmappedPage && call(s, owner).pinned.includes(src))
    },
  })

/** I3, I6: the refcount is the sum of what it counts. */
export const refcountConserved = ({ folios }: Memory): Claim<Mm> =>
  invariant('the refcount of a folio is the sum of its references', {
    name: 'refcount-conserved',
    source: 'include/linux/mm.h, folio_expected_ref_count, and what takes references beyond it',
    over: { f: folios },
    holds: (s: Mm, { f }) => {
      const folio = s.folio[f]
      const added = occurrences(s.batch, f) + occurrences(s.activateBatch, f)
      const mlocked = s.mlockBatch.reduce((sum, batch) => sum + batch.filter(({ folio }) => folio === f).length, 0)
      const held = [folio.isolated, folio.fresh].filter(Boolean).length
      const others = added + mlocked + held + folio.gets + pinReferences(s, f)
      // Whoever freezes has compared the counter with exactly these.
      return folio.refs === (folio.frozen ? 0 : mapcount(s, f) + ownReferences(s, f) + others)
    },
  })

/** Entries of batches that name a folio. */
const occurrences = (batches: FixedArray<Sequence<number>>, f: number): number =>
  batches.reduce((sum, batch) => sum + batch.filter((each) => each === f).length, 0)

/** The claim that keeps the others honest: a kernel that never grants a pin never leaks one. */
export const pinCanSucceed = (): Claim<Pinning> =>
  reachable('a long-term pin can succeed', {
    name: 'pin-can-succeed',
    source: 'what FOLL_LONGTERM is for',
    holds: (s: Pinning) => s.pinner.result === 'success',
  })
