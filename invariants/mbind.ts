/**
 * What a call of mbind(2) owes to whoever makes it, judged where it returns: promises of the manual page, and of the contract
 * that was agreed on in September 2023 and implemented in v6.7. Claims about calls beside which others are at work are in
 * mbind-races.ts.
 */
import { type Claim, collection, invariant } from '../checker/language/index.ts'
import { type AddressSpace, policyValue, vmaAt } from '../spec/address-space.ts'
import { policyOf } from '../spec/mbind/arguments.ts'
import { conforms, isMove, isStrict, nodesOf, policyName } from '../spec/mbind/call.ts'
import { factsOf, type SituationFacts } from '../spec/mbind/facts.ts'
import { allowedOn } from '../spec/mbind/layout.ts'
import type { CallScene, Situation } from '../spec/scenarios/mbind-calls.ts'

/** What a claim about single calls speaks of. */
export class Calls {
  readonly pages
  private readonly facts: Map<string, SituationFacts>

  constructor(
    readonly space: AddressSpace,
    situations: Readonly<Record<string, Situation>>,
  ) {
    this.pages = collection('page', space.length)
    this.facts = new Map(Object.entries(situations).map(([name, each]) => [name, factsOf(each, space.length)]))
  }

  /** What was so before the call. */
  of(s: CallScene): SituationFacts {
    return this.facts.get(s.situation)!
  }

  /** The name of the policy of a page's VMA. */
  policyAt(s: CallScene, page: number): string | null {
    const v = vmaAt(s, page)
    return v === null ? null : policyValue(s, s.vma[v].vm_policy)
  }

  /** The name of the policy that the call is to install. */
  newPolicy(s: CallScene): string | null {
    const policy = policyOf(this.of(s).call, allowedOn(this.space.text.machine))
    return policy ? policyName(policy) : null
  }

  /** Whether a page is there and lies on a node of the mask. */
  conformsNow(s: CallScene, page: number): boolean {
    const pte = s.pte[page]
    return pte.kind === 'present' && conforms(this.of(s).call, s.folio[pte.folio].node)
  }

  /** Whether a page has the folio that it had before. */
  sameFolio(s: CallScene, page: number): boolean {
    const pte = s.pte[page]
    return (pte.kind === 'present' ? pte.folio : null) === this.of(s).folioAt[page]
  }
}

const MAN = 'mbind(2)'
const HUGH = 'Hugh Dickins, linux-mm, 18 Sep 2023; implemented by 1cb5d11a370f'
const returns = (s: CallScene) => s.mbind.pc === 'return'
const ret = (s: CallScene) => s.mbind.ret

/** I1. */
export const strictZeroMeansMoved = (c: Calls): Claim<CallScene> =>
  invariant('with MOVE and STRICT, 0 means that every page lies on a node of the mask', {
    name: 'strict-zero-means-moved',
    source: `${MAN}: EIO if some pages could not be moved`,
    over: { page: c.pages },
    given: (s: CallScene, { page }) =>
      returns(s) && ret(s) === '0' && c.of(s).movesStrictly && c.of(s).inRange[page] && c.of(s).folioAt[page] !== null,
    holds: (s: CallScene, { page }) => c.conformsNow(s, page),
  })

/** I1w: what is left of it after the documented exceptions. */
export const strictZeroMeansExclusiveMoved = (c: Calls): Claim<CallScene> =>
  invariant('with MOVE and STRICT and BIND, 0 means that every page that may be moved lies on a node of the mask', {
    name: 'strict-zero-means-exclusive-moved',
    source: `${MAN}: pages shared with other processes are not moved, huge pages are not looked at`,
    over: { page: c.pages },
    given: (s: CallScene, { page }) =>
      returns(s) && ret(s) === '0' && c.of(s).movesStrictly && c.of(s).call.mode === 'BIND' && c.of(s).mayMove[page],
    holds: (s: CallScene, { page }) => c.conformsNow(s, page),
  })

/** I2. */
export const faultChangesNothing = (c: Calls): Claim<CallScene> =>
  invariant('a call that returns EFAULT has changed no policy and moved no page', {
    name: 'efault-changes-nothing',
    source: `${MAN}, EFAULT; ${HUGH}`,
    over: { page: c.pages },
    given: (s: CallScene) => returns(s) && ret(s) === 'EFAULT',
    holds: {
      'the policy is the old one': (s: CallScene, { page }) => c.policyAt(s, page) === c.of(s).policyAt[page],
      'the page is the old one': (s: CallScene, { page }) => c.sameFolio(s, page),
    },
  })

