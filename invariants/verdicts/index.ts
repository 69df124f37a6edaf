/** Every scenario with what is expected of it, area by area, in the order of the matrix. */
import { mbind } from './mbind/index.ts'
import { migration } from './migration/index.ts'
import { mlock } from './mlock/index.ts'
import { movableOps } from './movable-ops/index.ts'
import { pinning } from './pinning/index.ts'

export const scenarios = [...pinning, ...migration, ...mlock, ...movableOps, ...mbind]
