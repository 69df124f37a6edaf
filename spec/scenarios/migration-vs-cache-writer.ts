/**
 * Compaction migrates a folio of the page cache while somebody reads and writes it there. Since v6.12 the contents
 * are copied before the references are frozen: who holds a reference at neither moment, and no lock, is not noticed.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { cacheUser } from '../cache-user.ts'
import { compaction } from '../compaction.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'

export const constants = { deep: false } satisfies Constants

/** The sizes of memory. */
export function sizesFor({ deep }: { deep: boolean }): Sizes {
  return {
    pages: 1,
    freeMovable: 1,
    freeNormal: 0,
    cpus: 2,
    pinner: false,
    lruCacheDisabled: true,
    gets: 2,
    file: true,
    ptesMayBeEmpty: true,
    versions: deep ? 3 : 2,
    uptodate: true,
  }
}

/** The bounds in words. */
export function boundsFor(values: { deep: boolean }): string {
  return `1 folio of the page cache, mapped by nobody, 1 free folio, ${values.deep ? '2 writes' : '1 write'}, 2 passes`
}

/** The model of the scenario on a kernel. */
export function migrationVsCacheWriter(
  { settings }: Kernel,
  values: { deep: boolean },
  claimsOn: (mm: Memory) => readonly Claim<Mm>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values)
  const mm = memory(sizes)
  return model(
    'migration-vs-cache-writer',
    {
      state: mm.state,
      processes: {
        migration: compaction(mm, { cpu: 0, settings }),
        user: cacheUser(mm, { cpu: 1, settings }),
      },
    },
    {
      init: (s) => {
        bootMemory(s, sizes, 'file')
        s.pte[0] = { kind: 'none' }
        s.folio[0].refs--
      },
      claims: claimsOn(mm),
      waive,
    },
  )
}
