/** What mbind(2) says about its arguments before it looks at any VMA, in the order in which the kernel says it. */
import { match } from 'ts-pattern'
import type { Settings } from '../switches/index.ts'
import { type Call, isAll, MODE_FLAGS, type Mode, type PolicyText } from './call.ts'

/** ESRCH and EACCES come from migrate_pages(2), which looks up a process. */
export type Errno = 'EINVAL' | 'EPERM' | 'EFAULT' | 'EIO' | 'ENOMEM' | 'EINTR' | 'ESRCH' | 'EACCES'

/** What a call comes to. A count is what some parts of mbind(2) come to, and must not get out of it. */
export type Ret = Errno | '0' | 'a count'

/** Whether a result is an error, as negative numbers are in the kernel. */
export const isError = (ret: Ret): ret is Errno => ret !== '0' && ret !== 'a count'

/** What the checks come to: an errno, success without doing anything, or nothing to say. */
export function checkArguments(call: Call, settings: Settings): Errno | '0' | null {
  const { mode, nodes, n, flags, raw = {} } = call
  const modeFlags = raw.modeFlags ?? []
  const mask = raw.mask === 'null' ? [] : nodes
  // sanitize_mpol_flags
  if (raw.mode === 'unknown' || !knowsMode(mode, settings)) return 'EINVAL'
  if (modeFlags.includes('STATIC') && modeFlags.includes('RELATIVE')) return 'EINVAL'
  if (modeFlags.includes('NUMA_BALANCING') && !mayBalance(mode, settings)) return 'EINVAL'
  // get_nodes. A null mask is the empty set whatever maxnode says; maxnode 0 with a mask underflows.
  if (raw.mask !== 'null') {
    if (raw.maxnode !== undefined) return 'EINVAL'
    if (raw.mask === 'unreadable') return 'EFAULT'
    if (raw.mask === 'node beyond the last') return 'EINVAL'
  }
  // do_mbind
  if (raw.flags !== undefined) return 'EINVAL'
  if (isAll(flags) && raw.capSysNice === false) return 'EPERM'
  if (raw.start === 'not aligned') return 'EINVAL'
  if (raw.end === 'wraps around') return 'EINVAL'
  if (n === 0) return '0'
  // mpol_new
  const pinned = modeFlags.includes('STATIC') || modeFlags.includes('RELATIVE')
  if (mode === 'DEFAULT') return mask.length > 0 ? 'EINVAL' : null
  if (mode === 'LOCAL') return mask.length > 0 || pinned ? 'EINVAL' : null
  if (mode === 'PREFERRED') return mask.length === 0 && pinned ? 'EINVAL' : null
  return mask.length === 0 ? 'EINVAL' : null
}

/** Whether a kernel has a mode. */
export function knowsMode(mode: Mode, settings: Settings): boolean {
  const newest = settings['mempolicy-modes']
  if (mode === 'PREFERRED_MANY') return newest !== 'local'
  return mode !== 'WEIGHTED_INTERLEAVE' || newest === 'weighted-interleave'
}

const mayBalance = (mode: Mode, settings: Settings): boolean =>
  match(settings['mempolicy-numa-balancing'])
    .with('none', () => false)
    .with('bind', () => mode === 'BIND')
    .with('bind-and-preferred-many', () => mode === 'BIND' || mode === 'PREFERRED_MANY')
    .exhaustive()

/**
 * mpol_set_nodemask: the policy that a call installs on a machine where the task may use `allowed`. Undefined when nothing
 * of the mask is left; null for MPOL_DEFAULT, which has no policy object.
 */
export function policyOf(call: Call, allowed: readonly number[]): PolicyText | null | undefined {
  const { mode, nodes, raw } = call
  if (mode === 'DEFAULT') return null
  if (mode === 'LOCAL' || (mode === 'PREFERRED' && nodes.length === 0)) return { mode: 'LOCAL', nodes: [] }
  const relative = raw?.modeFlags?.includes('RELATIVE') ?? false
  const effective = relative
    ? [...new Set(nodes.map((node) => allowed[node % allowed.length]))].sort()
    : nodes.filter((node) => allowed.includes(node))
  if (effective.length === 0) return undefined
  const flags = MODE_FLAGS.filter((flag) => raw?.modeFlags?.includes(flag))
  return {
    mode,
    nodes: mode === 'PREFERRED' ? effective.slice(0, 1) : effective,
    ...(flags.length > 0 && { flags }),
  }
}
