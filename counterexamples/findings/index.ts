/** The findings of this repository. Every folder beside this one is made from this list. */
import type { Finding } from './finding.ts'
import { mbind } from './mbind.ts'
import { migration } from './migration.ts'
import { mlock } from './mlock.ts'
import { movableOps } from './movable-ops.ts'
import { pinning } from './pinning.ts'

export const findings: readonly Finding[] = [...pinning, ...migration, ...mlock, ...movableOps, ...mbind]
