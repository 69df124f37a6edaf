/**
 * A processor writes through a translation that it remembers, a second one takes access away from the page and is
 * about to flush that translation, and a third one migrates the page meanwhile. NUMA balancing does all three.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { protectionChanger } from '../change-protection.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import type { Mode } from '../migrate-locals.ts'
import { movePages } from '../move-pages.ts'
import { pfnWalker } from '../pfn-walker.ts'
import { user } from '../user.ts'

export const constants = { mode: 'async', deep: false } satisfies Constants

/** The sizes of the address space and of memory. */
export function sizesFor({ deep }: { deep: boolean }): Sizes {
  return {
    pages: 1,
    freeMovable: 1,
    freeNormal: 0,
    cpus: 3,
    pinner: false,
    lruCacheDisabled: true,
    gets: 3,
    protNone: true,
    versions: deep ? 3 : 2,
    tlb: true,
    sleepers: true,
  }
}

/** The bounds in words. */
export function boundsFor(values: { mode: string; deep: boolean }): string {
  return `1 anonymous page, 1 free folio, 3 CPUs with a TLB entry each, ${values.deep ? '2 stores' : '1 store'}, MIGRATE_${values.mode.toUpperCase()}, 2 passes`
}

/** The model of the scenario on a kernel. */
export function migrationVsProtection(
  { settings }: Kernel,
  values: { mode: string; deep: boolean },
  claimsOn: (mm: Memory) => readonly Claim<Mm>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(values)
  const mm = memory(sizes)
  return model(
    'migration-vs-protection',
    {
      state: mm.state,
      processes: {
        user: user(mm, { cpu: 0, settings }),
        protection: protectionChanger(mm, { cpu: 1 }),
        migration: movePages(mm, { cpu: 2, mode: values.mode as Mode, settings }),
        walker: pfnWalker(mm),
      },
    },
    { init: (s) => bootMemory(s, sizes), claims: claimsOn(mm), waive },
  )
}