/** I3. STRICT alone may come upon a misplaced page first. */
export const holeMeansFault = (c: Calls): Claim<CallScene> =>
  invariant('a range with a hole is refused with EFAULT', {
    name: 'hole-means-efault',
    source: `${MAN}, EFAULT: there was an unmapped hole in the specified memory range`,
    given: (s: CallScene) => returns(s) && c.of(s).hole && c.of(s).call.mode !== 'DEFAULT',
    holds: (s: CallScene) => ret(s) === 'EFAULT' || (c.of(s).strictAlone && ret(s) === 'EIO'),
  })

/** I4. */
export const faultMeansHole = (c: Calls): Claim<CallScene> =>
  invariant('EFAULT is returned only for a range with a hole', {
    name: 'efault-means-hole',
    source: `${MAN}, EFAULT`,
    given: (s: CallScene) => returns(s) && ret(s) === 'EFAULT',
    holds: (s: CallScene) => c.of(s).hole,
  })

/** I5. */
export const strictErrorChangesNothing = (c: Calls): Claim<CallScene> =>
  invariant('STRICT alone that returns EIO has changed no policy and moved no page', {
    name: 'strict-eio-changes-nothing',
    source: HUGH,
    over: { page: c.pages },
    given: (s: CallScene) => returns(s) && c.of(s).strictAlone && ret(s) === 'EIO',
    holds: {
      'the policy is the old one': (s: CallScene, { page }) => c.policyAt(s, page) === c.of(s).policyAt[page],
      'the page is the old one': (s: CallScene, { page }) => c.sameFolio(s, page),
    },
  })

/** I6. */
export const strictSeesMisplaced = (c: Calls): Claim<CallScene> =>
  invariant('STRICT alone returns EIO when a page does not lie on a node of the mask', {
    name: 'strict-sees-misplaced',
    source: `${MAN}: the call fails with EIO if the existing pages do not follow the policy; LTP mbind02`,
    given: (s: CallScene) => returns(s) && c.of(s).strictAlone && !c.of(s).hole && c.of(s).misplaced,
    holds: (s: CallScene) => ret(s) === 'EIO',
  })

/** I6 for hugetlb, where the manual page says that STRICT is ignored; since v5.7 it is not. */
export const strictSeesMisplacedHugetlb = (c: Calls): Claim<CallScene> =>
  invariant('STRICT alone returns EIO when a hugetlb page does not lie on a node of the mask', {
    name: 'strict-sees-hugetlb',
    source: 'dcf1763546d7: mbind should return -EIO when MPOL_MF_STRICT is specified, for hugetlb too',
    given: (s: CallScene) => returns(s) && c.of(s).strictAlone && !c.of(s).hole && c.of(s).misplacedHugetlb,
    holds: (s: CallScene) => ret(s) === 'EIO',
  })

/** I7. */
export const moveInstallsPolicy = (c: Calls): Claim<CallScene> =>
  invariant('with a MOVE flag, 0 and EIO both mean that the whole range has the new policy', {
    name: 'move-installs-policy',
    source: HUGH,
    over: { page: c.pages },
    given: (s: CallScene, { page }) =>
      returns(s) && isMove(c.of(s).call.flags) && (ret(s) === '0' || ret(s) === 'EIO') && c.of(s).mapped[page],
    holds: (s: CallScene, { page }) => c.policyAt(s, page) === c.newPolicy(s),
  })

/** I8. */
export const errorNeedsStrict = (c: Calls): Claim<CallScene> =>
  invariant('without STRICT a call never returns EIO', {
    name: 'eio-needs-strict',
    source: `${HUGH}; mbind(2) promises less: "the kernel was unable to move all existing pages"`,
    given: (s: CallScene) => returns(s) && !isStrict(c.of(s).call.flags),
    holds: (s: CallScene) => ret(s) !== 'EIO',
  })

/** I9. */
export const moveTriesEveryPage = (c: Calls): Claim<CallScene> =>
  invariant('with a MOVE flag, every page that may be moved is at least tried', {
    name: 'move-tries-every-page',
    source: `${MAN}: the kernel will attempt to move all the existing pages; Vlastimil Babka, linux-mm, 20 Jun 2019`,
    over: { page: c.pages },
    given: (s: CallScene, { page }) =>
      returns(s) && (ret(s) === '0' || ret(s) === 'EIO') && !c.of(s).hole && c.of(s).eligible[page],
    holds: (s: CallScene, { page }) => s.mbind.tried.has(c.of(s).folioAt[page]!),
  })

/** I10. A migration entry is a reason where its folio lies on the wrong node. */
export const errorHasReason = (c: Calls): Claim<CallScene> =>
  invariant('EIO is returned only when some page did not lie, or could not be brought, where it belongs', {
    name: 'eio-has-a-reason',
    source: `${MAN}, EIO`,
    given: (s: CallScene) => returns(s) && ret(s) === 'EIO',
    holds: (s: CallScene) =>
      c.of(s).misplacedOnTheWay ||
      (c.of(s).strictAlone && (c.of(s).misplaced || c.of(s).misplacedHugetlb)) ||
      c.pages.values.some((page) => c.of(s).inRange[page] && c.of(s).folioAt[page] !== null && !c.conformsNow(s, page)),
  })

