/** The scenarios about page migration, in the order of the matrix. */
import { migrationAndUserScenario } from './migration-and-user.ts'
import { migrationVsBuffersScenario } from './migration-vs-buffers.ts'
import { migrationVsCacheWriterScenario } from './migration-vs-cache-writer.ts'
import { migrationVsMremapScenario } from './migration-vs-mremap.ts'
import { migrationVsProtectionScenario } from './migration-vs-protection.ts'
import { migrationVsWaitersScenario } from './migration-vs-waiters.ts'

export const migration = [
  migrationAndUserScenario,
  migrationVsWaitersScenario,
  migrationVsProtectionScenario,
  migrationVsMremapScenario,
  migrationVsBuffersScenario,
  migrationVsCacheWriterScenario,
]
