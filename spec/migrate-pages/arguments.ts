/**
 * The arguments of one call of migrate_pages(2), who makes it, and whose pages it is about: descriptions as data, and the
 * questions that the checks of the call ask about them.
 */
import { match } from 'ts-pattern'
import { SpecError } from '../../checker/language/index.ts'
import type { Settings } from '../switches/index.ts'

/** A mask of nodes: its nodes, or what is wrong with it. A node beyond the last possible one is in a word of its own. */
export type Mask = readonly number[] | 'null' | 'unreadable' | 'node beyond the last'

export type Capability = 'CAP_SYS_NICE' | 'CAP_SYS_PTRACE'

export interface MigratePagesArguments {
  /** `without memory`: a kernel thread, or a process that has ended and that nobody has waited for */
  readonly pid: 'own' | 'another' | 'without memory' | 'unused' | '-1'
  readonly maxnode?: 'zero' | 'beyond a page'
  readonly old: Mask
  readonly new: Mask
  /** of the caller; none when absent */
  readonly caps?: readonly Capability[]
  /** `in part`: some ID of the caller is one of the target, but the real ones of the caller are not all of the target's */
  readonly ids?: 'equal' | 'in part' | 'different'
  /** whether the memory of the target may be dumped; it may when absent */
  readonly dumpable?: boolean
  /** the nodes of the caller's cpuset, and of the target's; all that have memory when absent */
  readonly own?: readonly number[]
  readonly target?: readonly number[]
  /** what a security module says about moving the memory of the target; nothing when absent */
  readonly security?: 'denies'
}

/** get_nodes: what is wrong with a mask. A null mask is the empty set whatever maxnode says. */
export function maskError(mask: Mask, { maxnode }: MigratePagesArguments): 'EINVAL' | 'EFAULT' | null {
  if (mask === 'null') return null
  if (maxnode !== undefined) return 'EINVAL'
  if (mask === 'node beyond the last') return 'EINVAL'
  return mask === 'unreadable' ? 'EFAULT' : null
}

/** The nodes of a mask that is in order. */
export const nodesIn = (mask: Mask): readonly number[] => (typeof mask === 'string' ? [] : mask)

/** What the access check sees of a target: its IDs beside those of the caller, and whether it may be dumped. */
export interface Credentials {
  readonly ids: NonNullable<MigratePagesArguments['ids']>
  readonly dumpable: boolean
}

/**
 * Whether the caller may act on the target. ptrace_may_access(PTRACE_MODE_READ_REALCREDS) wants every ID of the target to
 * be the real one of the caller, and memory that may be dumped; before, one of two IDs on either side was enough.
 */
export function mayAccess({ caps = [] }: MigratePagesArguments, of: Credentials, settings: Settings): boolean {
  return match(settings['migrate-pages-access'])
    .with('some-id', () => of.ids !== 'different' || caps.includes('CAP_SYS_NICE'))
    .with('ptrace', () => (of.ids === 'equal' && of.dumpable) || caps.includes('CAP_SYS_PTRACE'))
    .exhaustive()
}

/** Where pages go, node by node: from the first to the second. */
export type Pair = readonly [from: number, to: number]

/**
 * The pairs of nodes that do_migrate_pages goes over, in its order: the nth node of the old mask to the nth of the new one,
 * round and round. Where the masks differ in size, nodes of both stay as they are. A pair whose second node is not itself
 * to be emptied goes first.
 */
export function pairsOf(old: readonly number[], fresh: readonly number[]): Pair[] {
  const left = new Set(old)
  const pairs: Pair[] = []
  for (;;) {
    const candidates = [...left]
      .filter((node) => old.length === fresh.length || !fresh.includes(node))
      .map((node): Pair => [node, fresh.length === 0 ? node : fresh[old.indexOf(node) % fresh.length]])
      .filter(([from, to]) => from !== to)
    const pair = candidates.find(([, to]) => !left.has(to)) ?? candidates.at(-1)
    if (pair === undefined) return pairs
    pairs.push(pair)
    left.delete(pair[0])
  }
}

/** Whether a call moves anything between the pair of nodes that the model walks for. Throws a SpecError for other pairs. */
export function moves(old: readonly number[], fresh: readonly number[], [from, to]: Pair): boolean {
  const pairs = pairsOf(old, fresh)
  if (pairs.some((pair) => pair[0] !== from || pair[1] !== to))
    throw new SpecError(
      `migrate_pages from {${old}} to {${fresh}} is not a move from node ${from} to node ${to}`,
      'the model of the call walks for one pair of nodes',
      'give it masks that come to that pair, or to none',
    )
  return pairs.length > 0
}
