/** What migrate_pages(2) owes to whoever calls it, and to the process whose pages it moves, before it moves any. */
import { type Claim, invariant } from '../checker/language/index.ts'
import { isError } from '../spec/mbind/arguments.ts'
import { type Capability, maskError, nodesIn } from '../spec/migrate-pages/arguments.ts'
import { credentialsOf } from '../spec/migrate-pages/target.ts'
import type { ArgumentsScene, ArgumentsSituation } from '../spec/scenarios/migrate-pages-arguments.ts'

const MAN = 'migrate_pages(2)'
const WITH_MEMORY: readonly number[] = [0, 1]

/** The claims about calls that begin in some situations. */
export function argumentClaims(situations: Readonly<Record<string, ArgumentsSituation>>): Claim<ArgumentsScene>[] {
  const of = (s: ArgumentsScene): ArgumentsSituation => situations[s.situation]
  const returns = (s: ArgumentsScene) => s.call.pc === 'return'
  const has = (s: ArgumentsScene, capability: Capability) => (of(s).caps ?? []).includes(capability)

  /** The masks can be read, and name a process that has memory all the while. */
  const isAboutSomebody = (s: ArgumentsScene): boolean => {
    const call = of(s)
    const masks = maskError(call.old, call) === null && maskError(call.new, call) === null
    return masks && (call.pid === 'own' || call.pid === 'another') && call.meanwhile !== 'ends'
  }
  /** The target nodes that have memory and that the cpuset of the caller allows. */
  const usable = (s: ArgumentsScene): number[] =>
    nodesIn(of(s).new).filter((node) => (of(s).own ?? WITH_MEMORY).includes(node))
  /** Nothing but the target nodes can be wrong. */
  const onlyNodesMatter = (s: ArgumentsScene): boolean =>
    isAboutSomebody(s) && s.call.ret !== 'EPERM' && s.call.ret !== 'EACCES'

  return [
    invariant('a call of migrate_pages that is refused changes nothing', {
      name: 'refused-changes-nothing',
      source: MAN,
      given: (s: ArgumentsScene) => returns(s) && isError(s.call.ret),
      holds: {
        'the page is where it was': (s: ArgumentsScene) => s.pte[0].kind === 'present' && s.folio[0].node === 0,
        'no folio is isolated': (s: ArgumentsScene) => s.folio.every(({ isolated }) => !isolated),
        'the batches are on': (s: ArgumentsScene) => s.lru_disable_count === 0,
        'mmap_lock is free': (s: ArgumentsScene) => s.mmap_lock.readers === 0,
      },
    }),
    invariant('ESRCH means that there is no such process', {
      name: 'esrch-means-nobody',
      source: MAN,
      given: (s: ArgumentsScene) => returns(s) && s.call.ret === 'ESRCH',
      holds: (s: ArgumentsScene) => !s.target.found,
    }),
    invariant('migrate_pages fails with EINVAL where no target node has memory and is allowed', {
      name: 'no-usable-node-is-einval',
      source: `${MAN}: EINVAL, "none of the node IDs specified by new_nodes"`,
      given: (s: ArgumentsScene) => returns(s) && onlyNodesMatter(s) && usable(s).length === 0,
      holds: (s: ArgumentsScene) => s.call.ret === 'EINVAL',
    }),
    invariant('migrate_pages does not fail with EINVAL where some target node has memory and is allowed', {
      name: 'one-usable-node-is-enough',
      source: `${MAN}: EINVAL, "none of the node IDs specified by new_nodes"`,
      given: (s: ArgumentsScene) => returns(s) && onlyNodesMatter(s) && usable(s).length > 0,
      holds: (s: ArgumentsScene) => s.call.ret !== 'EINVAL',
    }),
    invariant('with CAP_SYS_NICE migrate_pages does not fail with EPERM', {
      name: 'cap-sys-nice-is-enough',
      source: `${MAN} before 2018: the caller must be privileged (CAP_SYS_NICE), or user IDs must match`,
      given: (s: ArgumentsScene) => returns(s) && has(s, 'CAP_SYS_NICE'),
      holds: (s: ArgumentsScene) => s.call.ret !== 'EPERM',
    }),
    invariant('pages are moved only for a caller that ptrace would let read the memory that it asks for', {
      name: 'mover-may-ptrace',
      source: '313674661925, "Unify migrate_pages and move_pages access checks"',
      given: (s: ArgumentsScene) =>
        returns(s) && isAboutSomebody(s) && of(s).pid === 'another' && of(s).meanwhile === undefined,
      holds: (s: ArgumentsScene) => {
        const { ids, dumpable } = credentialsOf(s, of(s))
        return isError(s.call.ret) || has(s, 'CAP_SYS_PTRACE') || (ids === 'equal' && dumpable)
      },
    }),
    invariant('the memory whose pages are moved is the memory that access was checked for', {
      name: 'checked-memory-is-moved',
      source: 'the access check of kernel_migrate_pages',
      given: (s: ArgumentsScene) => returns(s) && !isError(s.call.ret) && of(s).pid === 'another',
      holds: (s: ArgumentsScene) => s.call.taken === s.call.checked,
    }),
  ]
}
