/** What must hold of mbind(2) while others are at work: faults, other calls, fork, munmap, and those who take pages away. */
import { type Claim, invariant, reachable } from '../checker/language/index.ts'
import { type AddressSpace, type As, isAllocated, policyValue, vmaAt } from '../spec/address-space.ts'
import { MAX_NUMNODES, type PolicyState } from '../spec/interleave.ts'
import { type Call, callName, conforms, isStrict, nodesOf } from '../spec/mbind/call.ts'
import { mapcount } from '../spec/memory.ts'
import type { FaultScene, MbindScene, MbindTask } from '../spec/scenarios/scenes.ts'

/** I11. */
export const replacedVmaIsLocked = <S extends MbindScene>(): Claim<S> =>
  invariant('the policy of a VMA is replaced only while the VMA is write-locked', {
    name: 'replaced-vma-is-locked',
    source: 'mm/mempolicy.c, vma_replace_policy: vma_assert_write_locked (6c21e066f925)',
    given: (s: S) => s.mbind.pc === 'vma_replace_policy',
    holds: (s: S) => s.vma[s.mbind.vma!].writeLocked,
  })

/** I12. An object is freed with its last reference, and may be somebody else's at once. */
export const faultReadsLivePolicy = <S extends FaultScene>(): Claim<S> =>
  invariant('a fault never reads a policy that was freed', {
    name: 'fault-reads-live-policy',
    source: '6c21e066f925: a racing fault may use a policy after it is freed (CVE-2023-4611)',
    given: (s: S) => s.fault.pc === 'alloc_pages' && s.fault.vm_policy !== null,
    holds: (s: S) => s.policy[s.fault.vm_policy!].refcnt > 0,
  })

/** I18. `installed` is the policy that the only call installs. */
export const laterFaultFollowsPolicy = <S extends FaultScene>(space: AddressSpace, callOf: (s: S) => Call): Claim<S> =>
  invariant('a fault that begins after the call has returned allocates by the new policy', {
    name: 'later-fault-follows-policy',
    source: 'mbind(2): new allocations follow the policy',
    given: (s: S) =>
      s.fault.pc === 'set_pte_at' && s.fault.after > 0 && s.mbind.ret !== 'EFAULT' && s.mbind.ret !== 'EINTR',
    holds: (s: S) => {
      const { mode, nodes } = callOf(s)
      const { first, elsewhere } = nodesOf(mode === 'DEFAULT' ? null : { mode, nodes }, {
        local: space.text.machine.local ?? 0,
        index: 0,
      })
      return elsewhere || first.includes(s.folio[s.fault.folio!].node)
    },
  })

/** E2: a page that comes while the walk is past it is neither seen nor placed by the new policy. */
export const moveLeavesNoneBehind = <S extends MbindScene>(space: AddressSpace, call: Call): Claim<S> =>
  invariant('when a call with MOVE and STRICT returns 0, every page of the range lies on a node of the mask', {
    name: 'move-leaves-none-behind',
    source: 'mbind(2); comment of 6c21e066f925: pages that are faulted in meanwhile are not missed',
    given: (s: S) => s.mbind.pc === 'return' && s.mbind.ret === '0',
    holds: (s: S) =>
      s.pte.every(
        (pte, page) => page >= space.length || pte.kind !== 'present' || conforms(call, s.folio[pte.folio].node),
      ),
  })

/** I4, where there is no hole. */
export const faultMeansHole = <S extends MbindScene>(): Claim<S> =>
  invariant('EFAULT is not returned for a range without holes', {
    name: 'efault-means-hole',
    source: 'mbind(2), EFAULT',
    given: (s: S) => s.mbind.pc === 'return',
    holds: (s: S) => s.mbind.ret !== 'EFAULT',
  })

/** What the proposal to let a fatal signal end the wait for a VMA lock has to keep. */
export const interruptionChangesNothing = <S extends MbindScene>(
  space: AddressSpace,
  before: string | null,
): Claim<S> =>
  invariant('a call that returns EINTR has changed no policy', {
    name: 'eintr-changes-nothing',
    source: '"use vma_start_write_killable() in process_vma_walk_lock()", linux-mm, 27 Mar 2026',
    given: (s: S) => s.mbind.pc === 'return' && s.mbind.ret === 'EINTR',
    holds: (s: S) =>
      Array.from({ length: space.length }, (_, page) => vmaAt(s, page)).every(
        (v) => v === null || policyValue(s, s.vma[v].vm_policy) === before,
      ),
  })

