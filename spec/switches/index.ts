/**
 * Design decisions of the kernel that changed over time. Each is a switch with a history: since which release, or in
 * which unmerged patch, it has which value, and the commit that changed it. Releases are computed from these histories.
 */
import { mbind } from './mbind.ts'
import { mempolicy } from './mempolicy.ts'
import { migration } from './migration.ts'
import { mlock } from './mlock.ts'
import { movableOps } from './movable-ops.ts'
import { pinning } from './pinning.ts'

export type { Switch, Turn } from './switch.ts'

export const switches = { ...pinning, ...migration, ...mbind, ...mempolicy, ...mlock, ...movableOps } as const

export type SwitchName = keyof typeof switches

/** A value for every switch: what makes one kernel differ from another. */
export type Settings = { readonly [K in SwitchName]: (typeof switches)[K]['values'][number] }
