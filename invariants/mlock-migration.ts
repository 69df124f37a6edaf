/** What migration of a folio promises when a VM_LOCKED VMA maps it. */
import { type Claim, eventually, invariant, reachable } from '../checker/language/index.ts'
import type { Scene } from '../spec/scenarios/mlock-drain.ts'

/** P17, where nothing waited anywhere: the reference that it trips over would be its own. */
export const migratesMlocked = (): Claim<Scene> =>
  invariant('a folio in a VM_LOCKED VMA is migrated in one call, if nobody else holds a reference', {
    name: 'migrates-mlocked',
    source: 'b74355078b65 (v5.18): page migration of VM_LOCKED pages must not fail on the mlock batch',
    given: (s: Scene) => s.migration.pc === 'done' && s.start === 'batches empty',
    holds: (s: Scene) => !s.migration.failed,
  })

/** The same, where an earlier mlock of the folio still waits in the batch of another CPU. */
export const migratesDespiteRemoteEntry = (): Claim<Scene> =>
  invariant(
    'a folio in a VM_LOCKED VMA is migrated in one call, also when its mlock waits in the batch of another CPU',
    {
      name: 'migrates-despite-remote-entry',
      source: 'linux-mm, 2025: "mm/gup: check ref_count instead of lru before migration" (v6.17)',
      given: (s: Scene) => s.migration.pc === 'done' && s.start === 'an entry on the other CPU',
      holds: (s: Scene) => !s.migration.failed,
    },
  )

/** The claim that keeps the others honest. */
export const migrationCanSucceed = (): Claim<Scene> =>
  reachable('migration can succeed', {
    name: 'migration-can-succeed',
    source: 'what it is for',
    holds: (s: Scene) => s.migration.pc === 'done' && !s.migration.failed,
  })

/** P16, for each beginning: who repeats for ever gets there. */
export const repeatedMigrationEnds = (start: Scene['start'], name: string): Claim<Scene> =>
  eventually(`migration of a folio in a VM_LOCKED VMA that is repeated succeeds in the end, ${start}`, {
    name,
    source: 'mm/memory_hotplug.c, offline_pages: "retry until all pages are migrated" must come to an end',
    given: (s: Scene) => s.start === start,
    holds: (s: Scene) => s.migration.pc === 'done',
  })
