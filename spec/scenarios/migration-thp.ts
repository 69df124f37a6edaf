/**
 * A THP of two base pages and a folio of one page are migrated, while somebody may have a reference to one of them for a moment.
 * The THP is migrated whole, or has to be split: because there are no two free folios side by side or none at all, because the architecture
 * cannot migrate THPs, or because it is waiting to be split anyway.
 */
import { type Constants, model } from '../../checker/language/index.ts'
import { bootMemory, type Mm, memory, type Sizes } from '../memory.ts'
import type { Mode } from '../migrate-locals.ts'
import { movePages } from '../move-pages.ts'
import { pfnWalker } from '../pfn-walker.ts'
import type { Given } from './cached-folios.ts'

export const constants = { mode: 'async' } satisfies Constants

/** The sizes of the address space and of memory. F0 and F1 are the THP; F4 and F5 can become one. */
export const sizes: Sizes = {
  pages: 3,
  folios: 6,
  freeMovable: 3,
  freeNormal: 0,
  cpus: 1,
  pinner: false,
  lruCacheDisabled: true,
  gets: 2,
  mappedTwice: true,
  thp: true,
  deferredSplit: true,
}

/** The bounds in words. */
export function boundsFor({ mode }: { mode: string }): string {
  return `a THP of 2 pages and a folio of 1, anonymous; 3 free folios, 2 that make no THP, or none; one call, MIGRATE_${mode.toUpperCase()}, 2 passes`
}

/** Somebody has the folio for good. */
function taken(s: Mm, f: number): void {
  s.folio[f].refs = 1
  s.folio[f].gets = 1
}

/** What is special at the start: nothing, or why the THP cannot or should not be migrated whole. */
const BEGINNINGS: Readonly<Record<string, (s: Mm) => void>> = {
  'a THP': () => {},
  'no memory for a THP': (s) => {
    taken(s, 4)
  },
  'no memory': (s) => {
    for (const f of [3, 4, 5]) taken(s, f)
  },
  'THPs cannot be migrated': (s) => {
    s.thpMigrationSupported = false
  },
  'a THP that waits to be split': (s) => {
    s.folio[0].deferredSplit = true
  },
}

/** The model of the scenario on a kernel. */
export function migrationThp(...[{ settings }, values, claimsOn, waive]: Given<{ mode: string }>) {
  const mm = memory(sizes)
  const init = Object.entries(BEGINNINGS).map(([name, begin]) => [
    name,
    (s: Mm) => {
      bootMemory(s, sizes)
      begin(s)
    },
  ])
  return model(
    'migration-thp',
    {
      state: mm.state,
      processes: {
        migration: movePages(mm, {
          cpu: 0,
          mode: values.mode as Mode,
          settings,
          mayRunOut: true,
          counts: true,
          until: 'returned',
        }),
        walker: pfnWalker(mm, { once: true }),
      },
    },
    { init: Object.fromEntries(init), claims: claimsOn(mm), waive },
  )
}
