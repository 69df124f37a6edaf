/**
 * One call of mbind(2): a range of pages, a policy and flags, and what its raw arguments may be besides. Descriptions are
 * data; nothing here changes during a run.
 */
import { match } from 'ts-pattern'
import type { Settings } from '../switches/index.ts'

export type Mode = 'DEFAULT' | 'PREFERRED' | 'BIND' | 'INTERLEAVE' | 'LOCAL' | 'PREFERRED_MANY' | 'WEIGHTED_INTERLEAVE'

/** MPOL_MF_* as far as mbind tells them apart: ALL with MOVE is ALL. */
export const FLAGS = ['0', 'STRICT', 'MOVE', 'ALL', 'MOVE|STRICT', 'ALL|STRICT'] as const
export type Flags = (typeof FLAGS)[number]

/** MPOL_F_STATIC_NODES, MPOL_F_RELATIVE_NODES and MPOL_F_NUMA_BALANCING, which come with a mode. */
export const MODE_FLAGS = ['STATIC', 'RELATIVE', 'NUMA_BALANCING'] as const
export type ModeFlag = (typeof MODE_FLAGS)[number]

/** A memory policy: a mode with its nodes. No policy object at all is null (MPOL_DEFAULT). */
export interface PolicyText {
  readonly mode: Exclude<Mode, 'DEFAULT'>
  readonly nodes: readonly number[]
  readonly flags?: readonly ModeFlag[]
}

export interface Call {
  /** first page of the range, and its length in pages */
  readonly off: number
  readonly n: number
  readonly mode: Mode
  /** the user's mask */
  readonly nodes: readonly number[]
  readonly flags: Flags
  /** what is unusual about the raw arguments; nothing when absent */
  readonly raw?: RawArguments
}

/** What user space may pass beside a well-formed call. */
export interface RawArguments {
  readonly mode?: 'unknown'
  readonly modeFlags?: readonly ModeFlag[]
  readonly mask?: 'null' | 'unreadable' | 'node beyond the last'
  readonly maxnode?: 'zero' | 'beyond a page'
  readonly flags?: 'unknown' | 'LAZY'
  readonly start?: 'not aligned'
  readonly end?: 'wraps around'
  /** whether the task has CAP_SYS_NICE; it has when absent */
  readonly capSysNice?: boolean
}

/** Whether flags contain MPOL_MF_STRICT, MPOL_MF_MOVE_ALL, or one of the MOVE flags. */
export const isStrict = (flags: Flags): boolean => flags.endsWith('STRICT')
export const isAll = (flags: Flags): boolean => flags.startsWith('ALL')
export const isMove = (flags: Flags): boolean => isAll(flags) || flags.startsWith('MOVE')
/** MPOL_MF_STRICT without a MOVE flag: the call that may only look. */
export const isStrictAlone = (flags: Flags): boolean => flags === 'STRICT'

/** `BIND {1}`: a policy in words; `none` where there is no policy object. */
export function policyName(policy: PolicyText | null): string {
  if (policy === null) return 'none'
  const { mode, nodes, flags = [] } = policy
  return `${[mode, ...flags].join('|')}${nodes.length === 0 ? '' : ` {${nodes.join(',')}}`}`
}

/** What get_mempolicy with MPOL_F_ADDR says of a policy: before v5.14 LOCAL is PREFERRED without nodes. */
export const readsAs = (policy: PolicyText | null, settings: Settings): PolicyText | null =>
  policy?.mode === 'LOCAL' && settings['mempolicy-local-reads-as'] === 'preferred'
    ? { ...policy, mode: 'PREFERRED' }
    : policy

/** `pages 0-2, BIND {1}, MOVE|STRICT`: a call in words, different for calls that differ. */
export function callName({ off, n, mode, nodes, flags, raw }: Call): string {
  const range = n === 1 ? `page ${off}` : n === 0 ? `no pages at ${off}` : `pages ${off}-${off + n - 1}`
  const policy = `${mode}${nodes.length === 0 ? '' : ` {${nodes.join(',')}}`}`
  const odd = Object.entries(raw ?? {}).map(([name, value]) => `, ${name} ${value}`)
  return `${range}, ${policy}, ${flags}${odd.join('')}`
}

/** The call as do_mbind goes on with it: without a policy there is nothing to be strict about. */
export function normalised(call: Call): Call {
  const flags = isAll(call.flags) ? 'ALL' : isMove(call.flags) ? 'MOVE' : '0'
  return call.mode === 'DEFAULT' ? { ...call, flags } : call
}

/** Whether a node conforms to the call: it is in the user's own mask, whatever the mode makes of it. */
export const conforms = ({ nodes }: Call, node: number): boolean => nodes.includes(node)

/** Where a policy takes memory from: nodes in order of preference, and whether any other node will do after them. */
export function nodesOf(
  policy: PolicyText | null,
  { local, index }: { local: number; index: number },
): { readonly first: readonly number[]; readonly elsewhere: boolean } {
  if (policy === null) return { first: [local], elsewhere: true }
  const { mode, nodes } = policy
  return match(mode)
    .with('LOCAL', () => ({ first: [local], elsewhere: true }))
    .with('PREFERRED', () => ({ first: nodes.slice(0, 1), elsewhere: true }))
    .with('BIND', () => ({ first: nodes.includes(local) ? [local, ...nodes] : nodes, elsewhere: false }))
    .with('INTERLEAVE', 'WEIGHTED_INTERLEAVE', () => ({ first: [nodes[index % nodes.length]], elsewhere: true }))
    .with('PREFERRED_MANY', () => ({ first: nodes.includes(local) ? [local, ...nodes] : nodes, elsewhere: true }))
    .exhaustive()
}
