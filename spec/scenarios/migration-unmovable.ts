/**
 * Two folios of the page cache are migrated, and the mapping of the first one is marked unmovable, as that of guest memory
 * is. Compaction comes by at the same time. What must not move is found out late: when it is unmapped already.
 */
import { type Constants, model } from '../../checker/language/index.ts'
import { compaction } from '../compaction.ts'
import { bootMemory, memory } from '../memory.ts'
import type { Mode } from '../migrate-locals.ts'
import { movePages } from '../move-pages.ts'
import { boundsOfTwo, type Given, twoCachedFolios } from './cached-folios.ts'

export const constants = { mode: 'sync' } satisfies Constants

/** The bounds in words. */
export const boundsFor = (values: { mode: string }): string =>
  boundsOfTwo(values, '2 folios of the page cache, one of them unmovable')

/** The model of the scenario on a kernel. */
export function migrationUnmovable(...[{ settings }, values, claimsOn, waive]: Given<{ mode: string }>) {
  const sizes = twoCachedFolios({ cpus: 2, gets: 2, firstMapping: 'AS_UNMOVABLE' })
  const mm = memory(sizes)
  const migration = movePages(mm, {
    cpu: 0,
    mode: values.mode as Mode,
    settings,
    mayRunOut: true,
    counts: true,
    until: 'returned',
  })
  return model(
    'migration-unmovable',
    { state: mm.state, processes: { migration, compaction: compaction(mm, { cpu: 1, settings }) } },
    { init: (s) => bootMemory(s, sizes, 'file'), claims: claimsOn(mm), waive },
  )
}