/** F19: what STRICT alone compares with is the user's mask, which is empty for LOCAL. */
export const strictErrorMeansPolicyBroken = (c: Calls): Claim<CallScene> =>
  invariant('STRICT alone returns EIO only when some page lies where the new policy would not put it', {
    name: 'strict-eio-means-policy-broken',
    source: `${MAN}: EIO if the existing pages in the memory range do not follow the policy`,
    given: (s: CallScene) => returns(s) && c.of(s).strictAlone && ret(s) === 'EIO',
    holds: (s: CallScene) => {
      const { machine } = c.space.text
      const policy = policyOf(c.of(s).call, allowedOn(machine)) ?? null
      const { first } = nodesOf(policy, { local: machine.local ?? 0, index: 0 })
      return c.of(s).nodesBefore.some((node) => !first.includes(node))
    },
  })

/** I13. */
export const nothingStaysIsolated = (c: Calls): Claim<CallScene> =>
  invariant('when a call returns, every folio that it has isolated is moved or back on the LRU', {
    name: 'nothing-stays-isolated',
    source: 'a85dfc305a21: the list is put back on every path',
    over: { f: c.space.sources },
    given: (s: CallScene, { f }) => returns(s) && s.mbind.queued.has(f),
    holds: (s: CallScene, { f }) => !s.folio[f].isolated,
  })

/** I14. */
export const unmigratableIsLeftAlone = (c: Calls): Claim<CallScene> =>
  invariant('a page of a VMA that cannot be migrated is never isolated', {
    name: 'unmigratable-is-left-alone',
    source: 'include/linux/mempolicy.h, vma_migratable',
    over: { page: c.pages },
    given: (s: CallScene, { page }) => returns(s) && c.of(s).unmigratable[page] && c.of(s).folioAt[page] !== null,
    holds: (s: CallScene, { page }) => !s.mbind.queued.has(c.of(s).folioAt[page]!),
  })

/** I15. */
export const batchesAreOnAgain = (): Claim<CallScene> =>
  invariant('when a call returns, the LRU batches are on again', {
    name: 'batches-are-on-again',
    source: 'd479960e44f2: lru_cache_disable and lru_cache_enable come in pairs',
    given: (s: CallScene) => returns(s),
    holds: (s: CallScene) => s.lru_disable_count === 0,
  })

/** I16. */
export const mmapLockIsHeld = (): Claim<CallScene> =>
  invariant('mmap_lock is held for writing when a policy is replaced, and by nobody when the call returns', {
    name: 'mmap-lock-is-held',
    source: 'mm/mempolicy.c, vma_replace_policy; include/linux/mm_types.h, vm_policy',
    given: (s: CallScene) => returns(s) || s.mbind.pc === 'vma_replace_policy' || s.mbind.pc === 'split_vma',
    holds: (s: CallScene) => s.mmap_lock.writer === !returns(s) && s.mmap_lock.readers === 0,
  })

/** I17. */
export const memoryIsUnchanged = (c: Calls): Claim<CallScene> =>
  invariant('every page has the contents that it had, and every VMA its extent', {
    name: 'memory-is-unchanged',
    source: 'what migration is',
    over: { page: c.pages },
    given: (s: CallScene) => returns(s),
    holds: {
      'as much is mapped': (s: CallScene, { page }) => (vmaAt(s, page) !== null) === c.of(s).vmaAt[page],
      'the contents are the same': (s: CallScene, { page }) => {
        const [pte, was] = [s.pte[page], c.of(s).layout.pages[page] ?? 'none']
        if (typeof was === 'string') return pte.kind === was
        if ('migrating' in was) return pte.kind === 'migration'
        return pte.kind === 'present' && s.folio[pte.folio].content === was.maps + 1
      },
    },
  })

/** I19. */
export const policyIsAtomic = (c: Calls): Claim<CallScene> =>
  invariant('either the whole range has the new policy, or none of it that had another', {
    name: 'policy-is-atomic',
    source: 'nobody: the loop over the VMAs is not a transaction',
    given: (s: CallScene) => returns(s),
    holds: (s: CallScene) => {
      const others = c.pages.values.filter((page) => c.of(s).mapped[page] && c.of(s).policyAt[page] !== c.newPolicy(s))
      const changed = others.filter((page) => c.policyAt(s, page) === c.newPolicy(s))
      return changed.length === 0 || changed.length === others.length
    },
  })

/** I22. */
export const neverACount = (): Claim<CallScene> =>
  invariant('a call returns 0 or an error, never a count', {
    name: 'never-a-count',
    source: `${MAN}, return value`,
    given: (s: CallScene) => returns(s),
    holds: (s: CallScene) => ret(s) !== 'a count',
  })
