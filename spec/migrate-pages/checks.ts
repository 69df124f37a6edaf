/**
 * What migrate_pages(2) checks before it looks at any page, one step for each check, in the order of every release: two of
 * the checks changed what they ask for (v4.15, v4.16), none of them its place. The masks are read before the process is
 * looked up, and its memory is taken last. Nothing holds the process still in between.
 */
import { match } from 'ts-pattern'
import { bool, constant, oneOf, range, type StateOf, sequence, step } from '../../checker/language/index.ts'
import type { AddressSpace, As } from '../address-space.ts'
import type { Errno, Ret } from '../mbind/arguments.ts'
import { allowedOn, type Machine } from '../mbind/layout.ts'
import type { Settings } from '../switches/index.ts'
import { type MigratePagesArguments, maskError, mayAccess, moves, nodesIn, type Pair } from './arguments.ts'
import { credentialsOf, MEMORIES, type TargetMemory, type WithTarget } from './target.ts'

/** The answer of SELinux and Smack (from memory); the manual page does not mention it. */
const DENIED = 'EACCES'

const RETS: readonly Ret[] = ['0', 'EINVAL', 'EPERM', 'EACCES', 'ESRCH', 'EFAULT', 'EIO', 'ENOMEM', 'a count']

/** What a caller keeps to itself while it checks, and what claims ask it afterwards. */
export const checkLocals = ({ nodes }: Machine) => ({
  /** what the call returns, as far as it is known */
  ret: oneOf<Ret[]>(...RETS),
  /** the target nodes: what is left of the mask. One more than the machine has: a node without memory */
  targets: sequence(range(0, nodes), nodes + 1),
  /** whether the masks leave anything to move */
  moving: bool,
  /** for claims: the memory of the target that access was checked for, and the memory that was taken */
  checked: oneOf<TargetMemory[]>(...MEMORIES),
  taken: oneOf<TargetMemory[]>(...MEMORIES),
})

/** The same where nothing is checked. */
export const unchecked = {
  targets: sequence(range(0, 0), 0),
  moving: constant<boolean>(true),
  checked: constant<TargetMemory>('none'),
  taken: constant<TargetMemory>('none'),
}
export const checksStart = { targets: [] as number[], moving: false, checked: 'none' as const, taken: 'none' as const }

export type CheckLocals = Omit<StateOf<ReturnType<typeof checkLocals>>, 'ret'> & { ret: Ret }

type Checking = As & WithTarget

interface ChecksOptions<Go extends string> {
  readonly settings: Settings
  readonly space: AddressSpace
  readonly pair: Pair
  readonly argumentsOf: (s: object) => MigratePagesArguments
  /** where a call goes on whose arguments are in order */
  readonly go: (me: object, call: MigratePagesArguments) => Go
}

/** The checks, entered at the first one; a call that is refused goes to `return`. */
export function checkSteps<Go extends string>({ settings, space, pair, argumentsOf, go }: ChecksOptions<Go>) {
  const withMemory = allowedOn(space.text.machine)

  /** A check that says what is wrong, or goes on to the next one. */
  const check = <const Next extends string>(
    anchor: string,
    next: Next,
    wrong: (call: MigratePagesArguments, s: Checking, me: CheckLocals) => Errno | null,
  ) =>
    step(anchor, (s: Checking, me: CheckLocals) => {
      const errno = wrong(argumentsOf(s), s, me)
      if (errno === null) return next
      me.ret = errno
      me.targets = []
      return 'return'
    })

  return {
    'get_nodes (old)': check('mm/mempolicy.c: get_nodes', 'get_nodes (new)', (call) => maskError(call.old, call)),
    'get_nodes (new)': check('mm/mempolicy.c: get_nodes', 'find_task_by_vpid', (call, _s, me) => {
      const error = maskError(call.new, call)
      if (error === null) me.targets = [...nodesIn(call.new)]
      return error
    }),
    find_task_by_vpid: check('mm/mempolicy.c: kernel_migrate_pages', 'access check', ({ pid }, s) =>
      pid === 'own' || s.target.found ? null : 'ESRCH',
    ),
    // Up to v4.14 user IDs are compared here, since v4.15 ptrace_may_access is asked. One's own memory is no question.
    'access check': check('mm/mempolicy.c: kernel_migrate_pages', 'cpuset_mems_allowed', (call, s, me) => {
      me.checked = s.target.memory
      return call.pid === 'own' || mayAccess(call, credentialsOf(s, call), settings) ? null : 'EPERM'
    }),
    cpuset_mems_allowed: check('mm/mempolicy.c: kernel_migrate_pages', 'nodes with memory', (call, _s, me) => {
      const { target = withMemory, caps = [] } = call
      const all = me.targets.every((node) => target.includes(node))
      return all || caps.includes('CAP_SYS_NICE') ? null : 'EPERM'
    }),
    // v4.16 to v5.3 ask for memory in a second look, which cannot find anything: cpusets have nodes with memory only.
    'nodes with memory': check('mm/mempolicy.c: kernel_migrate_pages', 'security_task_movememory', (call, _s, me) =>
      match(settings['migrate-pages-targets'])
        .with('all-have-memory', () => (me.targets.every((node) => withMemory.includes(node)) ? null : 'EINVAL'))
        .with('some-allowed', () => {
          const { own = withMemory } = call
          me.targets = me.targets.filter((node) => own.includes(node))
          return me.targets.length > 0 ? null : 'EINVAL'
        })
        .exhaustive(),
    ),
    security_task_movememory: check('security/security.c: security_task_movememory', 'get_task_mm', ({ security }) =>
      security === 'denies' ? DENIED : null,
    ),
    get_task_mm: step('kernel/fork.c: get_task_mm', (s: Checking, me: CheckLocals) => {
      const call = argumentsOf(s)
      me.taken = s.target.memory
      const targets = [...me.targets]
      me.targets = []
      if (me.taken === 'none') {
        me.ret = 'EINVAL'
        return 'return'
      }
      me.moving = moves(nodesIn(call.old), targets, pair)
      return go(me, call)
    }),
  }
}