/** Two calls, each to a node of its own. */
export type TwoCalls = As & { toNode0: MbindTask; toNode1: MbindTask }

/** F17: the policy is that of the later call, and the page is where the later migration has put it. */
export const laterCallPlacesPages = (space: AddressSpace): Claim<TwoCalls> =>
  invariant('when two calls have returned 0, the pages lie on a node of the policy that is in force', {
    name: 'later-call-places-pages',
    source: 'mbind(2): MPOL_MF_MOVE moves the pages so that they follow the policy',
    given: (s: TwoCalls) => [s.toNode0, s.toNode1].every(({ pc, ret }) => pc === 'done' && ret === '0'),
    holds: (s: TwoCalls) => {
      const policy = space.values.get(s.policy[s.vma[vmaAt(s, 0)!].vm_policy!].value)!
      return s.pte.every((pte) => pte.kind === 'present' && policy.nodes.includes(s.folio[pte.folio].node))
    },
  })

/** I15, for calls that overlap. */
export const batchesComeBack = (): Claim<TwoCalls> =>
  invariant('when all calls have returned, the LRU batches are on again and mmap_lock is free', {
    name: 'batches-come-back',
    source: 'd479960e44f2: lru_disable_count counts those who asked',
    given: (s: TwoCalls) => s.toNode0.pc === 'done' && s.toNode1.pc === 'done',
    holds: (s: TwoCalls) => s.lru_disable_count === 0 && !s.mmap_lock.writer,
  })

/** What EIO says about a page that others take away for a moment. */
export const errorMeansNotMoved = (call: Call): Claim<MbindScene> =>
  invariant('a call that returns EIO has left a page that does not lie on a node of the mask', {
    name: 'eio-means-not-moved',
    source: 'mbind(2), EIO',
    given: (s: MbindScene) => s.mbind.pc === 'return' && s.mbind.ret === 'EIO',
    holds: (s: MbindScene) => s.pte.some((pte) => pte.kind !== 'present' || !conforms(call, s.folio[pte.folio].node)),
  })

/** Whether the call at hand was made with MPOL_MF_STRICT. */
const calledStrictly = (s: MbindScene, calls: readonly Call[]): boolean =>
  calls.some((call) => callName(call) === s.mbind.call && isStrict(call.flags))

/** I1, for pages that somebody pins meanwhile. */
export const strictTellsWhatStayed = (calls: readonly Call[]): Claim<MbindScene> =>
  invariant('a call with MOVE and STRICT that leaves a page off the mask returns EIO', {
    name: 'left-behind-is-eio',
    source: 'mbind(2), EIO: the kernel was unable to move all existing pages',
    given: (s: MbindScene) =>
      s.mbind.pc === 'return' &&
      calledStrictly(s, calls) &&
      s.pte.some((pte) => pte.kind !== 'present' || !conforms(calls[0], s.folio[pte.folio].node)),
    holds: (s: MbindScene) => s.mbind.ret === 'EIO',
  })

/** I8, for pages that somebody pins meanwhile. */
export const moveAloneSucceeds = (calls: readonly Call[]): Claim<MbindScene> =>
  invariant('a call with MOVE and without STRICT returns 0, whether its pages could be moved or not', {
    name: 'move-alone-returns-0',
    source: 'mbind(2): EIO is for MPOL_MF_STRICT; Hugh Dickins, linux-mm, 18 Sep 2023',
    given: (s: MbindScene) => s.mbind.pc === 'return' && !calledStrictly(s, calls),
    holds: (s: MbindScene) => s.mbind.ret === '0',
  })

/** That a pin can be the reason at all: without it the claims about pinned pages would hold of nothing. */
export const pinCanKeepPage = (): Claim<MbindScene> =>
  reachable('a call can return and leave behind a page that is pinned just then', {
    name: 'pin-can-keep-page',
    source: 'mm/migrate.c: a folio with more references than expected is not migrated',
    holds: (s: MbindScene) => s.mbind.pc === 'return' && s.folio[0].pins > 0 && mapcount(s, 0) > 0,
  })

