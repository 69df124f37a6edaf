/** What must hold of mbind(2) while others are at work: faults, other calls, fork, munmap, and those who take pages away. */
import { type Claim, invariant } from '../checker/language/index.ts'
import type { AddressSpace } from '../spec/address-space.ts'
import { policyValue, vmaAt } from '../spec/address-space.ts'
import { type Call, conforms, nodesOf } from '../spec/mbind/call.ts'
import type { FaultScene, MbindScene } from '../spec/scenarios/scenes.ts'

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
