/** The scenarios about page migration, in the order of the matrix. */
import { contigVsCopyOnWriteScenario } from './contig-vs-copy-on-write.ts'
import { migrationAndUserScenario } from './migration-and-user.ts'
import { migrationFallbackScenario } from './migration-fallback.ts'
import { migrationResultsScenario } from './migration-results.ts'
import { migrationThpScenario } from './migration-thp.ts'
import { migrationUnmovableScenario } from './migration-unmovable.ts'
import { migrationVsBuffersScenario } from './migration-vs-buffers.ts'
import { migrationVsCacheWriterScenario } from './migration-vs-cache-writer.ts'
import { migrationVsIoScenario } from './migration-vs-io.ts'
import { migrationVsMremapScenario } from './migration-vs-mremap.ts'
import { migrationVsPfnReaderScenario } from './migration-vs-pfn-reader.ts'
import { migrationVsProtectionScenario } from './migration-vs-protection.ts'
import { migrationVsSplitScenario } from './migration-vs-split.ts'
import { migrationVsWaitersScenario } from './migration-vs-waiters.ts'
import { migrationVsWritebackScenario } from './migration-vs-writeback.ts'

export const migration = [
  migrationAndUserScenario,
  migrationResultsScenario,
  migrationThpScenario,
  migrationFallbackScenario,
  migrationUnmovableScenario,
  migrationVsWaitersScenario,
  migrationVsProtectionScenario,
  migrationVsMremapScenario,
  migrationVsBuffersScenario,
  migrationVsCacheWriterScenario,
  migrationVsWritebackScenario,
  migrationVsSplitScenario,
  migrationVsPfnReaderScenario,
  migrationVsIoScenario,
  contigVsCopyOnWriteScenario,
]