/** munmap after mmap_lock was dropped. */
export const goneIsNoFailure = (): Claim<MbindScene> =>
  invariant('a page that is unmapped meanwhile is no reason for EIO', {
    name: 'unmapped-is-no-failure',
    source: 'mm/migrate.c: a folio whose last reference is that of the list was freed, which counts as success',
    given: (s: MbindScene) => s.mbind.pc === 'return',
    holds: (s: MbindScene) => s.mbind.ret !== 'EIO',
  })

/** Whatever happens to a page, it goes when its VMA goes. */
export const unmappedIsFree = (): Claim<MbindScene & { munmap: { pc: string } }> =>
  invariant('when the call has returned and the VMA is gone, its memory is free', {
    name: 'unmapped-is-free',
    source: 'munmap(2)',
    given: (s: MbindScene & { munmap: { pc: string } }) => s.mbind.pc === 'done' && s.munmap.pc === 'done',
    holds: (s: MbindScene) => s.folio.every(({ refs }, f) => refs === 0 || s.batch.some((batch) => batch.includes(f))),
  })

/** The exclusive test of MPOL_MF_MOVE. A child's mapping is a migration entry by the time of the copy. */
export const moveSparesShared = (space: AddressSpace): Claim<MbindScene> =>
  invariant('MOVE without ALL moves no page that another process maps', {
    name: 'move-spares-shared',
    source: 'mbind(2): the kernel will not move pages that are shared with other processes',
    given: (s: MbindScene) => s.mbind.pc === 'copy contents',
    holds: (s: MbindScene) => {
      const children = s.pte.filter((_, page) => page >= space.childBase)
      return children.every((pte) => !('folio' in pte) || pte.folio !== s.mbind.src)
    },
  })

/** Migration is transparent to fork. */
export const childHasThePage = (space: AddressSpace): Claim<MbindScene & { fork: { pc: string } }> =>
  invariant('after fork and the call, parent and child map the same page', {
    name: 'child-has-the-page',
    source: 'fork(2); mm/memory.c, copy_nonpresent_pte',
    given: (s: MbindScene & { fork: { pc: string } }) => s.mbind.pc === 'done' && s.fork.pc === 'done',
    holds: (s: MbindScene) => {
      const [mine, theirs] = [
        s.pte.filter((_, page) => page < space.length),
        s.pte.filter((_, page) => page >= space.childBase),
      ]
      return mine.every((pte, page) => {
        const other = theirs[page]
        return pte.kind === 'present' && other.kind === 'present' && pte.folio === other.folio
      })
    },
  })

/** E7. */
export const futexReadsLivePolicy = (): Claim<As & { futex: { pc: string; vm_policy: number | null } }> =>
  invariant('futex never reads a policy whose memory was freed', {
    name: 'futex-reads-live-policy',
    source: '190a8c48ff62: policies are freed after a grace period',
    given: (s: As & { futex: { pc: string; vm_policy: number | null } }) => s.futex.pc === 'read policy',
    holds: (s: As & { futex: { vm_policy: number | null } }) => isAllocated(s, s.futex.vm_policy!),
  })

/** A task that chooses a node by an interleaving policy. */
export type Interleaving = PolicyState & { allocation: { pc: string; nid: number } }

/** A6. */
export const interleavesOverNodes = (): Claim<Interleaving> =>
  invariant('the node that an interleaving policy chooses is a node', {
    name: 'chosen-node-exists',
    source: '276aeee1c5fc: the node id would be MAX_NUMNODES, and is used as an index',
    given: (s: Interleaving) => s.allocation.pc === 'alloc_pages',
    holds: (s: Interleaving) => s.allocation.nid < MAX_NUMNODES,
  })

/** E4. */
export const noStoreIsLost = (): Claim<As> =>
  invariant('what a thread has stored to a page is what the page holds', {
    name: 'no-store-is-lost',
    source: 'fb49c455323f: memory corruption in multithreaded programs while they fork (bug 217624)',
    holds: (s: As) => {
      const pte = s.pte[0]
      return pte.kind !== 'present' || s.folio[pte.folio].content === s.stored[0]
    },
  })
